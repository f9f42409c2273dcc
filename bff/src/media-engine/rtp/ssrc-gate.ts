/** Packets of a stranger that were counted but not let in, and packets that were let in. */
export type SsrcVerdict = 'accepted' | 'foreign';

/**
 * Lets in one SSRC: the negotiated one, or, when that is 0, the first that comes. Until the negotiated one has
 * been seen nothing else is let in; strangers are never mixed.
 */
export class SsrcGate {
  #ssrc: number;

  constructor(ssrc: number) {
    this.#ssrc = ssrc >>> 0;
  }

  get ssrc(): number {
    return this.#ssrc;
  }

  judge(ssrc: number): SsrcVerdict {
    if (ssrc === this.#ssrc) return 'accepted';
    if (this.#ssrc !== 0) return 'foreign';
    this.#ssrc = ssrc;
    return 'accepted';
  }

  /** From now on this one (the device answered with another `y=`). */
  accept(ssrc: number): void {
    this.#ssrc = ssrc >>> 0;
  }
}
