import { type AdtsHeader, parseAdtsHeader } from './adts.ts';

const HEADER_BYTES = 7;
const FIRST_HELD_BYTES = 4096;

/** One AAC frame; the data is a view, valid during the call. */
export interface AacFrame {
  readonly header: AdtsHeader;
  /** The raw_data_block. */
  readonly data: Uint8Array;
  /** The stamp of the packet in which it began; undefined for all but the first that does. */
  readonly ptsTicks90k: number | undefined;
}

/**
 * Cuts the payload of PES packets into AAC frames by their ADTS headers (ISO/IEC 14496-3 §1.A.2): several in a packet,
 * or one over several packets. Lost step is found again where two headers stand a frame apart. At most one unfinished
 * frame, 8191 bytes, is held besides the payload.
 */
export class AdtsReader {
  /** What came last and is not used up: the begin of a frame whose rest is still to come. */
  #held = new Uint8Array(FIRST_HELD_BYTES);
  #heldBytes = 0;
  #inStep = false;
  #skippedBytes = 0;

  /** Bytes that belonged to no frame. */
  get skippedBytes(): number {
    return this.#skippedBytes;
  }

  /** Bytes before this are lost: what is begun is dropped. */
  lose(): void {
    this.#skippedBytes += this.#heldBytes;
    this.#heldBytes = 0;
    this.#inStep = false;
  }

  push(payload: Uint8Array, ptsTicks90k: number | undefined, onFrame: (frame: AacFrame) => void): void {
    const older = this.#heldBytes;
    const bytes = this.#append(payload);
    let stamp = ptsTicks90k;
    let at = 0;
    while (at + HEADER_BYTES <= bytes.length) {
      const header = parseAdtsHeader(bytes, at);
      if (!header || (!this.#inStep && !isFollowed(bytes, at + header.frameBytes))) {
        this.#inStep = false;
        this.#skippedBytes += 1;
        at += 1;
        continue;
      }
      const end = at + header.frameBytes;
      if (end > bytes.length) break;
      this.#inStep = true;
      const data = bytes.subarray(at + header.headerBytes, end);
      onFrame({ header, data, ptsTicks90k: at >= older ? stamp : undefined });
      if (at >= older) stamp = undefined;
      at = end;
    }
    this.#keep(at);
  }

  #append(payload: Uint8Array): Uint8Array {
    const size = this.#heldBytes + payload.length;
    if (size > this.#held.length) {
      const larger = new Uint8Array(2 * size);
      larger.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = larger;
    }
    this.#held.set(payload, this.#heldBytes);
    this.#heldBytes = size;
    return this.#held.subarray(0, size);
  }

  #keep(from: number): void {
    if (from > 0) this.#held.copyWithin(0, from, this.#heldBytes);
    this.#heldBytes -= from;
  }
}

/** Whether a frame may end at `at`: another begins there, or nothing that can be judged. */
function isFollowed(bytes: Uint8Array, at: number): boolean {
  return at + HEADER_BYTES > bytes.length || parseAdtsHeader(bytes, at) !== undefined;
}
