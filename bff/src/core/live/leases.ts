import type { Cancel, Clock } from '../../kernel/index.ts';

/** How long a stream without viewers lives. */
export interface LeasePeriods {
  /** Waits for the viewer that it was opened for, ms. */
  readonly openMs: number;
  /** Outlives its last viewer, ms. */
  readonly graceMs: number;
}

/**
 * Why a stream is kept running: viewers that watch, or a while of grace. When nothing is left, `onIdle`
 * is called once.
 */
export class StreamLeases {
  readonly #clock: Clock;
  readonly #periods: LeasePeriods;
  readonly #onIdle: () => void;
  readonly #viewers = new Map<string, number>();
  #watching = 0;
  #isExpected = false;
  #grace: Cancel | undefined;

  constructor(clock: Clock, periods: LeasePeriods, onIdle: () => void) {
    this.#clock = clock;
    this.#periods = periods;
    this.#onIdle = onIdle;
  }

  /** Leases that hold now: each viewer, and the grace if it runs. */
  get count(): number {
    return this.#watching + (this.#grace ? 1 : 0);
  }

  /** Somebody watches, or was let in and is about to. */
  get isInUse(): boolean {
    return this.#watching > 0 || this.#isExpected;
  }

  /** Tags of those who watch. */
  get tags(): readonly string[] {
    return [...this.#viewers.keys()];
  }

  /** Somebody was let in and will connect any moment. */
  expectViewer(): void {
    if (this.#watching > 0) return;
    this.#startGrace(this.#periods.openMs);
    this.#isExpected = true;
  }

  viewerJoined(tag: string): void {
    this.#viewers.set(tag, (this.#viewers.get(tag) ?? 0) + 1);
    this.#watching += 1;
    this.#stopGrace();
  }

  viewerLeft(tag: string): void {
    const left = (this.#viewers.get(tag) ?? 0) - 1;
    if (left < 0) return;
    if (left === 0) this.#viewers.delete(tag);
    else this.#viewers.set(tag, left);
    this.#watching -= 1;
    if (this.#watching === 0) this.#startGrace(this.#periods.graceMs);
  }

  /** Ends every lease without a word. */
  close(): void {
    this.#stopGrace();
    this.#viewers.clear();
    this.#watching = 0;
  }

  #startGrace(periodMs: number): void {
    this.#stopGrace();
    this.#grace = this.#clock.after(periodMs, () => {
      this.#grace = undefined;
      this.#onIdle();
    });
  }

  #stopGrace(): void {
    this.#grace?.();
    this.#grace = undefined;
    this.#isExpected = false;
  }
}
