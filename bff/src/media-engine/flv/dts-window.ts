const MAX_DEPTH = 16;
/** Presentation times further apart than so many frames are not of one group: the clock was set. */
const MAX_REACH_FRAMES = 64;

/**
 * Derives decoding times where a sender gives none: with a reorder window of `depth` frames the decoding times are
 * the presentation times in order, `depth` frames earlier (ITU-T H.264 C.4). The depth grows when presentation
 * times turn out to go back.
 */
export class DtsWindow {
  #depth: number;
  /** The latest `depth` + 1 presentation times, in order. */
  #window: number[] = [];
  #last = 0;

  constructor(depth: number) {
    this.#depth = Math.min(MAX_DEPTH, depth);
  }

  get depth(): number {
    return this.#depth;
  }

  /** Takes the unwrapped PTS of the next frame in decoding order; returns its DTS, never after the PTS. */
  next(pts: number, frameTicks: number): number {
    const newest = this.#window[this.#window.length - 1];
    if (newest === undefined || Math.abs(pts - newest) > MAX_REACH_FRAMES * frameTicks) {
      this.#window = Array.from({ length: this.#depth + 1 }, (_, i) => pts - (this.#depth - i) * frameTicks);
    } else {
      this.#window.shift();
      this.#insert(pts);
      if ((this.#window[0] ?? pts) < this.#last && this.#depth < MAX_DEPTH) {
        this.#depth += 1;
        this.#window.unshift(this.#window[0] ?? pts);
      }
    }
    this.#last = this.#window[0] ?? pts;
    return this.#last;
  }

  #insert(pts: number): void {
    let at = this.#window.length;
    while (at > 0 && (this.#window[at - 1] ?? pts) > pts) at -= 1;
    this.#window.splice(at, 0, pts);
  }
}
