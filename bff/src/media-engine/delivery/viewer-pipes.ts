import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Clock } from '../../kernel/index.ts';
import type { ViewerPipe } from '../stream/viewer.ts';

/** What waits for a viewer when its stream ends may still be delivered for so long. */
export const LINGER_MS = 5_000;

/** Raw bytes behind the headers of a response. */
export function httpPipe(socket: Duplex, clock: Clock): ViewerPipe {
  return {
    get waitingBytes() {
      return socket.writableLength;
    },
    write({ plain }) {
      return socket.writable && socket.write(plain);
    },
    writeAll(pieces) {
      if (!socket.writable) return;
      socket.cork();
      for (const { plain } of pieces) socket.write(plain);
      socket.uncork();
    },
    end() {
      socket.end();
      destroyLater(socket, clock);
    },
    destroy() {
      socket.destroy();
    },
  };
}

/**
 * Each piece is one binary message whose frame was built once for all viewers: it goes to the socket itself,
 * between the whole frames that the library writes for pings and closes.
 */
export function webSocketPipe(webSocket: WebSocket, socket: Duplex, clock: Clock): ViewerPipe {
  const isOpen = (): boolean => webSocket.readyState === WebSocket.OPEN && socket.writable;
  return {
    get waitingBytes() {
      return socket.writableLength;
    },
    write({ message }) {
      return isOpen() && socket.write(message);
    },
    writeAll(pieces) {
      if (!isOpen()) return;
      socket.cork();
      for (const { message } of pieces) socket.write(message);
      socket.uncork();
    },
    end() {
      webSocket.close(1_000);
      destroyLater(socket, clock);
    },
    destroy() {
      webSocket.terminate();
    },
  };
}

function destroyLater(socket: Duplex, clock: Clock): void {
  if (socket.destroyed) return;
  const cancel = clock.after(LINGER_MS, () => socket.destroy());
  socket.once('close', cancel);
}
