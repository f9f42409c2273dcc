import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

const MAX_UNSENT_BYTES = 4 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;
/** TCP port of the side that dials (RFC 4145 §4.1). */
const DISCARD_PORT = 9;

/** Where RTP packets go. */
export interface PacketSink {
  /** What stands in the answer's m= line. */
  readonly localPort: number;
  /** Drops the packet when the other side does not keep up. */
  send(packet: Buffer): void;
  close(): void;
}

/** Where the platform wants the media, and how. */
export interface MediaTarget {
  readonly address: string;
  readonly port: number;
  readonly tcp: boolean;
  /** Role of the platform (RFC 4145). */
  readonly setup: 'active' | 'passive' | undefined;
}

/** Opens the way of the media; rejects when this machine has no socket left. */
export async function openSink({ address, port, tcp, setup }: MediaTarget): Promise<PacketSink> {
  if (!tcp) return await udpSink(address, port);
  return setup === 'active' ? await listeningSink() : dialingSink(address, port);
}

async function udpSink(address: string, port: number): Promise<PacketSink> {
  const socket = createSocket('udp4');
  try {
    socket.bind(0);
    await once(socket, 'listening');
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on('error', () => undefined);
  let open = true;
  return {
    localPort: socket.address().port,
    send(packet) {
      if (open) socket.send(packet, port, address);
    },
    close() {
      if (open) socket.close();
      open = false;
    },
  };
}

/** The camera dials (the platform said `a=setup:passive`). RFC 4571 framing. */
function dialingSink(address: string, port: number): PacketSink {
  const socket = quiet(connect({ host: address, port }));
  socket.setTimeout(CONNECT_TIMEOUT_MS, () => {
    if (socket.connecting) socket.destroy();
  });
  return {
    localPort: DISCARD_PORT,
    send: (packet) => {
      sendFramed(socket, packet);
    },
    close: () => socket.destroy(),
  };
}

/** The platform dials (it said `a=setup:active`): the first connection is the stream. */
async function listeningSink(): Promise<PacketSink> {
  let accepted: Socket | undefined;
  const server = createServer((socket) => {
    quiet(socket);
    if (accepted) socket.destroy();
    else accepted = socket;
  });
  server.listen(0);
  await once(server, 'listening');
  server.on('error', () => undefined);
  return {
    localPort: portOf(server),
    send: (packet) => {
      if (accepted) sendFramed(accepted, packet);
    },
    close() {
      accepted?.destroy();
      server.close();
    },
  };
}

function portOf(server: Server): number {
  const bound = server.address();
  return bound !== null && typeof bound === 'object' ? bound.port : 0;
}

/** The other side may go at any time, and what it says is not wanted. */
function quiet(socket: Socket): Socket {
  return socket.on('error', () => undefined).resume();
}

function sendFramed(socket: Socket, packet: Buffer): void {
  if (!socket.writable || socket.writableLength > MAX_UNSENT_BYTES) return;
  const length = Buffer.allocUnsafe(2);
  length.writeUInt16BE(packet.length, 0);
  socket.cork();
  socket.write(length);
  socket.write(packet);
  socket.uncork();
}
