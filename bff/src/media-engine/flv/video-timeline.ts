import type { VideoStamps } from '../es/frame.ts';
import { DtsWindow } from './dts-window.ts';
import type { VideoTimes } from './flv-muxer.ts';
import { StampUnwrapper } from './stamp-unwrapper.ts';
import { TICKS_PER_MS, TimestampLine } from './timestamp-line.ts';

const PES_MODULUS = 2 ** 33;
/** A step further than this is a jump to another place of the recording. */
const MAX_COUNTED_TICKS = 10_000 * TICKS_PER_MS;
/** A decoding time further than this before the presentation time is no time. */
const MAX_REORDER_TICKS = 3000 * TICKS_PER_MS;

/** Puts the pictures of one stream on its time line: PES stamps first, RTP's for want of them, then arrival. */
export class VideoTimeline {
  readonly line = new TimestampLine();
  readonly #pes = new StampUnwrapper(33);
  readonly #rtp = new StampUnwrapper(32);
  #window = new DtsWindow(0);
  #hasPesStamps = false;
  #lastPts: number | undefined;
  #mediaTicks = 0;
  /** Stamps do not keep the pace of the pictures: a recording plays faster, slower or backwards. */
  byArrival = false;

  /** Tells how many frames may be shown before a frame that is decoded before them; undefined = not known. */
  setReorderDepth(frames: number | undefined): void {
    if (frames !== undefined && frames !== this.#window.depth) this.#window = new DtsWindow(frames);
  }

  /** How much of the recording was shown, by its stamps; jumps are not counted. */
  get mediaMs(): number {
    return Math.round(this.#mediaTicks / TICKS_PER_MS);
  }

  place(stamps: VideoStamps, arrivalMs: number): VideoTimes {
    const { ptsTicks90k, dtsTicks90k, rtpTimestamp } = stamps;
    if (ptsTicks90k !== undefined) return this.#placePes(ptsTicks90k, dtsTicks90k, arrivalMs);
    const byRtp = !this.#hasPesStamps && rtpTimestamp !== undefined;
    const ticks = this.line.place(byRtp ? this.#rtp.unwrap(rtpTimestamp) : undefined, arrivalMs);
    return { timestampMs: Math.round(ticks / TICKS_PER_MS), compositionMs: 0 };
  }

  #placePes(stamp: number, dtsStamp: number | undefined, arrivalMs: number): VideoTimes {
    this.#hasPesStamps = true;
    const pts = this.#pes.unwrap(stamp);
    this.#countMedia(pts);
    if (this.byArrival) {
      const arrived = this.line.placeByArrival(arrivalMs);
      return { timestampMs: Math.round(arrived / TICKS_PER_MS), compositionMs: 0 };
    }
    const told = dtsStamp === undefined ? undefined : (stamp - dtsStamp + PES_MODULUS) % PES_MODULUS;
    const dts =
      told !== undefined && told <= MAX_REORDER_TICKS
        ? pts - told
        : this.#window.next(pts, this.line.frameTicks);
    const ticks = this.line.place(dts, arrivalMs);
    const timestampMs = Math.round(ticks / TICKS_PER_MS);
    // Shorter than PTS − DTS by what the decoding time had to be moved on.
    const delay = Math.min(MAX_REORDER_TICKS, Math.max(0, this.line.at(pts) - ticks));
    return { timestampMs, compositionMs: Math.round((ticks + delay) / TICKS_PER_MS) - timestampMs };
  }

  #countMedia(pts: number): void {
    const step = pts - (this.#lastPts ?? pts);
    this.#lastPts = pts;
    if (Math.abs(step) <= MAX_COUNTED_TICKS) this.#mediaTicks += step;
  }
}
