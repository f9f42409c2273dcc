import type { Clock, Counter, Instruments, Logger } from '../../kernel/index.ts';

/** Rows of one transaction. */
const BATCH_ROWS = 500;

interface Deps<Row> {
  /** Part of the figures' names: `yimu_core_{name}_waiting`, `…_dropped`, `…_write_failures`. */
  readonly name: string;
  /** Rows that may wait; peers fill it. */
  readonly capacity: number;
  /** Which row gives way when it is full. */
  readonly gives: 'oldest' | 'newest';
  readonly periodMs: number;
  readonly write: (rows: readonly Row[]) => Promise<void>;
  /** A row that was taken, and is not written after all. */
  readonly onDropped?: (row: Row) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly instruments: Instruments;
}

/**
 * Carries rows to the database in batches, behind whoever adds them. Bounded: what is beyond is dropped and counted.
 * What the database refuses waits for the next turn, in its order.
 */
export class Journal<Row> {
  readonly #deps: Deps<Row>;
  readonly #dropped: Counter;
  readonly #failures: Counter;
  #waiting: Row[] = [];
  #dueMs = 0;
  #running: Promise<void> | undefined;

  constructor(deps: Deps<Row>) {
    const { name, instruments } = deps;
    this.#deps = deps;
    instruments.gauge(
      `yimu_core_${name}_waiting`,
      `${name} that wait for the database`,
      () => this.#waiting.length,
    );
    this.#dropped = instruments.counter(`yimu_core_${name}_dropped`, `${name} dropped: too many waited`);
    this.#failures = instruments.counter(
      `yimu_core_${name}_write_failures`,
      `times the database did not take ${name}`,
    );
  }

  /** False when there was no room for it. */
  add(row: Row): boolean {
    if (this.#waiting.length < this.#deps.capacity) {
      this.#waiting.push(row);
      return true;
    }
    this.#dropped.add();
    if (this.#deps.gives === 'newest' || this.#deps.capacity === 0) return false;
    this.#waiting.shift();
    this.#waiting.push(row);
    return true;
  }

  tick(): void {
    const nowMs = this.#deps.clock.monotonicMs();
    if (this.#running !== undefined || this.#waiting.length === 0 || nowMs < this.#dueMs) return;
    this.#dueMs = nowMs + this.#deps.periodMs;
    void this.flush();
  }

  /** Writes all that waits now; never rejects: what failed waits for the next turn. */
  async flush(): Promise<void> {
    if (this.#running !== undefined) await this.#running;
    this.#running ??= this.#write().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_ROWS);
      try {
        await this.#deps.write(batch);
      } catch (error) {
        this.#failures.add();
        this.#putBack(batch);
        this.#deps.logger.error(
          { err: error, waiting: this.#waiting.length },
          `${this.#deps.name} could not be written`,
        );
        return;
      }
    }
  }

  /** Those that came meanwhile may have taken their places. */
  #putBack(batch: readonly Row[]): void {
    const { capacity, gives, onDropped } = this.#deps;
    const all = [...batch, ...this.#waiting];
    const excess = Math.max(0, all.length - capacity);
    const dropped = gives === 'oldest' ? all.splice(0, excess) : all.splice(all.length - excess, excess);
    this.#waiting = all;
    this.#dropped.add(dropped.length);
    for (const row of dropped) onDropped?.(row);
  }
}
