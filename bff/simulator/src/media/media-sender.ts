import { randomInt } from 'node:crypto';
import type { Clip } from './clip.ts';
import { OsdWriter } from './osd/osd-writer.ts';
import type { PacketSink } from './packet-sink.ts';
import { ProgramStreamWriter } from './program-stream.ts';
import { RtpWriter } from './rtp-writer.ts';

const AUDIO_PIECE_MS = 40;
const AUDIO_BYTES_PER_MS = 8;
const TICKS_PER_MS = 90;
/** After a longer pause of this process the line of time is moved, rather than sent in one burst. */
const MAX_BACKLOG_MS = 500;

/** Sends one clip in a loop at its own pace, paced on the monotonic clock. */
export class MediaSender {
  readonly #clip: Clip;
  readonly #sink: PacketSink;
  readonly #rtp: RtpWriter;
  readonly #ps = new ProgramStreamWriter();
  readonly #osd = new OsdWriter();
  readonly #display: () => string;
  #timer: NodeJS.Timeout | undefined;
  #startedAtMs = 0;
  #picture = 0;
  #piece = 0;
  #packets = 0;

  /** `display` is asked for each picture: the text that it shows. */
  constructor(clip: Clip, sink: PacketSink, ssrc: number, display: () => string) {
    this.#clip = clip;
    this.#sink = sink;
    this.#display = display;
    this.#rtp = new RtpWriter(ssrc, randomInt(65_536));
  }

  get packetsSent(): number {
    return this.#packets;
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.#startedAtMs = performance.now();
    const periodMs = Math.min(AUDIO_PIECE_MS, 1_000 / this.#clip.framesPerSecond);
    this.#timer = setInterval(() => {
      this.#sendDue();
    }, periodMs);
    this.#sendDue();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#sink.close();
  }

  #sendDue(): void {
    let elapsedMs = performance.now() - this.#startedAtMs;
    const behindMs = elapsedMs - this.#pictureTimeMs();
    if (behindMs > MAX_BACKLOG_MS) {
      this.#startedAtMs += behindMs;
      elapsedMs -= behindMs;
    }
    while (this.#pictureTimeMs() <= elapsedMs) this.#sendPicture();
    while (this.#piece * AUDIO_PIECE_MS <= elapsedMs) this.#sendSound();
  }

  #pictureTimeMs(): number {
    return (this.#picture * 1_000) / this.#clip.framesPerSecond;
  }

  #sendPicture(): void {
    const unit = this.#clip.pictures[this.#picture % this.#clip.pictures.length];
    const time90k = Math.round(this.#pictureTimeMs() * TICKS_PER_MS);
    this.#picture += 1;
    if (!unit) return;
    const picture = this.#osd.picture(unit, this.#display());
    this.#send(this.#ps.picture(picture, unit.key, time90k), time90k);
  }

  #sendSound(): void {
    const { audio } = this.#clip;
    const pieceBytes = AUDIO_PIECE_MS * AUDIO_BYTES_PER_MS;
    const pieces = Math.floor(audio.length / pieceBytes);
    const time90k = this.#piece * AUDIO_PIECE_MS * TICKS_PER_MS;
    const at = (this.#piece % Math.max(1, pieces)) * pieceBytes;
    this.#piece += 1;
    if (pieces > 0) this.#send(this.#ps.sound(audio.subarray(at, at + pieceBytes), time90k), time90k);
  }

  #send(parts: readonly Buffer[], time90k: number): void {
    for (const packet of this.#rtp.packets(parts, time90k)) {
      this.#sink.send(packet);
      this.#packets += 1;
    }
  }
}
