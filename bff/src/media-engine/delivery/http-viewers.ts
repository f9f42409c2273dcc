import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../kernel/index.ts';
import type { Admission, Doorkeeper, Refusal } from './door.ts';
import { refusalStatus } from './refusal-status.ts';
import { remoteAddress } from './remote-address.ts';
import { httpPipe } from './viewer-pipes.ts';
import { readViewerUrl } from './viewer-request.ts';

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD, OPTIONS',
  'access-control-allow-headers': '*',
  'access-control-max-age': '86400',
};
const STREAM_HEADERS = {
  ...CORS,
  'content-type': 'video/x-flv',
  'cache-control': 'no-store',
  connection: 'close',
};
const NO_SUCH_ADDRESS: Refusal = { code: 'STREAM_NOT_FOUND', message: '播放地址不存在' };

/** What viewers of both protocols need. */
export interface DeliveryContext {
  readonly ask: Doorkeeper;
  readonly clock: Clock;
  readonly behindProxy: boolean;
}

/** HTTP-FLV: the response is the stream and ends with it. */
export class HttpViewers {
  readonly #context: DeliveryContext;
  /** Connections with a request that is not over. */
  readonly #busy = new WeakSet<Duplex>();

  constructor(context: DeliveryContext) {
    this.#context = context;
  }

  /** Whether something was or may be written to the connection already. */
  isBusy(socket: Duplex): boolean {
    return this.#busy.has(socket);
  }

  async onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request;
    if (this.#busy.has(socket)) {
      // Requests behind one that never ends would only pile up.
      socket.destroy();
      return;
    }
    this.#busy.add(socket);
    response.on('close', () => this.#busy.delete(socket));
    request.resume();
    if (request.method === 'GET') await this.#onGet(request, response);
    else answerAtOnce(request, response);
  }

  async #onGet(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = readViewerUrl(request.url);
    if (!asked) {
      refuse(response, NO_SUCH_ADDRESS);
      return;
    }
    const { ask, clock, behindProxy } = this.#context;
    const decision = await ask(
      { ...asked, protocol: 'http-flv', remoteAddress: remoteAddress(request, behindProxy) },
      () => response.closed,
    );
    if (!('start' in decision)) {
      refuse(response, decision);
      return;
    }
    if (response.closed || request.socket.destroyed) decision.gone();
    else begin(response, request.socket, decision, clock);
  }
}

function begin(response: ServerResponse, socket: Socket, admission: Admission, clock: Clock): void {
  // Neither chunks nor a length: the stream ends when the connection does (RFC 9112 §6.3).
  response.useChunkedEncodingByDefault = false;
  response.shouldKeepAlive = false;
  response.writeHead(200, STREAM_HEADERS);
  response.flushHeaders();
  socket.setTimeout(0);
  socket.setNoDelay(true);
  response.on('close', () => {
    admission.gone();
  });
  admission.start(httpPipe(socket, clock));
}

/** Everything but GET. HEAD tells the form of the answer and asks no camera. */
function answerAtOnce(request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'OPTIONS') response.writeHead(204, CORS).end();
  else if (request.method !== 'HEAD') {
    response.writeHead(405, { ...CORS, allow: 'GET, HEAD, OPTIONS', 'content-length': 0 }).end();
  } else if (readViewerUrl(request.url)) response.writeHead(200, STREAM_HEADERS).end();
  else refuse(response, NO_SUCH_ADDRESS);
}

function refuse(response: ServerResponse, { code, message }: Refusal): void {
  if (response.closed) return;
  const body = Buffer.from(JSON.stringify({ code, message }));
  response.writeHead(refusalStatus(code), {
    ...CORS,
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-store',
  });
  response.end(body);
}
