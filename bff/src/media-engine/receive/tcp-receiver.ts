import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Cancel, Clock } from '../../kernel/index.ts';
import { RtpStreamFramer } from '../rtp/rtp-stream-framer.ts';
import type { RtpListener, RtpReceiver } from './rtp-receiver.ts';

/** Connections that may stand at a port before one of them has sent a packet of the stream. */
const MAX_CANDIDATES = 4;
/** How long such a connection may take. */
const CANDIDATE_MS = 10_000;
const DIAL_TIMEOUT_MS = 5_000;
/** A camera that answers before it listens is dialled again. */
const REDIAL_AFTER_MS = 500;
/** Whoever dials calls again when a connection broke: three times, a second between (GB/T 28181-2022 annex D). */
const RECALLS = 3;
const RECALL_AFTER_MS = 1_000;
/** How long such a call is waited for. */
const RECALLED_WITHIN_MS = (RECALLS + 1) * RECALL_AFTER_MS;

/** The camera dials us; the first connection that sends a packet of the stream is the stream (RFC 4571). */
export async function receiveTcpPassive(
  host: string,
  port: number,
  listener: RtpListener,
  clock: Clock,
): Promise<RtpReceiver> {
  const candidates = new Map<Socket, Cancel>();
  let chosen: Socket | undefined;
  let patience: Cancel | undefined;
  let server = createServer();
  const drop = (socket: Socket): void => {
    candidates.get(socket)?.();
    candidates.delete(socket);
    socket.destroy();
  };
  const stopListening = (): void => {
    patience?.();
    for (const other of [...candidates.keys()]) drop(other);
    server.close();
  };
  const choose = (socket: Socket): void => {
    chosen = socket;
    candidates.get(socket)?.();
    candidates.delete(socket);
    stopListening();
  };
  const accept = (socket: Socket): void => {
    if (candidates.size >= MAX_CANDIDATES) {
      listener.onStranger();
      socket.destroy();
      return;
    }
    candidates.set(
      socket,
      clock.after(CANDIDATE_MS, () => {
        drop(socket);
      }),
    );
    readFrames(socket, listener, () => {
      choose(socket);
    });
    socket.on('close', () => {
      drop(socket);
      if (socket === chosen) onBroken();
    });
  };
  const open = async (at: number): Promise<number> => {
    server = createServer(accept);
    return await listen(server, host, at);
  };
  const onBroken = (): void => {
    chosen = undefined;
    const giveUp = (): void => {
      stopListening();
      listener.onGone();
    };
    patience = clock.after(RECALLED_WITHIN_MS, giveUp);
    open(bound).catch(giveUp);
  };
  const bound = await open(port);
  return {
    port: bound,
    bufferBytes: undefined,
    close() {
      const stream = chosen;
      chosen = undefined;
      stopListening();
      stream?.destroy();
    },
  };
}

/** We dial the camera, again and again until it takes the call or we are closed. */
export function receiveTcpActive(
  address: string,
  port: number,
  listener: RtpListener,
  clock: Clock,
): RtpReceiver {
  let socket: Socket | undefined;
  let redial: Cancel | undefined;
  let closed = false;
  /** Calls that are left since it broke; undefined before it was the stream. */
  let recalls: number | undefined;
  const dial = (): void => {
    socket = connect({ host: address, port, timeout: DIAL_TIMEOUT_MS });
    socket.once('connect', () => socket?.setTimeout(0));
    socket.once('timeout', () => socket?.destroy());
    readFrames(socket, listener, () => {
      recalls = RECALLS;
    });
    socket.on('close', () => {
      if (closed) return;
      if (recalls === undefined) redial = clock.after(REDIAL_AFTER_MS, dial);
      else if (recalls === 0) listener.onGone();
      else {
        recalls -= 1;
        redial = clock.after(RECALL_AFTER_MS, dial);
      }
    });
  };
  dial();
  return {
    port: 0,
    bufferBytes: undefined,
    close() {
      closed = true;
      redial?.();
      socket?.destroy();
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', () => undefined);
  const bound = server.address();
  return bound !== null && typeof bound === 'object' ? bound.port : port;
}

/** Cuts what comes into packets; `onFirst` is called once, when one of them belongs to the stream. */
function readFrames(socket: Socket, listener: RtpListener, onFirst: () => void): void {
  const framer = new RtpStreamFramer();
  let known = false;
  const onPacket = (packet: Uint8Array): void => {
    if (!listener.onPacket(packet) || known || socket.destroyed) return;
    known = true;
    onFirst();
  };
  socket.on('data', (chunk) => {
    const before = framer.resyncs;
    framer.push(chunk, onPacket);
    if (framer.resyncs > before) listener.onResyncs(framer.resyncs - before);
    if (framer.broken) socket.destroy();
  });
  // A reset is told by `close` too.
  socket.on('error', () => undefined);
}
