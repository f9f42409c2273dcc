/** So many markers in a row must have ended a frame before the next one is believed. */
const MATCHES_BEFORE_TRUST = 8;

/**
 * Learns whether a sender's RTP marker ends a picture (RFC 3551 §4.1). Some cameras mark every PES packet, some
 * nothing: a marker that once stood in the middle of a frame is never believed again.
 */
export class MarkerTrust {
  #matches = 0;
  #refuted = false;
  #pending = false;

  /** A marker stands behind what has come of the open frame. True = it may be taken as its end. */
  mark(): boolean {
    this.#pending = true;
    return !this.#refuted && this.#matches >= MATCHES_BEFORE_TRUST;
  }

  /** What came after the marker: the next frame, or more of the marked one. */
  confirm(nextFrame: boolean): void {
    if (!this.#pending) return;
    this.#pending = false;
    if (nextFrame) this.#matches += 1;
    else this.#refuted = true;
  }

  /** Bytes are missing: what comes next says nothing about the last marker. */
  forget(): void {
    this.#pending = false;
  }
}
