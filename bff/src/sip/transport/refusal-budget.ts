import type { Clock } from '../../kernel/index.ts';

/** Refusals of what cannot be read, of all sources together: who forges sources gets no more out of this place. */
const PER_SECOND = 50;

/** A token bucket for answers that nobody needs. */
export class RefusalBudget {
  readonly #clock: Clock;
  #tokens = PER_SECOND;
  #filledAtMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#filledAtMs = clock.monotonicMs();
  }

  /** Whether one more may be sent. */
  take(): boolean {
    const nowMs = this.#clock.monotonicMs();
    this.#tokens = Math.min(PER_SECOND, this.#tokens + ((nowMs - this.#filledAtMs) * PER_SECOND) / 1_000);
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
