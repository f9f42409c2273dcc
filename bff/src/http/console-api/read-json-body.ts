import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../kernel/index.ts';
import { BodyFault, readBody } from '../dialect-kit/index.ts';

/** The body as JSON; `undefined` when it is absent, too long, too slow, or no JSON. */
export async function readJsonBody(request: IncomingMessage, clock: Clock): Promise<unknown> {
  try {
    const body = await readBody(request, clock);
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    if (error instanceof BodyFault || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
