/** Timers and the time between them. The tests put their own in its place. */
export interface Scheduler {
  /** Milliseconds on a line that never goes back. */
  monotonicMs(): number;
  /** Calls `run` once after `delayMs`; the returned function takes it back. */
  after(delayMs: number, run: () => void): () => void;
}

/** Node fires at once what is due later than this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own timers. */
export const systemScheduler: Scheduler = {
  monotonicMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, Math.min(delayMs, LONGEST_TIMER_MS));
    return () => {
      clearTimeout(timer);
    };
  },
};
