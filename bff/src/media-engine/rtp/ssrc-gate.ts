/**
 * Packets of a stranger that were counted but not let in, packets that were let in, and the first that is let in of the
 * negotiated source after another one was taken for it.
 */
export type SsrcVerdict = 'accepted' | 'foreign' | 'takes-over';

/** A sender that has kept to a wrong SSRC for so long, alone, is the camera. */
const ADOPT_AFTER_MS = 2_000;
const ADOPT_AFTER_PACKETS = 50;
/** Digits 2–10: all of an SSRC in decimal but the one that tells live from history. */
const BUT_FIRST_DIGIT = 1_000_000_000;

/**
 * Lets in one SSRC: the negotiated one, or, when that is 0, the first that comes. Strangers are never mixed in, and
 * as soon as the negotiated one was seen nothing else is let in. Until then two are taken for the camera: one that is
 * wrong in nothing but its first decimal digit (vendor: history sent as live), and one that has been sending alone for
 * a while (vendor: SSRCs that have nothing to do with `y=`). The latter gives way when the negotiated one comes after
 * all: it was what an earlier session, or an earlier run of ours, left over on this port (Q20).
 */
export class SsrcGate {
  #ssrc: number;
  #seen = false;
  /** The negotiated one, while another one stands in for it. */
  #awaited: number | undefined;
  #candidate: number | undefined;
  #candidateSinceMs = 0;
  #candidatePackets = 0;

  constructor(ssrc: number) {
    this.#ssrc = ssrc >>> 0;
  }

  get ssrc(): number {
    return this.#ssrc;
  }

  judge(ssrc: number, nowMs: number): SsrcVerdict {
    if (ssrc === this.#ssrc) {
      this.#seen = true;
      return 'accepted';
    }
    if (ssrc === this.#awaited) {
      this.#ssrc = ssrc;
      this.#awaited = undefined;
      return 'takes-over';
    }
    if (this.#seen) return 'foreign';
    if (this.#ssrc !== 0 && !this.#isSimilar(ssrc)) {
      if (!this.#isPersistent(ssrc, nowMs)) return 'foreign';
      this.#awaited = this.#ssrc;
    }
    this.#ssrc = ssrc;
    this.#seen = true;
    return 'accepted';
  }

  /** Whether this is the negotiated source, of which nothing was seen yet. */
  awaits(ssrc: number): boolean {
    return ssrc !== 0 && ssrc === (this.#awaited ?? (this.#seen ? undefined : this.#ssrc));
  }

  /** From now on this one (the device answered with another `y=`). */
  accept(ssrc: number): void {
    this.#ssrc = ssrc >>> 0;
    this.#seen = false;
    this.#awaited = undefined;
    this.#candidate = undefined;
  }

  #isSimilar(ssrc: number): boolean {
    return ssrc !== 0 && ssrc % BUT_FIRST_DIGIT === this.#ssrc % BUT_FIRST_DIGIT;
  }

  #isPersistent(ssrc: number, nowMs: number): boolean {
    if (this.#candidate !== ssrc) {
      this.#candidate = ssrc;
      this.#candidateSinceMs = nowMs;
      this.#candidatePackets = 0;
    }
    this.#candidatePackets += 1;
    return this.#candidatePackets >= ADOPT_AFTER_PACKETS && nowMs - this.#candidateSinceMs >= ADOPT_AFTER_MS;
  }
}
