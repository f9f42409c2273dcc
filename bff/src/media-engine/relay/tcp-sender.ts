import { connect, createServer, type Socket } from 'node:net';
import type { Cancel, Clock } from '../../kernel/index.ts';
import { RTP_HEADER_BYTES } from '../rtp/rtp-packet.ts';
import { DISCARD_PORT, type PacketSender, type SenderListener } from './packet-sender.ts';

/** RFC 4571 §2: the length before each packet. */
const LENGTH_BYTES = 2;
const CONNECT_MS = 10_000;
/** GB/T 28181-2022 annex D: a connection that breaks is made again at least three times, a second apart. */
const DIAL_TRIES = 4;
const REDIAL_AFTER_MS = 1_000;

/** The receiver waits at an address: we dial it. */
export function sendTcpActive(
  target: { readonly address: string; readonly port: number },
  listener: SenderListener,
  clock: Clock,
): PacketSender {
  let socket: Socket | undefined;
  let redial: Cancel | undefined;
  let tries = 0;
  let isUp = false;
  let closed = false;
  const dial = (): void => {
    tries += 1;
    const dialled = connect({ host: target.address, port: target.port, noDelay: true, timeout: CONNECT_MS });
    socket = dialled;
    dialled.once('timeout', () => dialled.destroy());
    dialled.once('connect', () => {
      dialled.setTimeout(0);
      isUp = true;
      tries = 0;
    });
    ignoreWhatComes(dialled);
    dialled.on('close', () => {
      isUp = false;
      if (closed) return;
      if (tries < DIAL_TRIES) redial = clock.after(REDIAL_AFTER_MS, dial);
      else listener.onGone();
    });
  };
  dial();
  return new FramedSender(
    DISCARD_PORT,
    () => (isUp ? socket : undefined),
    () => {
      closed = true;
      redial?.();
      socket?.destroy();
    },
  );
}

/** The receiver dials us: the first connection from its address, and one after it when that breaks, is the receiver. */
export async function sendTcpPassive(
  localHost: string,
  localPort: number,
  listener: SenderListener,
  clock: Clock,
): Promise<PacketSender> {
  let socket: Socket | undefined;
  let closed = false;
  const giveUp = (): void => {
    if (!closed) listener.onGone();
  };
  let patience = clock.after(CONNECT_MS, giveUp);
  const server = createServer({ noDelay: true }, (accepted) => {
    ignoreWhatComes(accepted);
    if (socket !== undefined) {
      accepted.destroy();
      return;
    }
    socket = accepted;
    patience();
    accepted.on('close', () => {
      socket = undefined;
      if (!closed) patience = clock.after(CONNECT_MS, giveUp);
    });
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(localPort, localHost, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : localPort);
    });
  }).catch((error: unknown) => {
    patience();
    throw error;
  });
  server.on('error', () => undefined);
  return new FramedSender(
    port,
    () => socket,
    () => {
      closed = true;
      patience();
      socket?.destroy();
      server.close();
    },
  );
}

/** Packets behind their lengths, on whatever connection stands now. */
class FramedSender implements PacketSender {
  readonly port: number;
  readonly headRoom = LENGTH_BYTES;
  readonly close: () => void;
  readonly #current: () => Socket | undefined;

  constructor(port: number, current: () => Socket | undefined, close: () => void) {
    this.port = port;
    this.#current = current;
    this.close = close;
  }

  get ready(): boolean {
    return this.#current() !== undefined;
  }

  get waitingBytes(): number {
    return this.#current()?.writableLength ?? 0;
  }

  send(head: Buffer, body: Uint8Array): void {
    const socket = this.#current();
    if (socket === undefined) return;
    head.writeUInt16BE(RTP_HEADER_BYTES + body.length, 0);
    // Both parts leave in one system call.
    socket.cork();
    socket.write(head);
    if (body.length > 0) socket.write(body);
    socket.uncork();
  }
}

/** RTCP of the receiver is read and not heeded; a reset is told by `close` too. */
function ignoreWhatComes(socket: Socket): void {
  socket.on('error', () => undefined);
  socket.resume();
}
