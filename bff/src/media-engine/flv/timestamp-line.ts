import { nearestTurn } from './stamp-unwrapper.ts';

/** Ticks of the 90 kHz clock that PES and RTP video stamps count. */
export const TICKS_PER_MS = 90;

const PES_MODULUS = 2 ** 33;
const DEFAULT_FRAME_TICKS = 40 * TICKS_PER_MS;
const MAX_FRAME_TICKS = 1000 * TICKS_PER_MS;
/** A step further than this is no pause but another clock, unless as much time has passed here. */
const MAX_STEP_TICKS = 3000 * TICKS_PER_MS;
/** A step back up to this is a stamp out of place; further back the device's clock was set. */
const MAX_BACK_TICKS = 1000 * TICKS_PER_MS;
const LEAST_STEP_TICKS = TICKS_PER_MS;
/** So many equal stamps in a row mean that the device does not count at all. */
const STUCK_STAMPS = 3;
/** So many stamps in a row that lie before their forerunners are out of place no more: the clock was set. */
const MAX_BACK_RUN = 8;

/** How long after a seek its jump may come. */
const JUMP_WITHIN_MS = 5_000;
/** A step further ahead of the time that passed here is a jump where one is expected. */
const JUMP_TICKS = 500 * TICKS_PER_MS;

/**
 * The time line of one stream in ticks that begin at 0 and never go back: rebased, steps of the device's clock
 * taken out, missing stamps continued, and where there are none at all or they stand still, the time of arrival.
 * Other tracks ask where their stamps lie on the same line.
 */
export class TimestampLine {
  #offset: number | undefined;
  #stamped = false;
  #lastStamp: number | undefined;
  #lastTicks = 0;
  #frameTicks = DEFAULT_FRAME_TICKS;
  #lastStepTicks = DEFAULT_FRAME_TICKS;
  #lastArrivalMs = 0;
  #equalStamps = 0;
  #backRun = 0;
  /** Until when stamps are expected to jump. */
  #jumpUntilMs = -Infinity;
  #rebase = false;

  /** Where the last stamp came to lie. */
  get lastTicks(): number {
    return this.#lastTicks;
  }

  /** Usual distance of two frames. */
  get frameTicks(): number {
    return this.#frameTicks;
  }

  get begun(): boolean {
    return this.#offset !== undefined;
  }

  /** Takes an unwrapped stamp, or undefined when there is none, and the time of arrival. */
  place(stamp: number | undefined, arrivalMs: number): number {
    if (this.#offset === undefined) this.#offset = stamp === undefined ? 0 : -stamp;
    else this.#advanceTo(this.#next(stamp, arrivalMs, this.#offset));
    if (stamp !== undefined) this.#stamped = true;
    this.#lastStamp = stamp;
    this.#lastArrivalMs = arrivalMs;
    return this.#lastTicks;
  }

  /** Places what comes now by the time of its arrival alone: the sender's stamps do not keep the pace of its pictures. */
  placeByArrival(arrivalMs: number): number {
    if (this.#offset === undefined) return this.place(undefined, arrivalMs);
    this.#advanceTo(this.#byArrival(arrivalMs));
    this.#lastArrivalMs = arrivalMs;
    this.#rebase = true;
    return this.#lastTicks;
  }

  /** For a while from now on a step that is no pause is a jump of the sender's, however short: a recording is sought. */
  expectJump(arrivalMs: number): void {
    this.#jumpUntilMs = arrivalMs + JUMP_WITHIN_MS;
  }

  /** Where an unwrapped stamp of the clock that `place` takes lies on this line. */
  at(stamp: number): number {
    return stamp + (this.#offset ?? 0);
  }

  /** Where a 33-bit stamp of the same clock lies on this line, as near to its end as it can; it may be negative. */
  locate(stamp33: number): number {
    return nearestTurn(stamp33 + (this.#offset ?? 0), this.#lastTicks, PES_MODULUS);
  }

  /** Where on the line what arrives now lies, by the clock of arrival. */
  ticksAt(arrivalMs: number): number {
    return this.#lastTicks + Math.max(0, arrivalMs - this.#lastArrivalMs) * TICKS_PER_MS;
  }

  #advanceTo(ticks: number): void {
    const step = ticks - this.#lastTicks;
    if (step > LEAST_STEP_TICKS && step < MAX_FRAME_TICKS) {
      // The shorter of two steps: a lost frame must not pass for a slower stream.
      this.#frameTicks = Math.min(step, this.#lastStepTicks);
      this.#lastStepTicks = step;
    }
    this.#lastTicks = ticks;
  }

  #next(stamp: number | undefined, arrivalMs: number, offset: number): number {
    if (stamp === undefined) {
      return this.#stamped ? this.#lastTicks + this.#frameTicks : this.#byArrival(arrivalMs);
    }
    this.#equalStamps = stamp === this.#lastStamp ? this.#equalStamps + 1 : 0;
    if (this.#equalStamps >= STUCK_STAMPS) return this.#byArrival(arrivalMs);
    return this.#byStamp(stamp, offset, (arrivalMs - this.#lastArrivalMs) * TICKS_PER_MS);
  }

  #byStamp(stamp: number, offset: number, elapsedTicks: number): number {
    const step = stamp + offset - this.#lastTicks;
    const isJump =
      this.#rebase ||
      (this.#lastArrivalMs < this.#jumpUntilMs && (step < 0 || step > elapsedTicks + JUMP_TICKS));
    if (isJump) {
      this.#rebase = false;
      this.#backRun = 0;
      this.#offset = this.#lastTicks + this.#frameTicks - stamp;
      return this.#lastTicks + this.#frameTicks;
    }
    const isPause = step <= MAX_STEP_TICKS || (step <= 2 * elapsedTicks && step >= elapsedTicks / 2);
    if (step >= LEAST_STEP_TICKS && isPause) {
      this.#backRun = 0;
      return stamp + offset;
    }
    this.#backRun += 1;
    if (step < LEAST_STEP_TICKS && step >= -MAX_BACK_TICKS && this.#backRun < MAX_BACK_RUN) {
      return this.#lastTicks + LEAST_STEP_TICKS;
    }
    this.#backRun = 0;
    this.#offset = this.#lastTicks + this.#frameTicks - stamp;
    return this.#lastTicks + this.#frameTicks;
  }

  #byArrival(arrivalMs: number): number {
    const elapsed = Math.round((arrivalMs - this.#lastArrivalMs) * TICKS_PER_MS);
    return this.#lastTicks + Math.min(MAX_STEP_TICKS, Math.max(LEAST_STEP_TICKS, elapsed));
  }
}
