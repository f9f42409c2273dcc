/** Reads bits from the left (H.264 §7.2). Beyond the end it reads zeros: callers look at their own bytes. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bits that were read. */
  get position(): number {
    return this.#at;
  }

  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i += 1) {
      const byte = this.#bytes[this.#at >>> 3] ?? 0;
      value = value * 2 + ((byte >>> (7 - (this.#at & 7))) & 1);
      this.#at += 1;
    }
    return value;
  }

  /** ue(v) of §9.1. */
  unsigned(): number {
    let zeros = 0;
    while (zeros < 32 && this.bits(1) === 0) zeros += 1;
    return 2 ** zeros - 1 + this.bits(zeros);
  }
}

/** Writes bits from the left into bytes that grow. */
export class BitWriter {
  #bytes = new Uint8Array(1_024);
  #at = 0;

  bits(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i -= 1) this.#bit(Math.floor(value / 2 ** i) & 1);
  }

  /** ue(v) of §9.1. */
  unsigned(value: number): void {
    const length = 32 - Math.clz32(value + 1);
    this.bits(0, length - 1);
    this.bits(value + 1, length);
  }

  /** Zeros up to the next byte. */
  align(): void {
    while ((this.#at & 7) !== 0) this.#bit(0);
  }

  /** Whole bytes; the writer must be aligned. */
  bytes(source: Uint8Array): void {
    const start = this.#at >>> 3;
    this.#reserve(start + source.length);
    this.#bytes.set(source, start);
    this.#at += source.length * 8;
  }

  /** What was written, with the stop bit and its padding (§7.3.2.11). */
  finish(): Uint8Array {
    this.#bit(1);
    this.align();
    return this.#bytes.subarray(0, this.#at >>> 3);
  }

  #bit(value: number): void {
    const index = this.#at >>> 3;
    this.#reserve(index + 1);
    if (value === 1) this.#bytes[index] = (this.#bytes[index] ?? 0) | (0x80 >>> (this.#at & 7));
    this.#at += 1;
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(length, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
