import type { Cancel, Clock } from '../../bff/src/kernel/index.ts';

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly periodMs: number | undefined;
  readonly run: () => void;
}

/** Time that moves only when a test moves it. */
export class FakeClock implements Clock {
  #timeMs: number;
  readonly #startMs: number;
  #order = 0;
  readonly #timers = new Map<number, Timer>();

  constructor(startMs = 1_768_442_430_123) {
    this.#timeMs = startMs;
    this.#startMs = startMs;
  }

  get pending(): number {
    return this.#timers.size;
  }

  nowMs(): number {
    return this.#timeMs;
  }

  monotonicMs(): number {
    return this.#timeMs - this.#startMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    return this.#add(delayMs, undefined, run);
  }

  every(periodMs: number, run: () => void): Cancel {
    return this.#add(periodMs, periodMs, run);
  }

  /** Moves time on and runs, in order, what falls due; promises settle between timers when awaited. */
  async advance(ms: number): Promise<void> {
    const until = this.#timeMs + ms;
    for (;;) {
      await settle();
      const next = this.#next(until);
      if (!next) break;
      const [id, timer] = next;
      this.#timeMs = Math.max(this.#timeMs, timer.dueMs);
      this.#timers.delete(id);
      if (timer.periodMs !== undefined)
        this.#timers.set(id, { ...timer, dueMs: timer.dueMs + timer.periodMs });
      timer.run();
    }
    this.#timeMs = until;
    await settle();
  }

  #add(delayMs: number, periodMs: number | undefined, run: () => void): Cancel {
    const id = (this.#order += 1);
    this.#timers.set(id, { dueMs: this.#timeMs + Math.max(0, delayMs), order: id, periodMs, run });
    return () => {
      this.#timers.delete(id);
    };
  }

  #next(until: number): [number, Timer] | undefined {
    let best: [number, Timer] | undefined;
    for (const entry of this.#timers) {
      if (entry[1].dueMs > until) continue;
      if (
        !best ||
        entry[1].dueMs < best[1].dueMs ||
        (entry[1].dueMs === best[1].dueMs && entry[0] < best[0])
      ) {
        best = entry;
      }
    }
    return best;
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
}
