import { get, type IncomingMessage } from 'node:http';
import { until } from './until.ts';

const TAG_HEADER_BYTES = 11;
const FILE_HEADER_BYTES = 13;

/** Counts of what a viewer has received. */
export interface FlvCounts {
  readonly video: number;
  readonly audio: number;
  readonly keyFrames: number;
  readonly lastTimestampMs: number;
}

/** A refusal of the media port. */
export interface FlvRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** A viewer of HTTP-FLV that reads tags as a player does. */
export class FlvViewer {
  readonly #response: IncomingMessage;
  #pending = Buffer.alloc(0);
  #sawHeader = false;
  #counts = { video: 0, audio: 0, keyFrames: 0, lastTimestampMs: 0 };
  #ended = false;

  private constructor(response: IncomingMessage) {
    this.#response = response;
    response.on('data', (chunk: Buffer) => {
      this.#take(chunk);
    });
    const end = (): void => {
      this.#ended = true;
    };
    response.on('close', end).on('error', end);
  }

  /** Connects; resolves with the viewer, or with the refusal when the server gives none. */
  static open(url: string): Promise<FlvViewer | FlvRefusal> {
    return new Promise((resolve, reject) => {
      const request = get(url, { agent: false }, (response) => {
        if (response.statusCode === 200) resolve(new FlvViewer(response));
        else readRefusal(response).then(resolve, reject);
      });
      request.on('error', reject);
    });
  }

  /** As {@link open}, for an address that must play. */
  static async play(url: string): Promise<FlvViewer> {
    const opened = await FlvViewer.open(url);
    if (opened instanceof FlvViewer) return opened;
    throw new Error(`refused: ${JSON.stringify(opened)}`);
  }

  get counts(): FlvCounts {
    return this.#counts;
  }

  get ended(): boolean {
    return this.#ended;
  }

  async untilFrames(howMany: number, timeoutMs?: number): Promise<void> {
    await until(`${String(howMany)} pictures`, () => this.#counts.video >= howMany, timeoutMs);
  }

  close(): void {
    this.#response.destroy();
  }

  #take(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    if (!this.#sawHeader) {
      if (this.#pending.length < FILE_HEADER_BYTES) return;
      if (this.#pending.toString('latin1', 0, 3) !== 'FLV') throw new Error('this is not FLV');
      this.#pending = this.#pending.subarray(FILE_HEADER_BYTES);
      this.#sawHeader = true;
    }
    while (this.#pending.length >= TAG_HEADER_BYTES) {
      const size = this.#pending.readUIntBE(1, 3) + TAG_HEADER_BYTES + 4;
      if (this.#pending.length < size) return;
      this.#count(this.#pending.subarray(0, size));
      this.#pending = this.#pending.subarray(size);
    }
  }

  #count(tag: Buffer): void {
    const type = tag[0];
    const first = tag[TAG_HEADER_BYTES] ?? 0;
    const sequenceHeader = tag[TAG_HEADER_BYTES + 1] === 0;
    if (type === 9 && !sequenceHeader) {
      this.#counts.video += 1;
      if (first >>> 4 === 1) this.#counts.keyFrames += 1;
    }
    if (type === 8 && !sequenceHeader) this.#counts.audio += 1;
    this.#counts.lastTimestampMs = tag.readUIntBE(4, 3) + (tag[7] ?? 0) * 2 ** 24;
  }
}

async function readRefusal(response: IncomingMessage): Promise<FlvRefusal> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString()) as {
    readonly code: string;
    readonly message: string;
  };
  return { status: response.statusCode ?? 0, ...body };
}
