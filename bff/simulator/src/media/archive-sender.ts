import { randomInt } from 'node:crypto';
import type { ArchivedFile } from '../archive/archive.ts';
import type { Clip } from './clip.ts';
import { OsdWriter } from './osd/osd-writer.ts';
import type { PacketSink } from './packet-sink.ts';
import { ProgramStreamWriter } from './program-stream.ts';
import { RtpWriter } from './rtp-writer.ts';

const AUDIO_PIECE_MS = 40;
const AUDIO_BYTES_PER_MS = 8;
const TICKS_PER_MS = 90;
const TICK_MS = 10;
/** Faster than this only key frames are sent, as recorders do. */
const WHOLE_UP_TO = 4;
/** After a longer pause of this process time is moved, rather than sent in one burst. */
const MAX_BACKLOG_MS = 500;

interface Options {
  readonly clip: Clip;
  readonly sink: PacketSink;
  readonly ssrc: number;
  /** What there is of the period, by begin. */
  readonly files: readonly ArchivedFile[];
  readonly beginMs: number;
  readonly endMs: number;
  readonly speed: number;
  /** The text that a picture of that time shows. */
  readonly display: (atMs: number) => string;
  readonly onEnd: () => void;
}

/**
 * Sends a period of an archive: the clip, bound to the time of day, from the key frame before any place, at any pace
 * and in both directions. Stamps count the time that was recorded, from the begin of the period. Gaps are skipped.
 */
export class ArchiveSender {
  readonly #options: Options;
  readonly #frameMs: number;
  /** A key frame may lie so far before a place that is asked for, ms. */
  readonly #reachMs: number;
  readonly #rtp: RtpWriter;
  readonly #ps = new ProgramStreamWriter();
  readonly #osd = new OsdWriter();
  #timer: NodeJS.Timeout | undefined;
  #packets = 0;
  #scale: number;
  #paused = false;
  #ended = false;
  /** Number of the picture that is due next, counted from 1970. */
  #picture: number;
  #piece: number;
  /** When the picture that is due next is due. */
  #anchorMs = 0;
  #anchorPicture: number;

  constructor(options: Options) {
    this.#options = options;
    this.#scale = options.speed;
    this.#frameMs = 1_000 / options.clip.framesPerSecond;
    this.#reachMs = reachOf(options.clip) * this.#frameMs;
    this.#rtp = new RtpWriter(options.ssrc, randomInt(65_536));
    this.#picture = this.#keyBefore(this.#pictureAt(options.beginMs));
    this.#piece = this.#pieceAt(this.#picture * this.#frameMs);
    this.#anchorPicture = this.#picture;
  }

  get packetsSent(): number {
    return this.#packets;
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.#anchor();
    this.#timer = setInterval(() => {
      this.#sendDue();
    }, TICK_MS);
    this.#sendDue();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#options.sink.close();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#anchor();
  }

  /** Seconds from the begin of the period; from the key frame before it. */
  seek(atS: number): void {
    const { beginMs, endMs } = this.#options;
    const atMs = Math.min(endMs, beginMs + atS * 1_000);
    this.#ended = false;
    this.#picture = this.#keyBefore(this.#pictureAt(atMs));
    this.#piece = this.#pieceAt(atMs);
    this.#anchor();
  }

  setScale(scale: number): void {
    this.#scale = scale;
    this.#picture = scale > 0 && scale <= WHOLE_UP_TO ? this.#keyBefore(this.#picture) : this.#picture;
    this.#piece = this.#pieceAt(this.#picture * this.#frameMs);
    this.#anchor();
  }

  #anchor(): void {
    this.#anchorMs = performance.now();
    this.#anchorPicture = this.#picture;
  }

  #sendDue(): void {
    if (this.#paused || this.#ended) return;
    let elapsedMs = (performance.now() - this.#anchorMs) * Math.abs(this.#scale);
    const behindMs = elapsedMs - Math.abs(this.#picture - this.#anchorPicture) * this.#frameMs;
    if (behindMs > MAX_BACKLOG_MS * Math.abs(this.#scale)) {
      this.#anchor();
      elapsedMs = 0;
    }
    while (Math.abs(this.#picture - this.#anchorPicture) * this.#frameMs <= elapsedMs) {
      if (!this.#sendPicture()) return;
      if (this.#scale > 0 && (this.#scale === 1 || this.#scale === this.#options.speed)) this.#sendSound();
    }
  }

  /** False when nothing more is due: at the end, and at a gap. */
  #sendPicture(): boolean {
    const atMs = this.#picture * this.#frameMs;
    const file = this.#options.files.find(
      (entry) => atMs < entry.endMs && atMs >= entry.beginMs - this.#reachMs,
    );
    if (atMs >= this.#options.endMs || (this.#scale < 0 && atMs < this.#options.beginMs)) return this.#end();
    if (file === undefined) return this.#skipGap(atMs);
    this.#emit(atMs);
    this.#picture += this.#step();
    return true;
  }

  #emit(atMs: number): void {
    const { clip, display, beginMs } = this.#options;
    const unit = clip.pictures[this.#picture % clip.pictures.length];
    if (!unit) return;
    const time90k = Math.max(0, Math.round((atMs - beginMs + this.#reachMs) * TICKS_PER_MS));
    this.#send(this.#ps.picture(this.#osd.picture(unit, display(atMs)), unit.key, time90k), time90k);
  }

  /** On to the next file; a place before it is none that was recorded. */
  #skipGap(atMs: number): false {
    const { files } = this.#options;
    const next =
      this.#scale > 0
        ? files.find(({ beginMs }) => beginMs > atMs)?.beginMs
        : files.findLast(({ endMs }) => endMs <= atMs)?.endMs;
    if (next === undefined) return this.#end();
    const at = this.#keyBefore(this.#pictureAt(this.#scale > 0 ? next : next - 1));
    this.#picture = this.#scale > 0 && at < this.#picture ? this.#picture + 1 : at;
    this.#piece = this.#pieceAt(this.#picture * this.#frameMs);
    this.#anchor();
    return false;
  }

  #end(): false {
    this.#ended = true;
    this.#options.onEnd();
    return false;
  }

  #sendSound(): void {
    const { audio } = this.#options.clip;
    const pieceBytes = AUDIO_PIECE_MS * AUDIO_BYTES_PER_MS;
    const pieces = Math.floor(audio.length / pieceBytes);
    for (; this.#piece * AUDIO_PIECE_MS < this.#picture * this.#frameMs; this.#piece += 1) {
      const sinceMs = this.#piece * AUDIO_PIECE_MS - this.#options.beginMs + this.#reachMs;
      if (pieces === 0 || sinceMs < 0) continue;
      const at = (this.#piece % pieces) * pieceBytes;
      const time90k = Math.round(sinceMs * TICKS_PER_MS);
      this.#send(this.#ps.sound(audio.subarray(at, at + pieceBytes), time90k), time90k);
    }
  }

  #step(): number {
    if (this.#scale > 0 && this.#scale <= Math.max(WHOLE_UP_TO, this.#options.speed)) return 1;
    const direction = this.#scale > 0 ? 1 : -1;
    let step = direction;
    while (!this.#isKey(this.#picture + step)) step += direction;
    return step;
  }

  #keyBefore(picture: number): number {
    let at = picture;
    while (!this.#isKey(at)) at -= 1;
    return at;
  }

  #isKey(picture: number): boolean {
    const { pictures } = this.#options.clip;
    return pictures[picture % pictures.length]?.key === true;
  }

  #pictureAt(atMs: number): number {
    return Math.ceil(atMs / this.#frameMs);
  }

  #pieceAt(atMs: number): number {
    return Math.ceil(atMs / AUDIO_PIECE_MS);
  }

  #send(parts: readonly Buffer[], time90k: number): void {
    for (const packet of this.#rtp.packets(parts, time90k)) {
      this.#options.sink.send(packet);
      this.#packets += 1;
    }
  }
}

/** Most pictures from one key frame to the next. */
function reachOf({ pictures }: Clip): number {
  const keys = pictures.flatMap(({ key }, index) => (key ? [index] : []));
  return keys.reduce(
    (most, key, index) => Math.max(most, (keys[index + 1] ?? (keys[0] ?? 0) + pictures.length) - key),
    1,
  );
}
