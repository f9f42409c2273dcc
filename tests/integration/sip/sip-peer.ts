import assert from 'node:assert/strict';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket as TcpSocket } from 'node:net';
import { parseMessage, type SipMessage, StreamFramer } from '../../../bff/sip-parser-lite/src/index.ts';

const DEADLINE_MS = 5_000;

interface Waiting {
  readonly matches: (what: string) => boolean;
  readonly resolve: (message: SipMessage) => void;
}

/** What a message is, for a script: `INVITE`, `ACK`, …, or the status of a response. */
function whatOf(message: SipMessage): string {
  return message.kind === 'request' ? message.method : String(message.status);
}

/** The other end of the wire: says what a test tells it, and waits for what the test expects. */
export abstract class SipPeer {
  /** Everything that came, in order. */
  readonly whats: string[] = [];
  readonly #unread: SipMessage[] = [];
  readonly #waiting: Waiting[] = [];

  abstract readonly port: number;
  abstract send(text: string | Uint8Array): void;
  abstract close(): void;

  /** The next message of this kind, those before it included that nobody has read; rejects after a deadline. */
  async next(what: string): Promise<SipMessage> {
    return await this.#take((seen) => seen === what, what);
  }

  count(what: string): number {
    return this.whats.filter((seen) => seen === what).length;
  }

  protected receive(message: SipMessage): void {
    const what = whatOf(message);
    this.whats.push(what);
    const index = this.#waiting.findIndex(({ matches }) => matches(what));
    if (index >= 0) this.#waiting.splice(index, 1)[0]?.resolve(message);
    else this.#unread.push(message);
  }

  async #take(matches: (what: string) => boolean, wanted: string): Promise<SipMessage> {
    const index = this.#unread.findIndex((message) => matches(whatOf(message)));
    const [found] = index < 0 ? [] : this.#unread.splice(index, 1);
    if (found !== undefined) return found;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`${wanted} did not come in time; there came: ${this.whats.join(', ')}`));
      }, DEADLINE_MS);
    });
    const message = new Promise<SipMessage>((resolve) => this.#waiting.push({ matches, resolve }));
    try {
      return await Promise.race([message, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A peer over UDP. */
export class UdpPeer extends SipPeer {
  readonly #socket: UdpSocket;
  readonly #server: number;

  private constructor(socket: UdpSocket, server: number) {
    super();
    this.#socket = socket;
    this.#server = server;
    socket.on('message', (bytes) => {
      const parsed = parseMessage(bytes);
      assert.ok(parsed.ok);
      this.receive(parsed.message);
    });
  }

  /** `address`: another one of the loopback network is another source. */
  static async to(server: number, address = '127.0.0.1'): Promise<UdpPeer> {
    const socket = createSocket('udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    return new UdpPeer(socket, server);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  send(text: string | Uint8Array): void {
    this.#socket.send(Buffer.from(text), this.#server, '127.0.0.1');
  }

  close(): void {
    this.#socket.close();
  }
}

/** A peer over one TCP connection. */
export class TcpPeer extends SipPeer {
  readonly socket: TcpSocket;
  /** Octets that came, messages or not. */
  bytes = '';
  readonly closed: Promise<void>;

  private constructor(socket: TcpSocket) {
    super();
    this.socket = socket;
    const framer = new StreamFramer({
      onMessage: (message) => {
        this.receive(message);
      },
      onFault: (error) => {
        throw new Error(error.reason);
      },
    });
    socket.on('data', (chunk: Buffer) => {
      this.bytes += chunk.toString('latin1');
      framer.push(chunk);
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        resolve();
      });
    });
  }

  static async to(server: number, localAddress = '127.0.0.1'): Promise<TcpPeer> {
    const socket = connect({ host: '127.0.0.1', port: server, localAddress, noDelay: true });
    await once(socket, 'connect');
    return new TcpPeer(socket);
  }

  /** Around a connection that the user agent has made. */
  static accepted(socket: TcpSocket): TcpPeer {
    return new TcpPeer(socket);
  }

  get port(): number {
    return this.socket.localPort ?? 0;
  }

  send(text: string | Uint8Array): void {
    this.socket.write(text);
  }

  close(): void {
    this.socket.destroy();
  }
}
