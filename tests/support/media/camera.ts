import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { lengthFramed } from './rtp-bytes.ts';

/** Datagrams that are sent before the event loop gets a turn: more would overflow a socket's buffer. */
const BURST = 32;

/** Sends RTP packets to the engine by one of the ways of GB/T 28181, as fast as they are taken. */
export interface Camera {
  send(packets: readonly Uint8Array[]): Promise<void>;
  close(): void;
}

/** Plain datagrams. */
export function udpCamera(port: number): Camera {
  const socket: DatagramSocket = createSocket('udp4');
  return {
    async send(packets) {
      for (const [index, packet] of packets.entries()) {
        const sent = new Promise((resolve) => {
          socket.send(packet, port, '127.0.0.1', resolve);
        });
        if (index % BURST === BURST - 1) await sent;
      }
    },
    close() {
      socket.close();
    },
  };
}

/** A camera that dials (the platform is passive). */
export async function dialingCamera(port: number): Promise<Camera & { readonly socket: Socket }> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('error', reject);
  });
  return { socket, ...framing(() => socket), close: () => socket.destroy() };
}

/** A camera that is dialled (the platform is active). */
export async function listeningCamera(
  port = 0,
): Promise<Camera & { readonly port: number; connections(): number; hangUp(): void }> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    sockets.push(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = server.address();
  return {
    port: bound !== null && typeof bound === 'object' ? bound.port : 0,
    connections: () => sockets.length,
    /** Ends the calls and goes on listening. */
    hangUp() {
      for (const socket of sockets) socket.destroy();
    },
    ...framing(() => sockets.at(-1)),
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function framing(socketNow: () => Socket | undefined): Pick<Camera, 'send'> {
  return {
    async send(packets) {
      const socket = socketNow();
      if (!socket) throw new Error('the platform has not dialled');
      await new Promise((resolve) => socket.write(Buffer.concat(packets.map(lengthFramed)), resolve));
    },
  };
}
