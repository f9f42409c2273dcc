import type { PlayFailure } from './engine.ts';
import { refusalFrom } from './refusal.ts';

/** What mpegts.js asks of a loader; it sets the callbacks before `open`. */
export interface StreamLoader {
  readonly type: string;
  readonly status: number;
  readonly needStashBuffer: boolean;
  onContentLengthKnown: ((length: number) => void) | null;
  onURLRedirect: ((url: string) => void) | null;
  onDataArrival: ((chunk: ArrayBuffer, byteStart: number, receivedLength: number) => void) | null;
  onError: ((type: string, info: { code: number; msg: string }) => void) | null;
  onComplete: ((from: number, to: number) => void) | null;
  open(source: { readonly url: string }): void;
  abort(): void;
  isWorking(): boolean;
  destroy(): void;
}

export interface StreamLoaderEvents {
  connected(): void;
  begun(): void;
  bytes(count: number): void;
  failed(failure: PlayFailure): void;
}

/** Status numbers of mpegts.js loaders. */
const IDLE = 0;
const CONNECTING = 1;
const BUFFERING = 2;
const ERROR = 3;
const COMPLETE = 4;

/**
 * A loader that tells what the stock one keeps to itself: the moment of acceptance, and the body of a refusal.
 * Aborting lets go of the connection at once, so that the server knows that the viewer has left.
 */
export function streamLoaderClass(events: StreamLoaderEvents): new () => StreamLoader {
  return class implements StreamLoader {
    readonly type = 'yimu-stream-loader';
    readonly needStashBuffer = true;
    status = IDLE;
    onContentLengthKnown: StreamLoader['onContentLengthKnown'] = null;
    onURLRedirect: StreamLoader['onURLRedirect'] = null;
    onDataArrival: StreamLoader['onDataArrival'] = null;
    onError: StreamLoader['onError'] = null;
    onComplete: StreamLoader['onComplete'] = null;
    readonly #abort = new AbortController();

    open(source: { readonly url: string }): void {
      this.status = CONNECTING;
      this.#load(source.url).catch((error: unknown) => {
        if (this.#abort.signal.aborted) return;
        this.status = ERROR;
        events.failed({ kind: 'network', message: error instanceof Error ? error.message : String(error) });
      });
    }

    abort(): void {
      this.#abort.abort();
      this.status = COMPLETE;
    }

    isWorking(): boolean {
      return this.status === CONNECTING || this.status === BUFFERING;
    }

    destroy(): void {
      this.abort();
      this.onContentLengthKnown = null;
      this.onURLRedirect = null;
      this.onDataArrival = null;
      this.onError = null;
      this.onComplete = null;
    }

    async #load(url: string): Promise<void> {
      const response = await fetch(url, { signal: this.#abort.signal, cache: 'no-store' });
      if (!response.ok) {
        const body = await response.text();
        this.status = ERROR;
        events.failed(refusalFrom(response.status, body));
        return;
      }
      events.connected();
      const reader = response.body?.getReader();
      let received = 0;
      for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
        if (this.#abort.signal.aborted) return;
        if (received === 0) events.begun();
        this.status = BUFFERING;
        const { buffer, byteOffset, byteLength } = part.value;
        const start = received;
        received += byteLength;
        events.bytes(byteLength);
        this.onDataArrival?.(buffer.slice(byteOffset, byteOffset + byteLength), start, received);
      }
      this.status = COMPLETE;
      events.failed({ kind: 'network', message: 'the stream ended' });
    }
  };
}
