import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket as TcpSocket } from 'node:net';

const PATIENCE_MS = 15_000;

/** A SIP message as it came, read by plain means: the parser of the server has no part in it. */
export class Received {
  readonly start: string;
  readonly head: string;
  readonly body: Buffer;

  constructor(bytes: Buffer) {
    const end = bytes.indexOf('\r\n\r\n');
    this.head = bytes.toString('latin1', 0, end + 2);
    this.body = bytes.subarray(end + 4);
    this.start = this.head.slice(0, this.head.indexOf('\r\n'));
  }

  /** Status of a response; 0 for a request. */
  get status(): number {
    return Number(/^SIP\/2\.0 (\d{3})/.exec(this.start)?.[1] ?? 0);
  }

  /** Value of the first header of this name. */
  header(name: string): string | undefined {
    return new RegExp(`^${name}: *(.*?)\\r$`, 'im').exec(this.head)?.[1];
  }

  get text(): string {
    return this.body.toString('latin1');
  }
}

/** Somebody who waits for a message. */
interface Waiter {
  readonly matches: (message: Received) => boolean;
  readonly take: (message: Received) => void;
}

/** One end of a conversation over a real socket: what comes is kept until somebody asks for it. */
export class SipPeer {
  readonly transport: 'UDP' | 'TCP';
  readonly address: string;
  readonly port: number;
  readonly #send: (bytes: Uint8Array) => void;
  readonly #close: () => void;
  readonly #inbox: Received[] = [];
  readonly #waiters = new Set<Waiter>();
  #ended = false;

  private constructor(
    transport: 'UDP' | 'TCP',
    local: { readonly address: string; readonly port: number },
    send: (bytes: Uint8Array) => void,
    close: () => void,
  ) {
    this.transport = transport;
    this.address = local.address;
    this.port = local.port;
    this.#send = send;
    this.#close = close;
  }

  /** A UDP socket of its own on the loopback. */
  static async udp(serverPort: number, address = '127.0.0.1'): Promise<SipPeer> {
    const socket: UdpSocket = createSocket('udp4');
    const listening = once(socket, 'listening');
    socket.bind(0, address);
    await listening;
    const peer = new SipPeer(
      'UDP',
      socket.address(),
      (bytes) => {
        socket.send(bytes, serverPort, '127.0.0.1');
      },
      () => {
        socket.close();
      },
    );
    socket.on('message', (bytes) => {
      peer.#deliver(new Received(bytes));
    });
    return peer;
  }

  /** A TCP connection to the server. */
  static async tcp(serverPort: number): Promise<SipPeer> {
    const socket: TcpSocket = connect({ host: '127.0.0.1', port: serverPort, noDelay: true });
    await once(socket, 'connect');
    const local = { address: '127.0.0.1', port: socket.localPort ?? 0 };
    const peer = new SipPeer(
      'TCP',
      local,
      (bytes) => {
        socket.write(bytes);
      },
      () => {
        socket.destroy();
      },
    );
    let buffered: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      buffered = peer.#takeMessages(Buffer.concat([buffered, chunk]));
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      peer.#ended = true;
    });
    return peer;
  }

  /** The other side closed the connection. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What came and was not asked for yet. */
  get waiting(): readonly Received[] {
    return this.#inbox;
  }

  send(bytes: Uint8Array | string): void {
    this.#send(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** The first message that matches, taken out; waits for it. */
  next(what: string, matches: (message: Received) => boolean): Promise<Received> {
    const index = this.#inbox.findIndex(matches);
    const [found] = index < 0 ? [] : this.#inbox.splice(index, 1);
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(
          new Error(
            `it did not come in time: ${what}; there are ${this.#inbox.map(({ start }) => start).join(', ')}`,
          ),
        );
      }, PATIENCE_MS);
      const waiter: Waiter = {
        matches,
        take: (message) => {
          clearTimeout(giveUp);
          this.#waiters.delete(waiter);
          resolve(message);
        },
      };
      this.#waiters.add(waiter);
    });
  }

  /** The next request of this method. */
  async nextRequest(method: string): Promise<Received> {
    return await this.next(`a ${method}`, ({ start }) => start.startsWith(`${method} `));
  }

  close(): void {
    this.#close();
  }

  #deliver(message: Received): void {
    for (const waiter of this.#waiters) {
      if (!waiter.matches(message)) continue;
      waiter.take(message);
      return;
    }
    this.#inbox.push(message);
  }

  #takeMessages(bytes: Buffer): Buffer {
    let rest = bytes;
    for (;;) {
      // What answers a ping (RFC 5626 §4.4.1).
      while (rest[0] === 0x0d || rest[0] === 0x0a) rest = rest.subarray(1);
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return rest;
      const length = Number(/content-length: *(\d+)/i.exec(rest.toString('latin1', 0, end + 2))?.[1] ?? 0);
      if (rest.length < end + 4 + length) return rest;
      this.#deliver(new Received(rest.subarray(0, end + 4 + length)));
      rest = rest.subarray(end + 4 + length);
    }
  }
}
