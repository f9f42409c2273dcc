import { connect, type Socket } from 'node:net';
import type { Cancel, Clock } from '../../kernel/index.ts';

const CONNECT_MS = 5_000;
/** GB/T 28181-2022 annex D: at least three tries, a second apart. */
const TRIES = 4;
const REDIAL_AFTER_MS = 1_000;

/** A connection that we make, and make again until it stands. */
export function dialled(
  target: { readonly address: string; readonly port: number },
  clock: Clock,
  listener: { readonly onData: () => void; readonly onGone: () => void },
): { readonly socket: Socket | undefined; close(): void } {
  let socket: Socket | undefined;
  let current: Socket | undefined;
  let redial: Cancel | undefined;
  let tries = 0;
  let closed = false;
  const dial = (): void => {
    tries += 1;
    const made = connect({ host: target.address, port: target.port, noDelay: true, timeout: CONNECT_MS });
    current = made;
    made.once('timeout', () => made.destroy());
    made.once('connect', () => {
      made.setTimeout(0);
      socket = made;
    });
    made.on('error', () => undefined);
    made.on('data', listener.onData);
    made.on('close', () => {
      const stood = socket !== undefined;
      socket = undefined;
      if (closed) return;
      // A voice has no use for a connection that breaks in the middle: whoever hung up has heard enough.
      if (stood || tries >= TRIES) listener.onGone();
      else redial = clock.after(REDIAL_AFTER_MS, dial);
    });
  };
  dial();
  return {
    get socket() {
      return socket;
    },
    close() {
      closed = true;
      redial?.();
      if (socket !== undefined) socket.destroySoon();
      else current?.destroy();
    },
  };
}
