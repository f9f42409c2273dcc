import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { DeliveryContext } from './http-viewers.ts';
import { remoteAddress } from './remote-address.ts';
import { webSocketPipe } from './viewer-pipes.ts';
import { readViewerUrl } from './viewer-request.ts';

/** Close code of a viewer that is refused; the reason is the code of the refusal (RFC 6455 §7.4.2). */
export const WS_REFUSED = 4_403;
/** A viewer has nothing to say; a longer message is answered with 1009 (RFC 6455 §7.4.1). */
const MAX_MESSAGE_BYTES = 1_024;
/** So many messages are no player's. */
const MAX_MESSAGES = 64;
/** Pongs queue like everything else: a viewer that does not read gets none. */
const MAX_WAITING_FOR_PONG_BYTES = 64 * 1024;

/** WS-FLV (RFC 6455): the stream as binary messages. */
export class WebSocketViewers {
  readonly #context: DeliveryContext;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    autoPong: false,
  });

  constructor(context: DeliveryContext) {
    this.#context = context;
  }

  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined);
    if (request.method !== 'GET' || !readViewerUrl(request.url)) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    // The handshake comes first: a viewer that waits for its camera answers pings and is heard when it leaves.
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      watch(webSocket, socket);
      void this.#serve(request, webSocket, socket);
    });
  }

  /** Cuts everybody. */
  close(): void {
    for (const client of this.#server.clients) client.terminate();
  }

  async #serve(request: IncomingMessage, webSocket: WebSocket, socket: Duplex): Promise<void> {
    const asked = readViewerUrl(request.url);
    if (!asked) return;
    const { ask, clock, behindProxy } = this.#context;
    const left = (): boolean => webSocket.readyState !== WebSocket.OPEN;
    const decision = await ask(
      { ...asked, protocol: 'ws-flv', remoteAddress: remoteAddress(request, behindProxy) },
      left,
    );
    if (!('start' in decision)) {
      webSocket.close(WS_REFUSED, decision.code);
      return;
    }
    if (left()) {
      decision.gone();
      return;
    }
    webSocket.on('close', () => {
      decision.gone();
    });
    decision.start(webSocketPipe(webSocket, socket, clock));
  }
}

function watch(webSocket: WebSocket, socket: Duplex): void {
  let messages = 0;
  webSocket.on('error', () => undefined);
  webSocket.on('message', () => {
    messages += 1;
    if (messages > MAX_MESSAGES) webSocket.terminate();
  });
  webSocket.on('ping', (payload) => {
    if (socket.writableLength <= MAX_WAITING_FOR_PONG_BYTES) webSocket.pong(payload);
  });
}
