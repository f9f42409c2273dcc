import { TICKS_PER_MS, type TimestampLine } from '../flv/timestamp-line.ts';

/** Off by more than this, sound is moved: forward by silence, back by leaving pieces out. */
const MAX_OFF_TICKS = 200 * TICKS_PER_MS;
/** The same where a sender gives no stamps, and only the time of arrival speaks. */
const MAX_OFF_BY_ARRIVAL_TICKS = 500 * TICKS_PER_MS;
/** A stamp that lies further than this from the pictures that arrive with it is of another clock. */
const MAX_APART_TICKS = 3000 * TICKS_PER_MS;
/** Further from the pictures that arrive with it than this, stamps do not move sound any further: they count wrong. */
const MAX_LEAD_TICKS = 1000 * TICKS_PER_MS;
/** After so much sound without a stamp it is held to the time of arrival. */
const MAX_UNTOLD_TICKS = 2000 * TICKS_PER_MS;
/** Silence is not made for longer gaps than this; time jumps over the rest. */
const MAX_SILENCE_TICKS = 3000 * TICKS_PER_MS;
/** Small differences are taken back by this share of each, and never by more than this share of a piece. */
const CORRECTED_SHARE = 1 / 16;
const MAX_CORRECTION_OF_PIECE = 1 / 32;

/** Where a piece of sound goes: after so much silence, beginning at `atTicks`. */
export interface Placement {
  readonly silenceTicks: number;
  readonly atTicks: number;
}

/**
 * The time of the sound of one stream, on the line of its pictures. Pieces follow one another by their length; stamps
 * only say how far that is off. Time never goes back, and a clock of its own, a stamp that stands still or none at
 * all do no harm.
 */
export class AudioTimeline {
  readonly #line: TimestampLine;
  /** Where the next piece begins if all is well; undefined before the first. */
  #cursor: number | undefined;
  /** What the sound's own clock is off the pictures' clock. */
  #clockShift = 0;
  #lastStamp: number | undefined;
  /** Length of the pieces since the last stamp that said something. */
  #untoldTicks = 0;

  constructor(line: TimestampLine) {
    this.#line = line;
  }

  get cursorTicks(): number | undefined {
    return this.#cursor;
  }

  /** Takes the stamp of the next piece, or undefined when it has none; undefined = the piece is left out. */
  place(stamp33: number | undefined, durationTicks: number, arrivalMs: number): Placement | undefined {
    if (!this.#line.begun) return undefined;
    const told = stamp33 !== undefined && stamp33 !== this.#lastStamp;
    if (stamp33 !== undefined) this.#lastStamp = stamp33;
    this.#untoldTicks = told ? 0 : this.#untoldTicks + durationTicks;
    const now = this.#line.ticksAt(arrivalMs);
    const wanted = told ? this.#line.locate(stamp33) + this.#clockShift : now - durationTicks;
    if (this.#cursor === undefined && !this.#start(wanted, now)) return undefined;
    // A few pieces without a stamp among others that have one simply follow.
    if (!told && this.#untoldTicks < MAX_UNTOLD_TICKS) return this.#advance(0, durationTicks, 0);
    return this.#settle(wanted, durationTicks, now, told);
  }

  /** Where a piece without a stamp of its own begins that follows another at once; undefined before the first. */
  follow(durationTicks: number): number | undefined {
    return this.#cursor === undefined ? undefined : this.#advance(0, durationTicks, 0).atTicks;
  }

  /** What lies before `ticks` is filled: the next piece begins there. */
  skipTo(ticks: number): void {
    this.#cursor = Math.max(ticks, this.#cursor ?? 0);
  }

  #settle(wanted: number, durationTicks: number, now: number, told: boolean): Placement | undefined {
    const cursor = this.#cursor ?? 0;
    const off = wanted - cursor;
    const lead = cursor - now;
    const limit = told ? MAX_OFF_TICKS : MAX_OFF_BY_ARRIVAL_TICKS;
    const leadsAstray = Math.abs(lead) > MAX_LEAD_TICKS && lead > 0 === off > 0;
    if (Math.abs(off) <= limit && !leadsAstray) return this.#advance(0, durationTicks, told ? off : 0);
    if (off > 0 && wanted - now <= MAX_LEAD_TICKS) return this.#advance(off, durationTicks, 0);
    if (off < 0 && lead > limit) return undefined;
    // The stamps disagree with the pictures that arrive with them: counting goes on.
    if (told) this.#clockShift -= off;
    return this.#advance(0, durationTicks, 0);
  }

  #start(wanted: number, now: number): boolean {
    if (Math.abs(wanted - now) > MAX_APART_TICKS) {
      this.#clockShift += now - wanted;
      this.#cursor = now;
      return true;
    }
    // What belongs before the first picture is not heard.
    if (wanted < 0) return false;
    this.#cursor = wanted;
    return true;
  }

  #advance(silenceTicks: number, durationTicks: number, off: number): Placement {
    const atTicks = (this.#cursor ?? 0) + silenceTicks;
    const most = durationTicks * MAX_CORRECTION_OF_PIECE;
    const correction = Math.max(-most, Math.min(most, off * CORRECTED_SHARE));
    this.#cursor = atTicks + durationTicks + correction;
    return { silenceTicks: Math.min(silenceTicks, MAX_SILENCE_TICKS), atTicks };
  }
}
