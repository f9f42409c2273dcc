import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { mappedAddress, plainAddress } from './addresses.ts';
import { UdpFlow } from './udp-flow.ts';

/** The kernel's queue holds what comes while the event loop is busy. */
const RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024;
/** What fits into one IPv4 datagram. */
const MAX_DATAGRAM_BYTES = 65_507;

/** Who hears of the datagrams. */
export interface UdpListener {
  /** Whether a datagram of this source is wanted at all. */
  admits(address: string): boolean;
  onDatagram(bytes: Buffer, flow: UdpFlow): void;
  onError(error: Error): void;
}

/** The UDP side: one socket, so that every answer leaves from the port that the peer knows. */
export class UdpTransport {
  readonly #listener: UdpListener;
  #socket: Socket | undefined;

  constructor(listener: UdpListener) {
    this.#listener = listener;
  }

  async bind(host: string, port: number): Promise<void> {
    const dualStack = isIPv6(host);
    const socket = createSocket({
      type: dualStack ? 'udp6' : 'udp4',
      recvBufferSize: RECEIVE_BUFFER_BYTES,
      // Addresses are never names here: the resolver is not asked.
      lookup: (address, _options, callback) => {
        callback(null, dualStack ? mappedAddress(address) : address, dualStack ? 6 : 4);
      },
    });
    // The resolver of our own answers at once: the socket may be bound before `bind` returns.
    const listening = once(socket, 'listening');
    socket.bind({ address: host, port });
    try {
      await listening;
    } catch (error) {
      socket.close();
      throw error;
    }
    socket.on('error', (error) => {
      this.#listener.onError(error);
    });
    socket.on('message', (bytes, { address, port: remotePort }) => {
      const plain = dualStack ? plainAddress(address) : address;
      if (remotePort === 0 || !this.#listener.admits(plain)) return;
      this.#listener.onDatagram(bytes, new UdpFlow(plain, remotePort));
    });
    this.#socket = socket;
  }

  /** `failed` is called when it is sure that the datagram did not leave; what is lost on its way is nobody's error. */
  send(bytes: Uint8Array, address: string, port: number, failed: (error: Error) => void): void {
    if (this.#socket === undefined) failed(new Error('transport closed'));
    else if (bytes.length > MAX_DATAGRAM_BYTES) failed(new Error('too long for a datagram'));
    else
      this.#socket.send(bytes, port, address, (error) => {
        if (error !== null) failed(error);
      });
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    await new Promise<void>((resolve) => {
      socket.close(resolve);
    });
  }
}
