import { streamText } from '../texts/player.ts';
import { membersOf } from './read-json.ts';

function whole(value: unknown): number {
  const number = Math.round(Number(value));
  return Number.isFinite(number) && number > 0 ? number : 0;
}

/** The facts of a `netstatus` event (`detail.info`) that are worth showing. */
export function streamFacts(info: unknown): string {
  const { videoWidth, videoHeight, netSpeed } = membersOf(info);
  return streamText(whole(videoWidth), whole(videoHeight), whole(netSpeed));
}
