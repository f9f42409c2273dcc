/** Takes a pending call back; harmless when it has run or was taken back before. */
export type Cancel = () => void;

/** The one source of time. Nothing outside the kernel reads the system clock. */
export interface Clock {
  /** UTC milliseconds since 1970. */
  nowMs(): number;
  /** Milliseconds on a line that never goes back; only differences mean something. */
  monotonicMs(): number;
  /** Calls `run` once after `delayMs`. */
  after(delayMs: number, run: () => void): Cancel;
  /** Calls `run` each `periodMs` until cancelled. */
  every(periodMs: number, run: () => void): Cancel;
  /** Timers that are pending now: a gauge. */
  readonly pending: number;
}

/** The machine's own clock. Timers do not keep the process alive. */
export class SystemClock implements Clock {
  readonly #live = new Set<NodeJS.Timeout>();

  get pending(): number {
    return this.#live.size;
  }

  nowMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  after(delayMs: number, run: () => void): Cancel {
    const timer = setTimeout(() => {
      this.#live.delete(timer);
      run();
    }, delayMs);
    timer.unref();
    this.#live.add(timer);
    return () => {
      if (this.#live.delete(timer)) clearTimeout(timer);
    };
  }

  every(periodMs: number, run: () => void): Cancel {
    const timer = setInterval(run, periodMs);
    timer.unref();
    this.#live.add(timer);
    return () => {
      if (this.#live.delete(timer)) clearInterval(timer);
    };
  }
}
