import { connect } from 'node:net';
import type Router from '@koa/router';
import type { Dialect } from '../../bff/src/http/dialect-kit/index.ts';
import { createHttpApp } from '../../bff/src/http/index.ts';
import {
  type Clock,
  Instruments,
  type Logger,
  silentLogger,
  SystemClock,
} from '../../bff/src/kernel/index.ts';

/** What a test says of the server that it wants. */
interface HttpOptions {
  readonly dialects?: readonly Dialect[];
  readonly routers?: readonly Router[];
  readonly trustedProxies?: readonly string[];
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** The HTTP side of the product on a free port of the loopback. */
export interface RunningHttp {
  readonly url: string;
  readonly port: number;
  /** The value of a metric; for a family, of one label. */
  readonly figure: (name: string, label?: string) => number | undefined;
}

/** Serves dialects and routers while `use` runs. */
export async function withHttp(
  options: HttpOptions,
  use: (http: RunningHttp) => Promise<void>,
): Promise<void> {
  const instruments = new Instruments();
  const app = createHttpApp({
    dialects: options.dialects ?? [],
    extraRouters: options.routers ?? [],
    trustedProxies: options.trustedProxies ?? [],
    clock: options.clock ?? new SystemClock(),
    logger: options.logger ?? silentLogger,
    instruments,
  });
  const port = await app.listen(0, '127.0.0.1');
  try {
    await use({
      url: `http://127.0.0.1:${String(port)}`,
      port,
      figure: (name, label) =>
        instruments
          .read()
          .find((reading) => reading.name === name)
          ?.samples.find((sample) => sample.label?.value === label)?.value,
    });
  } finally {
    await app.close();
  }
}

/** Sends bytes as they are and resolves with all that comes back until the server closes or `until` is there. */
export function rawHttp(
  port: number,
  bytes: string | Buffer | readonly (string | Buffer)[],
  until = /\r\n\r\n[^]*\}$|\r\n\r\n$/,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const finish = (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
      if (until.test(text)) finish();
    });
    socket.on('end', finish).on('close', finish);
    socket.on('error', (error) => {
      if (text === '') reject(error);
      else finish();
    });
    for (const piece of typeof bytes === 'string' || Buffer.isBuffer(bytes) ? [bytes] : bytes)
      socket.write(piece);
  });
}
