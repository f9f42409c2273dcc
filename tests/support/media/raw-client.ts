import { connect, type Socket } from 'node:net';
import { until } from '../until.ts';

/** A TCP connection whose bytes are kept; nothing of HTTP is hidden. */
export class RawClient {
  readonly socket: Socket;
  closed = false;
  #chunks: Buffer[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
    });
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    const client = new RawClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
    });
    return client;
  }

  /** Everything that came so far. */
  get bytes(): Buffer {
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [bytes];
    return bytes;
  }

  get text(): string {
    return this.bytes.toString('latin1');
  }

  send(data: string | Uint8Array): void {
    this.socket.write(data);
  }

  /** Sends a request line with a host and more headers. */
  ask(line: string, headers: readonly string[] = []): void {
    this.send([`${line} HTTP/1.1`, 'Host: media', ...headers, '', ''].join('\r\n'));
  }

  async untilText(pattern: RegExp): Promise<string> {
    return await until(
      `${String(pattern)} from the server`,
      () => pattern.test(this.text) && this.text,
      5_000,
    );
  }

  async untilClosed(): Promise<void> {
    await until('the end of the connection', () => this.closed, 5_000);
  }

  close(): void {
    this.socket.destroy();
  }
}
