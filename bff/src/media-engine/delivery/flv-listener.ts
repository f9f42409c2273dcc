import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type DeliveryContext, HttpViewers } from './http-viewers.ts';
import { WebSocketViewers } from './web-socket-viewers.ts';

const HEADERS_TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 8_192;
const STATUS_OF_ERROR: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Options of a {@link FlvListener}. */
export interface ListenerOptions extends DeliveryContext {
  readonly maxConnections: number;
  /** How long a connection may take to ask for something. */
  readonly headersTimeoutMs?: number;
}

/** HTTP-FLV and WS-FLV on one port: `GET /{app}/{stream}.flv?…`, plain or upgraded. */
export class FlvListener {
  readonly #server: Server;
  readonly #http: HttpViewers;
  readonly #webSockets: WebSocketViewers;

  constructor(options: ListenerOptions) {
    const timeoutMs = options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS;
    this.#http = new HttpViewers(options);
    this.#webSockets = new WebSocketViewers(options);
    this.#server = createServer(
      {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: timeoutMs,
        requestTimeout: timeoutMs,
        connectionsCheckingInterval: timeoutMs / 4,
      },
      (request, response) => {
        void this.#http.onRequest(request, response);
      },
    );
    this.#server.maxConnections = options.maxConnections;
    this.#server.on('upgrade', (request, socket, head) => {
      this.#webSockets.onUpgrade(request, socket, head);
    });
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      this.#onClientError(error, socket);
    });
  }

  /** Resolves with the bound port. */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#server.on('error', () => undefined);
    return (this.#server.address() as AddressInfo).port;
  }

  /** Stops listening and cuts everybody. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#webSockets.close();
  }

  #onClientError({ code }: NodeJS.ErrnoException, socket: Duplex): void {
    if (socket.writable && !this.#http.isBusy(socket)) {
      const status = STATUS_OF_ERROR[code ?? ''] ?? '400 Bad Request';
      socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    }
    socket.destroy();
  }
}
