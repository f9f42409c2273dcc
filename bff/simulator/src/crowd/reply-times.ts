/** One slot each 0.1 ms up to ten seconds; what took longer is in the last. */
const SLOT_MS = 0.1;
const SLOTS = 100_000;

/** How long answers took, without a list of them. */
export class ReplyTimes {
  readonly #slots = new Uint32Array(SLOTS);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(ms: number): void {
    const slot = Math.min(SLOTS - 1, Math.max(0, Math.floor(ms / SLOT_MS)));
    this.#slots[slot] = (this.#slots[slot] ?? 0) + 1;
    this.#count += 1;
  }

  /** The time, ms, within which this share of the answers came; NaN when there is none. */
  quantile(share: number): number {
    let left = Math.ceil(share * this.#count);
    if (left === 0) return Number.NaN;
    for (const [slot, count] of this.#slots.entries()) {
      left -= count;
      if (left <= 0) return (slot + 1) * SLOT_MS;
    }
    return Number.NaN;
  }

  clear(): void {
    this.#slots.fill(0);
    this.#count = 0;
  }
}
