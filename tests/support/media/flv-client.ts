import { createHash } from 'node:crypto';
import { get } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { until } from '../until.ts';
import { readTags } from './flv-tags.ts';

const FILE_HEADER_BYTES = 13;

/** Bytes of the tag at the start; 0 = it has not come whole. */
function wholeTag(bytes: Buffer): number {
  if (bytes.length < 15) return 0;
  const size = 15 + bytes.readUIntBE(1, 3);
  return size <= bytes.length ? size : 0;
}

/** A viewer over HTTP-FLV or WS-FLV that notes every tag, and can stop reading. */
export class FlvClient {
  /** HTTP status, or 101. */
  status = 0;
  ended = false;
  /** Close code of a WebSocket. */
  closeCode: number | undefined;
  /** Sees each whole tag. */
  onTag: (tag: Buffer) => void = () => undefined;
  readonly #names: string[] = [];
  readonly #prints: string[] = [];
  #header: Buffer = Buffer.alloc(0);
  #rest: Buffer = Buffer.alloc(0);
  #socket: Socket | undefined;
  #destroy: () => void = () => undefined;

  static http(url: string): FlvClient {
    const client = new FlvClient();
    const request = get(url, { agent: false }, (response) => {
      client.status = response.statusCode ?? 0;
      client.#socket = response.socket;
      response.on('data', (chunk: Buffer) => {
        client.#take(chunk);
      });
      response.on('error', () => undefined);
      response.on('close', () => {
        client.ended = true;
      });
    });
    request.on('error', () => {
      client.ended = true;
    });
    client.#destroy = () => request.destroy();
    return client;
  }

  static webSocket(url: string): FlvClient {
    const client = new FlvClient();
    const webSocket = new WebSocket(url);
    webSocket.on('upgrade', ({ socket }) => {
      client.status = 101;
      client.#socket = socket;
    });
    webSocket.on('message', (data: Buffer) => {
      client.#take(data);
    });
    webSocket.on('error', () => undefined);
    webSocket.on('close', (code) => {
      client.ended = true;
      client.closeCode = code;
    });
    client.#destroy = () => {
      webSocket.terminate();
    };
    return client;
  }

  /** Names of the whole tags that came (see `readTags`). */
  get tags(): readonly string[] {
    return this.#names;
  }

  /** A fingerprint of each whole tag, in order. */
  get prints(): readonly string[] {
    return this.#prints;
  }

  /** The FLV file header. */
  get header(): Buffer {
    return this.#header;
  }

  /** Pictures and sounds, without headers. */
  get frames(): readonly string[] {
    return this.#names.filter((name) => name.includes('@'));
  }

  /** Pictures alone. */
  get pictures(): readonly string[] {
    return this.#names.filter((name) => /^(key|picture)@/.test(name));
  }

  async untilFrames(howMany: number, timeoutMs = 10_000): Promise<void> {
    await until(`${String(howMany)} frames`, () => this.frames.length >= howMany, timeoutMs);
  }

  async untilEnded(timeoutMs = 10_000): Promise<void> {
    await until('the end of the viewer', () => this.ended, timeoutMs);
  }

  /** Takes nothing more; the connection stays. */
  stall(): void {
    this.#socket?.pause();
  }

  close(): void {
    this.#destroy();
  }

  #take(chunk: Buffer): void {
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    if (this.#header.length === 0 && bytes.length >= FILE_HEADER_BYTES) {
      this.#header = bytes.subarray(0, FILE_HEADER_BYTES);
      bytes = bytes.subarray(FILE_HEADER_BYTES);
    }
    for (let size = wholeTag(bytes); this.#header.length > 0 && size > 0; size = wholeTag(bytes)) {
      const tag = bytes.subarray(0, size);
      this.onTag(tag);
      this.#names.push(...readTags(tag));
      this.#prints.push(createHash('sha1').update(tag).digest('base64'));
      bytes = bytes.subarray(size);
    }
    this.#rest = bytes;
  }
}
