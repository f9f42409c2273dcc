import type { SharedBytes } from '../../../bff/src/media-engine/stream/shared-bytes.ts';
import type { ViewerPipe } from '../../../bff/src/media-engine/stream/viewer.ts';
import { readTags } from './flv-tags.ts';

const FILE_HEADER_BYTES = 13;

/** A viewer's socket that keeps what it is given; `takes` false = the system takes nothing. */
export class FakePipe implements ViewerPipe {
  readonly pieces: SharedBytes[] = [];
  /** Calls of `write` and `writeAll`. */
  calls = 0;
  takes = true;
  waitingBytes = 0;
  ended = false;
  destroyed = false;

  write(bytes: SharedBytes): boolean {
    this.calls += 1;
    this.#put(bytes);
    return this.takes && this.waitingBytes === 0;
  }

  writeAll(pieces: readonly SharedBytes[]): void {
    this.calls += 1;
    for (const piece of pieces) this.#put(piece);
  }

  end(): void {
    this.ended = true;
  }

  destroy(): void {
    this.destroyed = true;
  }

  /** The FLV file header, as a viewer reads it. */
  get header(): Buffer {
    return this.#bytes.subarray(0, FILE_HEADER_BYTES);
  }

  /** Every tag that was sent, by name. */
  get tags(): string[] {
    return readTags(this.#bytes.subarray(FILE_HEADER_BYTES));
  }

  get #bytes(): Buffer {
    return Buffer.concat(this.pieces.map(({ plain }) => plain));
  }

  #put(bytes: SharedBytes): void {
    this.pieces.push(bytes);
    if (!this.takes) this.waitingBytes += bytes.plain.length;
  }
}
