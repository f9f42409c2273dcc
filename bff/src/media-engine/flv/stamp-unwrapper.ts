/** Continues a counter that wraps at `bits` bits: each value is taken as the nearest to the one before. */
export class StampUnwrapper {
  readonly #modulus: number;
  #last: number | undefined;

  constructor(bits: 32 | 33) {
    this.#modulus = 2 ** bits;
  }

  unwrap(stamp: number): number {
    this.#last = this.#last === undefined ? stamp : nearestTurn(stamp, this.#last, this.#modulus);
    return this.#last;
  }
}

/** `stamp` and as many turns of `modulus` as bring it nearest to `near`. */
export function nearestTurn(stamp: number, near: number, modulus: number): number {
  return stamp + Math.round((near - stamp) / modulus) * modulus;
}
