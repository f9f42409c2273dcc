import { type Clock, ExpiringMap } from '../../kernel/index.ts';

interface Options {
  readonly clock: Clock;
  readonly windowMs: number;
  readonly tries: number;
  /** Keys that are remembered; the oldest makes room. */
  readonly capacity: number;
}

/** Counts failures per key in a window that starts with the first one. */
export class FailureBudget {
  readonly #failures: ExpiringMap<string, { count: number }>;
  readonly #tries: number;

  constructor(options: Options) {
    this.#failures = new ExpiringMap({
      clock: options.clock,
      lifeMs: options.windowMs,
      capacity: options.capacity,
    });
    this.#tries = options.tries;
  }

  exhausted(key: string): boolean {
    return (this.#failures.get(key)?.count ?? 0) >= this.#tries;
  }

  /** Takes one try; give it back with {@link restore} when it was no failure. */
  spend(key: string): void {
    const entry = this.#failures.get(key);
    if (entry) entry.count += 1;
    else this.#failures.set(key, { count: 1 });
  }

  restore(key: string): void {
    const entry = this.#failures.get(key);
    if (!entry) return;
    entry.count -= 1;
    if (entry.count <= 0) this.#failures.delete(key);
  }
}
