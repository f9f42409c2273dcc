import { FRAME_HEADROOM_BYTES, FRAME_TAILROOM_BYTES } from './frame.ts';

const SLAB_BYTES = 128 * 1024;
const AROUND_BYTES = FRAME_HEADROOM_BYTES + FRAME_TAILROOM_BYTES;

/**
 * Where a frame grows: bytes are appended behind one another in a slab with free room before and after, and the
 * finished frame stays where it is. Frames of one stream share slabs; none is ever written again.
 */
export class FrameArena {
  #slab: Uint8Array = new Uint8Array(0);
  #start = 0;
  #length = 0;

  /** The slab; the open frame is `[start, start + length)`. It may be another one after `append`. */
  get slab(): Uint8Array {
    return this.#slab;
  }

  get start(): number {
    return this.#start;
  }

  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    const count = end - start;
    if (this.#start + this.#length + count + FRAME_TAILROOM_BYTES > this.#slab.length) this.#grow(count);
    this.#slab.set(
      start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end),
      this.#start + this.#length,
    );
    this.#length += count;
  }

  /** The open frame, and nothing else, is forgotten. */
  drop(): void {
    this.#length = 0;
  }

  /** The open frame's first `length` bytes are finished; what lies behind them becomes the next open frame. */
  seal(length: number): void {
    const rest = this.#length - length;
    const restAt = this.#start + length;
    const tail = rest > 0 ? this.#slab.slice(restAt, restAt + rest) : undefined;
    this.#start = restAt + AROUND_BYTES;
    this.#length = 0;
    if (tail) this.append(tail, 0, tail.length);
  }

  #grow(count: number): void {
    const wanted = AROUND_BYTES + this.#length + count;
    const size = Math.max(SLAB_BYTES, wanted * 2);
    const slab = new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
    if (this.#length > 0)
      slab.set(this.#slab.subarray(this.#start, this.#start + this.#length), FRAME_HEADROOM_BYTES);
    this.#slab = slab;
    this.#start = FRAME_HEADROOM_BYTES;
  }
}
