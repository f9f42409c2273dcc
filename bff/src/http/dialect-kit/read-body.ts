import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../kernel/index.ts';

const MAX_BYTES = 65_536;
/** A body that has not come in this time is not waited for. */
const COMPLETE_WITHIN_MS = 10_000;
/** So much of a refused body is taken and thrown away, for its sender to get to read the answer. */
const MAX_DISCARDED_BYTES = 16 * 1_048_576;

/** The body cannot be taken: too long, too slow, or not what its type says. */
export class BodyFault extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'BodyFault';
  }
}

/** Reads the whole body, bounded in bytes and time; rejects with {@link BodyFault}. */
export function readBody(
  request: IncomingMessage,
  clock: Clock,
  { maxBytes, withinMs } = { maxBytes: MAX_BYTES, withinMs: COMPLETE_WITHIN_MS },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > maxBytes) fail('the body is too long');
    };
    const finish = (): void => {
      settle();
      resolve(Buffer.concat(chunks, bytes));
    };
    const lose = (): void => {
      fail('the client went away');
    };
    const settle = (): void => {
      cancel();
      request.off('data', take).off('end', finish).off('close', lose).off('error', lose);
    };
    const fail = (reason: string): void => {
      settle();
      discard(request);
      reject(new BodyFault(reason));
    };
    const cancel = clock.after(withinMs, () => {
      fail('the body is too slow');
    });
    request.on('data', take).on('end', finish).on('close', lose).on('error', lose);
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') fail('the body is compressed');
    else if (Number(request.headers['content-length']) > maxBytes) fail('the body is too long');
  });
}

/** Takes the rest of a body that nobody reads. */
export function discard(request: IncomingMessage): void {
  let bytes = 0;
  request.on('error', () => undefined);
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_DISCARDED_BYTES) request.destroy();
  });
  request.resume();
}
