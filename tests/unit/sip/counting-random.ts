import type { RandomSource } from '../../../bff/src/kernel/index.ts';

/** Chance that counts up: values differ from each other and are the same in each run. */
export class CountingRandom implements RandomSource {
  #count = 0;

  bytes(count: number): Buffer {
    return Buffer.from(this.hex(count), 'hex');
  }

  hex(byteCount: number): string {
    this.#count += 1;
    return this.#count.toString(16).padStart(byteCount * 2, '0');
  }

  below(below: number): number {
    this.#count += 1;
    return this.#count % below;
  }
}
