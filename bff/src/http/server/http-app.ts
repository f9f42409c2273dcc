import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Router from '@koa/router';
import { CORE_ERROR_TEXTS } from '@yimu/shared';
import Koa, { type Context, type Next } from 'koa';
import type { Clock, Instruments, Logger } from '../../kernel/index.ts';
import type { Dialect } from '../dialect-kit/index.ts';
import { behindProxies } from './client-facts.ts';
import { serveDialect } from './dialect-router.ts';

const SERVER_OPTIONS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  /** How often the server looks for requests that take too long. */
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16_384,
} as const;
/** What Node says of a request that it could not read. */
const STATUS_OF_CLIENT_ERROR: ReadonlyMap<string, string> = new Map([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
]);
const MAX_CONNECTIONS = 20_000;
const CLOSE_WITHIN_MS = 2_000;
/** Every dialect has some forty outcomes. */
const MAX_OUTCOMES = 512;

/** Options of {@link createHttpApp}. */
export interface HttpAppOptions {
  readonly dialects: readonly Dialect[];
  readonly extraRouters: readonly Router[];
  /** Addresses whose X-Forwarded-* headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly instruments: Instruments;
}

/** The HTTP side of the server. */
export interface HttpApp {
  /** Resolves with the bound port. */
  listen(port: number, host: string): Promise<number>;
  /** Lets running calls end, then closes what is left. */
  close(): Promise<void>;
}

/** Mounts dialects and other routers on one port. */
export function createHttpApp(options: HttpAppOptions): HttpApp {
  const { clock, logger, instruments } = options;
  const app = new Koa();
  app.on('error', (error: unknown) => {
    logger.debug({ err: error }, 'a client went away');
  });
  const calls = instruments.family(
    'yimu_http_calls',
    'calls of dialects by outcome',
    'outcome',
    MAX_OUTCOMES,
  );
  app.use(behindProxies(options.trustedProxies));
  app.use(faultBarrier(logger));
  for (const dialect of options.dialects) app.use(serveDialect(dialect, { clock, logger, calls }));
  for (const router of options.extraRouters) app.use(router.routes());
  return new ListeningApp(app, clock, instruments);
}

class ListeningApp implements HttpApp {
  readonly #server: Server;
  readonly #clock: Clock;
  #connections = 0;

  constructor(app: Koa, clock: Clock, instruments: Instruments) {
    const handle = app.callback();
    this.#clock = clock;
    this.#server = createServer(SERVER_OPTIONS, (request, response) => {
      void handle(request, response);
    });
    this.#server.maxConnections = MAX_CONNECTIONS;
    instruments.gauge('yimu_http_connections', 'HTTP connections that are open', () => this.#connections);
    const refused = instruments.family(
      'yimu_http_refused',
      'requests that were no HTTP, by status',
      'status',
    );
    this.#server.on('connection', (socket) => {
      this.#connections += 1;
      socket.on('close', () => {
        this.#connections -= 1;
      });
    });
    this.#server.on('drop', () => {
      refused.of('too many connections').add();
    });
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      const status = STATUS_OF_CLIENT_ERROR.get(error.code ?? '') ?? '400 Bad Request';
      refused.of(status.slice(0, 3)).add();
      if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
      else socket.destroy();
    });
  }

  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    this.#server.closeIdleConnections();
    const cancel = this.#clock.after(CLOSE_WITHIN_MS, () => {
      this.#server.closeAllConnections();
    });
    await closed;
    cancel();
  }
}

/** What no router has answered for: a request that cannot be read, or a fault of ours. */
function faultBarrier(logger: Logger): (ctx: Context, next: Next) => Promise<void> {
  return async (ctx, next) => {
    ctx.set('X-Content-Type-Options', 'nosniff');
    try {
      await next();
    } catch (error) {
      const isClients = error instanceof Koa.HttpError && error.status < 500;
      if (!isClients) logger.error({ err: error, path: ctx.path }, 'a request failed');
      ctx.status = isClients ? 400 : 500;
      ctx.body = isClients
        ? { code: 'INVALID_ARGUMENT', message: CORE_ERROR_TEXTS.INVALID_ARGUMENT }
        : { code: 'INTERNAL', message: CORE_ERROR_TEXTS.INTERNAL };
    }
  };
}
