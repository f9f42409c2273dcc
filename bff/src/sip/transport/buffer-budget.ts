/** Somebody who holds octets of a message that is not whole yet. */
interface Holder {
  /** Whom its octets are charged to. */
  readonly source: string;
}

/**
 * Octets of unfinished messages, over all connections. Each may hold a whole message, but not all at the same
 * time: where too much is held, by one source or by all together, whoever holds most has to let go.
 */
export class BufferBudget<H extends Holder> {
  readonly #maxBytes: number;
  readonly #maxBytesPerSource: number;
  readonly #held = new Map<H, number>();
  readonly #bySource = new Map<string, number>();
  #total = 0;

  constructor(limits: { readonly maxBytes: number; readonly maxBytesPerSource: number }) {
    this.#maxBytes = limits.maxBytes;
    this.#maxBytesPerSource = limits.maxBytesPerSource;
  }

  /** Octets that are held by all. */
  get total(): number {
    return this.#total;
  }

  /** Notes what a holder holds now. The holder that has to let go, if any. */
  hold(holder: H, bytes: number): H | undefined {
    const { source } = holder;
    const change = bytes - (this.#held.get(holder) ?? 0);
    if (change === 0) return undefined;
    if (bytes === 0) this.#held.delete(holder);
    else this.#held.set(holder, bytes);
    this.#total += change;
    const ofSource = (this.#bySource.get(source) ?? 0) + change;
    if (ofSource === 0) this.#bySource.delete(source);
    else this.#bySource.set(source, ofSource);
    if (change < 0) return undefined;
    if (ofSource > this.#maxBytesPerSource) return this.#largest((other) => other.source === source);
    return this.#total > this.#maxBytes ? this.#largest(() => true) : undefined;
  }

  #largest(counts: (holder: H) => boolean): H | undefined {
    let largest: H | undefined;
    let most = 0;
    for (const [holder, bytes] of this.#held) {
      if (bytes <= most || !counts(holder)) continue;
      largest = holder;
      most = bytes;
    }
    return largest;
  }
}
