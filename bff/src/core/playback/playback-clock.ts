/** Which moment of a recording is shown now: runs with the pace of the playback, from where it was set last. */
export class PlaybackClock {
  readonly #clock: { monotonicMs(): number };
  #anchorMs: number;
  #sinceMs: number | undefined;
  #scale = 1;

  constructor(clock: { monotonicMs(): number }, atMs: number) {
    this.#clock = clock;
    this.#anchorMs = atMs;
  }

  get scale(): number {
    return this.#scale;
  }

  get running(): boolean {
    return this.#sinceMs !== undefined;
  }

  /** UTC, ms. */
  get positionMs(): number {
    if (this.#sinceMs === undefined) return this.#anchorMs;
    return Math.round(this.#anchorMs + (this.#clock.monotonicMs() - this.#sinceMs) * this.#scale);
  }

  /** Goes on from a place. */
  moveTo(atMs: number): void {
    this.#anchorMs = atMs;
    if (this.#sinceMs !== undefined) this.#sinceMs = this.#clock.monotonicMs();
  }

  run(): void {
    this.#sinceMs ??= this.#clock.monotonicMs();
  }

  stop(): void {
    this.moveTo(this.positionMs);
    this.#sinceMs = undefined;
  }

  /** Negative: backwards. */
  setScale(scale: number): void {
    this.moveTo(this.positionMs);
    this.#scale = scale;
  }
}
