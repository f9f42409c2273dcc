/** Reads bits, the highest of an octet first. What lies behind the end reads as 0, and is told by {@link overrun}. */
export class BitReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #position = 0;

  open(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#position = 0;
  }

  /** Bits that were read. */
  get position(): number {
    return this.#position;
  }

  /** More was read than there is. */
  get overrun(): boolean {
    return this.#position > this.#bytes.length * 8;
  }

  /** The next `count` bits, 25 at most, without going on. */
  peek(count: number): number {
    if (count === 0) return 0;
    const at = this.#position >> 3;
    const bytes = this.#bytes;
    const word =
      ((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0);
    return (word << (this.#position & 7)) >>> (32 - count);
  }

  read(count: number): number {
    const value = this.peek(count);
    this.#position += count;
    return value;
  }

  readFlag(): boolean {
    return this.read(1) === 1;
  }

  skip(count: number): void {
    this.#position += count;
  }

  /** Goes to the next whole octet. */
  align(): void {
    this.#position = (this.#position + 7) & ~7;
  }
}
