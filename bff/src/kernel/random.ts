import { randomBytes, randomInt } from 'node:crypto';

/** The one source of chance: tags, branches, nonces, keys. */
export interface RandomSource {
  bytes(count: number): Buffer;
  /** Lower-case hexadecimal, two characters a byte. */
  hex(byteCount: number): string;
  /** A whole number in [0, below). */
  below(below: number): number;
}

/** Cryptographic randomness with a pool, so that a hot path pays no system call for each value. */
export class SystemRandom implements RandomSource {
  #pool = Buffer.alloc(0);
  #offset = 0;

  bytes(count: number): Buffer {
    if (count > 256) return randomBytes(count);
    if (this.#offset + count > this.#pool.length) {
      this.#pool = randomBytes(4096);
      this.#offset = 0;
    }
    const start = this.#offset;
    this.#offset += count;
    return this.#pool.subarray(start, this.#offset);
  }

  hex(byteCount: number): string {
    return this.bytes(byteCount).toString('hex');
  }

  below(below: number): number {
    return randomInt(below);
  }
}
