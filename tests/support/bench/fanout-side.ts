import { type ChildProcess, fork } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type FanoutReport, type FanoutRequest, TAG_BYTES } from './fanout-protocol.ts';

const SERVER = fileURLToPath(new URL('fanout-server.ts', import.meta.url));
const CONNECTED_AT_ONCE = 64;
const POLL_MS = 20;
const GIVE_UP_MS = 5_000;

/** One side of the benchmark, and the viewers that read from it. */
export class FanoutSide {
  readonly #child: ChildProcess;
  readonly #port: number;
  readonly #sockets: Socket[] = [];
  /** Bytes that all viewers have read. */
  #received = 0;
  readonly #into = Buffer.allocUnsafe(256 * 1024);

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  static async start(name: 'engine' | 'bare'): Promise<FanoutSide> {
    const child = fork(SERVER, [name], { execArgv: ['--import', 'tsx'] });
    const told = await next(child);
    if (told.kind !== 'listening') throw new Error('the server does not listen');
    return new FanoutSide(child, told.port);
  }

  /** Lets so many viewers in; each asks with `request`. */
  async admit(viewers: number, request: string): Promise<void> {
    for (let left = viewers; left > 0; left -= CONNECTED_AT_ONCE) {
      await Promise.all(
        Array.from({ length: Math.min(left, CONNECTED_AT_ONCE) }, () => this.#connect(request)),
      );
    }
  }

  /** CPU seconds of the server while it sends so many tags to the viewers of a mode; rejects when bytes are missing. */
  async run(request: FanoutRequest, viewers: number): Promise<number> {
    const before = this.#received;
    const answered = next(this.#child);
    this.#child.send(request);
    const told = await answered;
    if (told.kind !== 'done') throw new Error('the server began anew');
    await this.#untilReceived(before + request.tags * TAG_BYTES * viewers);
    return told.cpuSeconds;
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#child.disconnect();
  }

  async #connect(request: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const socket = connect({
        port: this.#port,
        host: '127.0.0.1',
        // One buffer for all: what is read is only counted.
        onread: {
          buffer: this.#into,
          callback: (count) => {
            this.#received += count;
            return true;
          },
        },
      });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.write(request);
        resolve();
      });
      this.#sockets.push(socket);
    });
  }

  async #untilReceived(bytes: number): Promise<void> {
    const deadline = performance.now() + GIVE_UP_MS;
    while (this.#received < bytes) {
      if (performance.now() > deadline)
        throw new Error(`${String(bytes - this.#received)} bytes are missing`);
      await new Promise((resolve) => {
        setTimeout(resolve, POLL_MS);
      });
    }
  }
}

async function next(child: ChildProcess): Promise<FanoutReport> {
  return await new Promise((resolve, reject) => {
    const died = (): void => {
      reject(new Error('the server died'));
    };
    child.once('exit', died);
    child.once('message', (message) => {
      child.off('exit', died);
      resolve(message as FanoutReport);
    });
  });
}
