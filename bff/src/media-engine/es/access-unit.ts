import { byteAt } from './bytes.ts';
import { FrameArena } from './frame-arena.ts';
import type { VideoCodec, VideoFrame, VideoStamps } from './frame.ts';
import { layOutNals, type NalSpan } from './length-prefix.ts';
import { MarkerTrust } from './marker-trust.ts';
import { classifyNal, NAL_HEAD_BYTES, type NalClass, provesOtherCodec, sniffCodec } from './nal.ts';
import { ParameterSets, type VideoConfig } from './parameter-sets.ts';
import { indexOfStartCodePrefix } from './start-code.ts';

/** An access unit larger than this is not one: it is dropped as damaged. */
export const MAX_ACCESS_UNIT_BYTES = 4 * 1024 * 1024;
/** As many NAL units no access unit has. */
export const MAX_NALS_PER_UNIT = 1024;
const MAX_LEADING_ZEROS = 9;
/** Leading zeros, a start code's 1 and the bytes of a NAL unit that tell what it is. */
const HEAD_BYTES = MAX_LEADING_ZEROS + 1 + NAL_HEAD_BYTES;

/** Where access units go. */
export interface AccessUnitSink {
  /** New or changed parameter sets; told before the unit that needs them. */
  onVideoConfig(config: VideoConfig): void;
  onVideoFrame(frame: VideoFrame): void;
  /** A unit had to be dropped, or was handed out before it was whole: what builds on it cannot be shown. */
  onBrokenUnit(): void;
}

const NO_STAMPS: VideoStamps = { ptsTicks90k: undefined, dtsTicks90k: undefined, rtpTimestamp: undefined };

/**
 * Groups the Annex B bytes of PES packets to access units. A unit ends where a NAL unit says that the next begins
 * (ITU-T H.264 §7.4.1.2.3, H.265 §7.4.2.4.4), wherever PES packets are cut; the stamps of a PES belong to the
 * first unit that begins in it. Bytes are copied once, to where the frame stays.
 */
export class AccessUnitAssembler {
  readonly #sink: AccessUnitSink;
  readonly #arena = new FrameArena();
  readonly #markers = new MarkerTrust();
  #codec: VideoCodec | undefined;
  #sets: ParameterSets | undefined;
  /** NAL units of the open unit, offsets from its first byte. */
  #nals: NalSpan[] = [];
  #scannedTo = 0;
  #sliceSeen = false;
  #stamps = NO_STAMPS;
  /** The stamps of the open PES until a unit has taken them. */
  #pesStamps: VideoStamps | undefined;
  #pesAt = 0;
  /** First bytes of a PES until there are enough to see what it begins with. */
  readonly #head = new Uint8Array(HEAD_BYTES);
  #headBytes = 0;
  #deciding = false;
  /** Bytes were lost, or none have come: nothing counts until a unit begins. */
  #awaitingUnit = true;
  #droppingPes = false;
  #damaged = 0;
  /** The last unit was handed out before the next one began. */
  #finishedEarly = false;

  constructor(sink: AccessUnitSink) {
    this.#sink = sink;
  }

  /** Units that were begun and not handed out whole. */
  get damaged(): number {
    return this.#damaged;
  }

  beginPes(stamps: VideoStamps): void {
    this.#pesStamps = stamps;
    this.#pesAt = this.#arena.length;
    this.#deciding = true;
    this.#headBytes = 0;
    this.#droppingPes = false;
  }

  data(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    if (this.#deciding) {
      if (this.#headBytes === 0 && end - at >= HEAD_BYTES) this.#decide(bytes, at);
      else at = this.#gatherHead(bytes, at, end);
    }
    if (this.#droppingPes || at >= end) return;
    if (this.#arena.length + (end - at) > MAX_ACCESS_UNIT_BYTES) this.#break();
    else this.#arena.append(bytes, at, end);
  }

  endPes(): void {
    if (this.#deciding && this.#headBytes > 0) this.#decideOnHead();
    this.#deciding = false;
    this.#scan(false);
    if (this.#codec) return;
    // Nothing in this PES told the coding: it is of no use without what came before it.
    this.#arena.drop();
    this.#forgetUnit();
  }

  /** Bytes are missing here: the open unit is not whole. */
  discard(): void {
    if (this.#arena.length > 0) this.#damaged += 1;
    this.#arena.drop();
    this.#forgetUnit();
    this.#markers.forget();
    this.#finishedEarly = false;
    this.#awaitingUnit = true;
    this.#droppingPes = true;
    this.#deciding = false;
  }

  /** The sender marked the last packet as the end of a picture; taken as such once that has proved true. */
  mark(): void {
    if (this.#sliceSeen && this.#markers.mark()) this.finishUnit();
  }

  /** Nothing of the open unit is still to come: hands it out. */
  finishUnit(): void {
    this.endPes();
    this.#scan(true);
    if (!this.#sliceSeen) return;
    this.#handOut(this.#arena.length);
    this.#finishedEarly = true;
  }

  #break(): void {
    this.discard();
    this.#sink.onBrokenUnit();
  }

  #gatherHead(bytes: Uint8Array, start: number, end: number): number {
    const take = Math.min(HEAD_BYTES - this.#headBytes, end - start);
    this.#head.set(bytes.subarray(start, start + take), this.#headBytes);
    this.#headBytes += take;
    if (this.#headBytes === HEAD_BYTES) this.#decideOnHead();
    return start + take;
  }

  #decideOnHead(): void {
    const count = this.#headBytes;
    this.#head.fill(0xff, count);
    this.#headBytes = 0;
    this.#decide(this.#head, 0);
    if (!this.#droppingPes) this.#arena.append(this.#head, 0, count);
  }

  /** Looks at what a PES begins with: the next unit, more of this one, or nothing that can be used. */
  #decide(bytes: Uint8Array, at: number): void {
    this.#deciding = false;
    const nalAt = nalAfterStartCode(bytes, at);
    if (nalAt >= 0 && this.#codec && provesOtherCodec(this.#codec, bytes, nalAt)) this.#changeCodec();
    const starts = nalAt >= 0 && this.#classify(bytes, nalAt)?.startsUnit === true;
    this.#judgeEnd(starts);
    if (!this.#codec) return;
    if (this.#awaitingUnit) {
      this.#droppingPes = !starts;
      this.#awaitingUnit = !starts;
    } else if (starts) {
      this.#scan(true);
      if (this.#sliceSeen) this.#handOut(this.#arena.length);
      this.#pesAt = this.#arena.length;
    }
    if (starts && !this.#sliceSeen) this.#takePesStamps();
  }

  /** Compares what comes with what markers made believe. */
  #judgeEnd(starts: boolean): void {
    this.#markers.confirm(starts);
    if (!this.#finishedEarly) return;
    this.#finishedEarly = false;
    if (starts) return;
    this.#damaged += 1;
    this.#awaitingUnit = true;
    this.#sink.onBrokenUnit();
  }

  /** The camera was set to another coding: what is open was whole, and nothing that is known of it holds. */
  #changeCodec(): void {
    this.#scan(true);
    if (this.#sliceSeen) this.#handOut(this.#arena.length);
    this.#arena.drop();
    this.#forgetUnit();
    this.#codec = undefined;
  }

  #takePesStamps(): void {
    const pes = this.#pesStamps;
    if (!pes) return;
    this.#pesStamps = undefined;
    if (pes.ptsTicks90k !== undefined || this.#stamps === NO_STAMPS) this.#stamps = pes;
  }

  #classify(bytes: Uint8Array, nalAt: number): NalClass | undefined {
    if (!this.#codec) {
      this.#codec = sniffCodec(bytes, nalAt);
      if (!this.#codec) return undefined;
      this.#sets = new ParameterSets(this.#codec);
      this.#awaitingUnit = false;
      this.#takePesStamps();
    }
    return classifyNal(this.#codec, bytes, nalAt);
  }

  /**
   * Finds the NAL units that came since the last scan; hands out units that ended among them. `final` = nothing more
   * comes to these bytes, so that a NAL unit shorter than its head counts too.
   */
  #scan(final: boolean): void {
    for (;;) {
      const base = this.#arena.start;
      const end = base + this.#arena.length;
      const codeAt = indexOfStartCodePrefix(this.#arena.slab, base + this.#scannedTo, end);
      if (codeAt < 0) {
        this.#scannedTo = Math.max(this.#scannedTo, this.#arena.length - 2);
        return;
      }
      const nalAt = codeAt + 3;
      if (nalAt + (final ? 1 : NAL_HEAD_BYTES) > end) {
        this.#scannedTo = codeAt - base;
        return;
      }
      this.#scannedTo = nalAt - base;
      this.#noteNal(codeAt - base, nalAt - base);
    }
  }

  #noteNal(codeAt: number, nalAt: number): void {
    const nal = this.#classify(this.#arena.slab, this.#arena.start + nalAt);
    if (!nal) return;
    if (this.#sliceSeen && nal.startsUnit) {
      const zeroByte = codeAt > 0 && byteAt(this.#arena.slab, this.#arena.start + codeAt - 1) === 0 ? 1 : 0;
      const cut = codeAt - zeroByte;
      const beganInPes = cut >= this.#pesAt;
      this.#handOut(cut);
      this.#pesAt = Math.max(0, this.#pesAt - cut);
      if (beganInPes) this.#takePesStamps();
      return;
    }
    if (this.#nals.length >= MAX_NALS_PER_UNIT) {
      this.#break();
      return;
    }
    if (nal.role === 'slice' || nal.role === 'key-slice') this.#sliceSeen = true;
    this.#nals.push({ codeAt, nalAt, nal });
  }

  /** Hands out the first `length` bytes of what is open; the rest, not yet scanned, is the next unit. */
  #handOut(length: number): void {
    const nals = this.#nals;
    const stamps = this.#stamps;
    const { slab, start } = this.#arena;
    const sets = this.#sets;
    this.#arena.seal(length);
    this.#forgetUnit();
    if (!this.#codec || !sets) return;
    const unit = layOutNals(slab, start, length, nals, sets);
    const config = sets.takeChanged();
    if (config) this.#sink.onVideoConfig(config);
    if (!unit) return;
    const { ptsTicks90k, dtsTicks90k, rtpTimestamp } = stamps;
    const { keyFrame, data } = unit;
    this.#sink.onVideoFrame({ codec: this.#codec, ptsTicks90k, dtsTicks90k, rtpTimestamp, keyFrame, data });
  }

  #forgetUnit(): void {
    this.#nals = [];
    this.#scannedTo = 0;
    this.#sliceSeen = false;
    this.#stamps = NO_STAMPS;
  }
}

/** Where the NAL unit begins behind a start code and any zeros before it at `at`; −1 = no start code. */
function nalAfterStartCode(bytes: Uint8Array, at: number): number {
  let zeros = 0;
  while (zeros < MAX_LEADING_ZEROS && byteAt(bytes, at + zeros) === 0) zeros += 1;
  return zeros >= 2 && byteAt(bytes, at + zeros) === 1 ? at + zeros + 1 : -1;
}
