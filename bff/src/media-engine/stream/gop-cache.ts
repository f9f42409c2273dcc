import type { FlvTag } from '../flv/flv-tag.ts';
import { isKeyPicture, type SharedTag } from './portion.ts';

/** A group of pictures past one of these is not kept: who comes then waits for the next key frame. */
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_SPAN_MS = 10_000;
const MAX_PICTURES = 300;
const MAX_TAGS = 2_000;

/** What a new viewer gets at once: the headers, and every frame since the last key frame. Bounded. */
export class GopCache {
  readonly #config = new Map<FlvTag['kind'], SharedTag>();
  #configVersion = 0;
  #tags: SharedTag[] = [];
  #pictures = 0;
  #bytes = 0;
  #keyBytes = 0;
  #beganAtMs = 0;

  /** Script tag first, then the sequence headers. */
  get config(): readonly SharedTag[] {
    return (['script', 'video', 'audio'] as const).flatMap((kind) => this.#config.get(kind) ?? []);
  }

  /** Changes with each header. */
  get configVersion(): number {
    return this.#configVersion;
  }

  get hasAudio(): boolean {
    return this.#config.has('audio');
  }

  get frames(): readonly SharedTag[] {
    return this.#tags;
  }

  /** Bytes of the frames. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes of the last key frame. */
  get keyFrameBytes(): number {
    return this.#keyBytes;
  }

  push(shared: SharedTag): void {
    const { tag } = shared;
    if (tag.config) {
      this.#config.set(tag.kind, shared);
      this.#configVersion += 1;
      return;
    }
    if (isKeyPicture(tag)) {
      this.#clear();
      this.#keyBytes = tag.bytes.length;
      this.#beganAtMs = tag.timestampMs;
    } else if (this.#tags.length === 0) return;
    this.#tags.push(shared);
    this.#bytes += tag.bytes.length;
    if (tag.kind === 'video') this.#pictures += 1;
    if (this.#isTooMuch(tag)) this.#clear();
  }

  #isTooMuch({ timestampMs }: FlvTag): boolean {
    return (
      this.#bytes > MAX_BYTES ||
      this.#pictures > MAX_PICTURES ||
      this.#tags.length > MAX_TAGS ||
      timestampMs - this.#beganAtMs > MAX_SPAN_MS
    );
  }

  #clear(): void {
    this.#tags = [];
    this.#bytes = 0;
    this.#pictures = 0;
  }
}
