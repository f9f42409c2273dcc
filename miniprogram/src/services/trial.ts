import { readReply } from '../models/api-reply.ts';
import { failed, type Outcome } from '../models/failure.ts';
import { readTrialOffer, type TrialOffer } from '../models/trial-offer.ts';
import { ask } from './server.ts';

function readOffer(status: number, body: unknown): Outcome<unknown> {
  const reply = readReply(status, body);
  return status === 404 && !reply.ok ? failed('trial-off', reply.failure.code) : reply;
}

/** The trial cameras with a token that is good for them alone. */
export async function fetchTrialOffer(): Promise<Outcome<TrialOffer>> {
  const reply = await ask('/yimu/trial', undefined, readOffer);
  return reply.ok ? readTrialOffer(reply.value) : reply;
}
