import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

const LOOPBACK = '127.0.0.1';
const RECEIVE_BUFFER_BYTES = 1024 * 1024;

/** The sockets of a crowd on the loopback: each stands for the address of one NAT, and of the devices behind it. */
export class CrowdSockets {
  readonly #sockets: readonly Socket[];
  readonly #ports: readonly number[];

  private constructor(sockets: readonly Socket[]) {
    this.#sockets = sockets;
    this.#ports = sockets.map((socket) => socket.address().port);
  }

  /** `onDatagram` hears from which socket a datagram came. */
  static async open(
    howMany: number,
    onDatagram: (bytes: Buffer, index: number) => void,
  ): Promise<CrowdSockets> {
    const sockets: Socket[] = [];
    for (let index = 0; index < howMany; index += 1) {
      const socket = createSocket({
        type: 'udp4',
        recvBufferSize: RECEIVE_BUFFER_BYTES,
        // Addresses are never names here: the resolver is not asked.
        lookup: (address, _options, callback) => {
          callback(null, address, 4);
        },
      });
      const listening = once(socket, 'listening');
      socket.bind(0, LOOPBACK);
      await listening;
      socket.on('message', (bytes) => {
        onDatagram(bytes, index);
      });
      socket.on('error', () => undefined);
      sockets.push(socket);
    }
    return new CrowdSockets(sockets);
  }

  get count(): number {
    return this.#sockets.length;
  }

  portOf(index: number): number {
    return this.#ports[index] ?? 0;
  }

  send(index: number, bytes: Buffer, port: number): void {
    this.#sockets[index]?.send(bytes, port, LOOPBACK);
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }
}
