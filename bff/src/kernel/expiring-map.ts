import type { Clock } from './clock.ts';

interface Entry<V> {
  readonly value: V;
  readonly expiresAtMs: number;
}

/**
 * A map bounded in count and in time. The oldest entry makes room for a new one; an expired entry is
 * never returned. Insertion order is age, so one life time per map keeps sweeping cheap.
 */
export class ExpiringMap<K, V> {
  readonly #entries = new Map<K, Entry<V>>();
  readonly #clock: Clock;
  readonly #lifeMs: number;
  readonly #capacity: number;

  constructor(options: { readonly clock: Clock; readonly lifeMs: number; readonly capacity: number }) {
    this.#clock = options.clock;
    this.#lifeMs = options.lifeMs;
    this.#capacity = options.capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (entry.expiresAtMs > this.#clock.monotonicMs()) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  /** Sets the value and starts its life anew. */
  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.sweep();
    if (this.#entries.size >= this.#capacity) {
      const oldest = this.#entries.keys().next();
      if (!oldest.done) this.#entries.delete(oldest.value);
    }
    this.#entries.set(key, { value, expiresAtMs: this.#clock.monotonicMs() + this.#lifeMs });
  }

  delete(key: K): boolean {
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Drops what has expired, from the oldest on. */
  sweep(): void {
    const now = this.#clock.monotonicMs();
    for (const [key, entry] of this.#entries) {
      if (entry.expiresAtMs > now) return;
      this.#entries.delete(key);
    }
  }
}
