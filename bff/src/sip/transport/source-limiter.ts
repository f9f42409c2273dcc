import type { Clock } from '../../kernel/index.ts';

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/**
 * A token bucket per source address. Bounded by two generations: an address that is silent for a generation
 * is forgotten, and a flood of addresses pushes out the older generation, never the newer.
 */
export class SourceLimiter {
  readonly #clock: Clock;
  readonly #perMs: number;
  readonly #burst: number;
  readonly #halfCapacity: number;
  /** A bucket that was not touched for so long is full again, so that forgetting it changes nothing. */
  readonly #generationMs: number;
  #young = new Map<string, Bucket>();
  #old = new Map<string, Bucket>();
  #youngSinceMs: number;

  constructor(options: {
    readonly clock: Clock;
    readonly perSecond: number;
    readonly burst: number;
    readonly maxSources: number;
  }) {
    this.#clock = options.clock;
    this.#perMs = options.perSecond / 1000;
    this.#burst = options.burst;
    this.#halfCapacity = Math.max(1, Math.floor(options.maxSources / 2));
    this.#generationMs = Math.max(1_000, options.burst / this.#perMs);
    this.#youngSinceMs = options.clock.monotonicMs();
  }

  /** Addresses that are kept count of. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Takes a token; false when the source has none left. */
  take(address: string): boolean {
    const bucket = this.#filled(address);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** Takes a token that may be owed, for what was read already. The ms until the debt is paid; 0 without debt. */
  charge(address: string): number {
    const bucket = this.#filled(address);
    bucket.tokens -= 1;
    return bucket.tokens >= 0 ? 0 : -bucket.tokens / this.#perMs;
  }

  /** Gives a token back: what the source sent was asked for. */
  credit(address: string): void {
    const bucket = this.#filled(address);
    bucket.tokens = Math.min(this.#burst, bucket.tokens + 1);
  }

  #filled(address: string): Bucket {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#youngSinceMs > this.#generationMs) this.#turn(nowMs);
    const bucket = this.#young.get(address) ?? this.#adopt(address, nowMs);
    bucket.tokens = Math.min(this.#burst, bucket.tokens + (nowMs - bucket.filledAtMs) * this.#perMs);
    bucket.filledAtMs = nowMs;
    return bucket;
  }

  #adopt(address: string, nowMs: number): Bucket {
    const bucket = this.#old.get(address) ?? { tokens: this.#burst, filledAtMs: nowMs };
    this.#old.delete(address);
    if (this.#young.size >= this.#halfCapacity) this.#turn(nowMs);
    this.#young.set(address, bucket);
    return bucket;
  }

  #turn(nowMs: number): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngSinceMs = nowMs;
  }
}
