/** Writes bits behind one another, the most significant first; what does not fit is not written and shows. */
export class BitWriter {
  readonly #bytes: Uint8Array;
  #bit = 0;

  constructor(capacityBytes: number) {
    this.#bytes = new Uint8Array(capacityBytes);
  }

  /** Bits written so far. */
  get bits(): number {
    return this.#bit;
  }

  /** Begins anew. */
  reset(): void {
    this.#bytes.fill(0, 0, (this.#bit + 7) >> 3);
    this.#bit = 0;
  }

  /** Writes the low `count` bits, at most 32. */
  write(value: number, count: number): void {
    let left = count;
    while (left > 0) {
      const room = 8 - (this.#bit & 7);
      const take = Math.min(room, left);
      const piece = (value >>> (left - take)) & ((1 << take) - 1);
      const at = this.#bit >> 3;
      this.#bytes[at] = (this.#bytes[at] ?? 0) | (piece << (room - take));
      this.#bit += take;
      left -= take;
    }
  }

  /** A copy of what was written, filled with zeros to a whole byte. */
  take(): Uint8Array {
    return this.#bytes.slice(0, (this.#bit + 7) >> 3);
  }
}
