import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** TCP port of the side that dials (RFC 4145 §4.1). */
const DISCARD_PORT = 9;
const MAX_PARTIAL_BYTES = 65_537;

/** How the voice of the platform comes in; `tcp-active`: the device dials. */
export type InletTransport = 'udp' | 'tcp-active' | 'tcp-passive';

/** Where it comes in. */
export interface VoiceInlet {
  /** What stands in the device's m= line. */
  readonly port: number;
  /** The platform said where it is. */
  connect(address: string, port: number): void;
  /** Says something back. */
  send(packet: Buffer): void;
  close(): void;
}

/** Opens it; rejects when this machine has no socket left. `onPacket` gets RTP packets, out of their framing. */
export async function openInlet(
  transport: InletTransport,
  onPacket: (packet: Buffer) => void,
): Promise<VoiceInlet> {
  if (transport === 'udp') return await udpInlet(onPacket);
  return transport === 'tcp-active' ? dialingInlet(onPacket) : await listeningInlet(onPacket);
}

async function udpInlet(onPacket: (packet: Buffer) => void): Promise<VoiceInlet> {
  const socket = createSocket('udp4');
  const listening = once(socket, 'listening');
  socket.bind(0);
  await listening;
  socket.on('error', () => undefined);
  let peer: { readonly address: string; readonly port: number } | undefined;
  let open = true;
  socket.on('message', (packet, from) => {
    peer = from;
    onPacket(packet);
  });
  return {
    port: socket.address().port,
    connect: () => undefined,
    send(packet) {
      if (open && peer !== undefined) socket.send(packet, peer.port, peer.address);
    },
    close() {
      if (open) socket.close();
      open = false;
    },
  };
}

function dialingInlet(onPacket: (packet: Buffer) => void): VoiceInlet {
  let socket: Socket | undefined;
  return {
    port: DISCARD_PORT,
    connect(address, port) {
      socket ??= framed(connect({ host: address, port, noDelay: true }), onPacket);
    },
    send(packet) {
      if (socket !== undefined) sendFramed(socket, packet);
    },
    close: () => socket?.destroy(),
  };
}

async function listeningInlet(onPacket: (packet: Buffer) => void): Promise<VoiceInlet> {
  let socket: Socket | undefined;
  const server = createServer((accepted) => {
    if (socket === undefined) socket = framed(accepted, onPacket);
    else accepted.destroy();
  });
  server.listen(0);
  await once(server, 'listening');
  server.on('error', () => undefined);
  const bound = server.address();
  return {
    port: bound !== null && typeof bound === 'object' ? bound.port : 0,
    connect: () => undefined,
    send(packet) {
      if (socket !== undefined) sendFramed(socket, packet);
    },
    close() {
      socket?.destroy();
      server.close();
    },
  };
}

/** RFC 4571: packets behind their lengths. */
function framed(socket: Socket, onPacket: (packet: Buffer) => void): Socket {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0);
      onPacket(Buffer.from(rest.subarray(2, end)));
      rest = rest.subarray(end);
    }
    if (rest.length > MAX_PARTIAL_BYTES) socket.destroy();
  });
  return socket;
}

function sendFramed(socket: Socket, packet: Buffer): void {
  if (!socket.writable) return;
  const length = Buffer.allocUnsafe(2);
  length.writeUInt16BE(packet.length, 0);
  socket.write(Buffer.concat([length, packet]));
}
