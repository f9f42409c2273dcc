import { type AdtsHeader, audioSpecificConfig } from '../es/adts.ts';
import { type AacFrame, AdtsReader } from '../es/adts-reader.ts';
import { SAMPLING_RATES_HZ } from '../es/sampling-rates.ts';
import { TICKS_PER_MS } from '../flv/timestamp-line.ts';
import type { AudioTimeline } from './audio-timeline.ts';
import type { AacSink } from './audio-track.ts';
import { silentAacFrame } from './silent-frame.ts';

const SAMPLES_PER_FRAME = 1024;
const TICKS_PER_SECOND = 1000 * TICKS_PER_MS;

/** AAC of one stream, passed on as it is. */
export class AacTrack {
  readonly #timeline: AudioTimeline;
  readonly #sink: AacSink;
  readonly #reader = new AdtsReader();
  #rateIndex = -1;
  #objectType = -1;
  #channels = -1;
  #frameTicks = 0;
  #silentFrame: Uint8Array | undefined;
  #frames = 0;

  constructor(timeline: AudioTimeline, sink: AacSink) {
    this.#timeline = timeline;
    this.#sink = sink;
  }

  /** Frames that were found. */
  get frames(): number {
    return this.#frames;
  }

  /** The payload of one PES packet. */
  push(bytes: Uint8Array, ptsTicks90k: number | undefined, arrivalMs: number): void {
    const { skippedBytes } = this.#reader;
    let first = true;
    this.#reader.push(bytes, ptsTicks90k, (frame) => {
      this.#onFrame(frame, first, arrivalMs);
      first = false;
    });
    if (this.#reader.skippedBytes > skippedBytes) this.#sink.onAudioDropped();
  }

  /** Bytes are missing here. */
  lose(): void {
    this.#reader.lose();
  }

  /**
   * Silence from `atTicks` on, as many whole frames as fit in this length; returns the length that they fill, all of it
   * when the form has no silence.
   */
  silence(ticks: number, atTicks: number): number {
    if (!this.#silentFrame) return ticks;
    const frames = Math.floor(ticks / this.#frameTicks);
    for (let i = 0; i < frames; i += 1) {
      this.#sink.onAudioFrame(this.#silentFrame, atTicks + i * this.#frameTicks);
    }
    return frames * this.#frameTicks;
  }

  #onFrame({ header, data, ptsTicks90k }: AacFrame, first: boolean, arrivalMs: number): void {
    this.#frames += 1;
    // Several blocks in a frame, or channels that only the frame itself tells, have no place in a container's frame.
    if (header.blocks !== 1 || header.channels === 0) {
      this.#sink.onAudioDropped();
      return;
    }
    this.#take(header);
    const at =
      first || ptsTicks90k !== undefined
        ? this.#place(ptsTicks90k, arrivalMs)
        : this.#timeline.follow(this.#frameTicks);
    if (at === undefined) this.#sink.onAudioDropped();
    else this.#sink.onAudioFrame(data, at);
  }

  #place(ptsTicks90k: number | undefined, arrivalMs: number): number | undefined {
    const placement = this.#timeline.place(ptsTicks90k, this.#frameTicks, arrivalMs);
    if (placement) this.silence(placement.silenceTicks, placement.atTicks - placement.silenceTicks);
    return placement?.atTicks;
  }

  /** Tells of the form of the sound when it differs from the last one told. */
  #take(header: AdtsHeader): void {
    const { rateIndex, objectType, channels } = header;
    if (rateIndex === this.#rateIndex && objectType === this.#objectType && channels === this.#channels)
      return;
    const rateHz = SAMPLING_RATES_HZ[rateIndex] ?? 0;
    this.#rateIndex = rateIndex;
    this.#objectType = objectType;
    this.#channels = channels;
    this.#frameTicks = (SAMPLES_PER_FRAME * TICKS_PER_SECOND) / rateHz;
    this.#silentFrame = silentAacFrame(channels);
    this.#sink.onAudioConfig({ specific: audioSpecificConfig(header), rateHz, channels });
  }
}
