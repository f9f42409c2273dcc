import type { IncomingMessage } from 'node:http';
import { CORE_ERROR_TEXTS } from '@yimu/shared';
import { type Clock, CoreError } from '../../kernel/index.ts';
import { discard } from '../dialect-kit/index.ts';

/**
 * The body of a request as it arrives, no faster than it is taken. Throws INVALID_ARGUMENT when it is compressed, cut
 * off, or slower than allowed: `withinMs` for all of it, `silenceMs` between two pieces.
 */
export async function* arriving(
  request: IncomingMessage,
  clock: Clock,
  limits: { readonly withinMs?: number; readonly silenceMs?: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') throw refused();
  const cut = (): void => {
    request.destroy(new Error('the body is too slow'));
  };
  const { withinMs, silenceMs } = limits;
  const cancelWhole = withinMs === undefined ? undefined : clock.after(withinMs, cut);
  const patience = (): (() => void) | undefined =>
    silenceMs === undefined ? undefined : clock.after(silenceMs, cut);
  let cancelSilence = patience();
  try {
    // The rest of a body that is not wanted is thrown away, for its sender to get to read the answer.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      cancelSilence?.();
      yield chunk;
      cancelSilence = patience();
    }
  } catch (error) {
    throw error instanceof CoreError ? error : refused(error);
  } finally {
    cancelWhole?.();
    cancelSilence?.();
    if (!request.readableEnded && !request.destroyed) discard(request);
  }
}

function refused(cause?: unknown): CoreError {
  return new CoreError('INVALID_ARGUMENT', CORE_ERROR_TEXTS.INVALID_ARGUMENT, {}, cause);
}
