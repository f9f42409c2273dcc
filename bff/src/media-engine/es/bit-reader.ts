import { byteAt } from './bytes.ts';

const MAX_EXP_GOLOMB_ZEROS = 31;

/** Reads bits of a NAL unit's payload; past the end it reads zeros and says so. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #bit = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** True = more was read than there is: what was read means nothing. */
  get exhausted(): boolean {
    return this.#bit > this.#bytes.length * 8;
  }

  bit(): number {
    const value = (byteAt(this.#bytes, this.#bit >> 3) >> (7 - (this.#bit & 7))) & 1;
    this.#bit += 1;
    return value;
  }

  flag(): boolean {
    return this.bit() === 1;
  }

  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i += 1) value = value * 2 + this.bit();
    return value;
  }

  skip(count: number): void {
    this.#bit += count;
  }

  /** ue(v), ITU-T H.264 §9.1. */
  ue(): number {
    let zeros = 0;
    while (zeros < MAX_EXP_GOLOMB_ZEROS && !this.exhausted && this.bit() === 0) zeros += 1;
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** se(v), ITU-T H.264 §9.1.1. */
  se(): number {
    const code = this.ue();
    return code % 2 === 0 ? 0 - code / 2 : (code + 1) / 2;
  }
}

/** Takes the emulation prevention bytes out (ITU-T H.264 §7.4.1): `00 00 03` becomes `00 00`. */
export function unescapeRbsp(nal: Uint8Array, from: number, maxBytes: number): Uint8Array {
  const end = Math.min(nal.length, from + maxBytes);
  const rbsp = new Uint8Array(Math.max(0, end - from));
  let size = 0;
  let zeros = 0;
  for (let at = from; at < end; at += 1) {
    const value = byteAt(nal, at);
    if (zeros >= 2 && value === 3) {
      zeros = 0;
      continue;
    }
    rbsp[size] = value;
    size += 1;
    zeros = value === 0 ? zeros + 1 : 0;
  }
  return rbsp.subarray(0, size);
}
