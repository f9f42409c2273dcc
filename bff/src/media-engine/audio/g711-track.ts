import { TICKS_PER_MS } from '../flv/timestamp-line.ts';
import { AAC_8K_MONO_CONFIG, AAC_FRAME_SAMPLES } from './aac-encoder.ts';
import type { AacConfig, AacSink } from './audio-track.ts';
import type { AudioTimeline } from './audio-timeline.ts';
import { G711_RATE_HZ, type G711Law, g711Table } from './g711.ts';

const TICKS_PER_SAMPLE = (1000 * TICKS_PER_MS) / G711_RATE_HZ;

/** Codes 1024 samples; returns the frame of the 1024 before them. */
export interface FrameEncoder {
  encode(samples: Int16Array): Uint8Array;
}

/** What viewers are told of G.711: it comes to them as AAC-LC. */
export const G711_AS_AAC: AacConfig = { specific: AAC_8K_MONO_CONFIG, rateHz: G711_RATE_HZ, channels: 1 };

/** G.711 of one stream, gathered to AAC frames. A frame comes out when the samples of the next one are there. */
export class G711Track {
  readonly #timeline: AudioTimeline;
  readonly #encoder: FrameEncoder;
  readonly #sink: AacSink;
  readonly #block = new Int16Array(AAC_FRAME_SAMPLES);
  #filled = 0;
  /** Where the samples of the open block begin, and those of the block that the encoder holds. */
  #blockTicks = 0;
  #heldTicks: number | undefined;

  constructor(timeline: AudioTimeline, encoder: FrameEncoder, sink: AacSink) {
    this.#timeline = timeline;
    this.#encoder = encoder;
    this.#sink = sink;
  }

  /** One piece of G.711. */
  push(law: G711Law, bytes: Uint8Array, ptsTicks90k: number | undefined, arrivalMs: number): void {
    const placement = this.#timeline.place(ptsTicks90k, bytes.length * TICKS_PER_SAMPLE, arrivalMs);
    if (!placement) {
      this.#sink.onAudioDropped();
      return;
    }
    const { silenceTicks, atTicks } = placement;
    this.silence(silenceTicks, atTicks - silenceTicks);
    const table = g711Table(law);
    const block = this.#block;
    let at = 0;
    while (at < bytes.length) {
      let to = this.#openBlock(atTicks + at * TICKS_PER_SAMPLE);
      const end = Math.min(bytes.length, at + AAC_FRAME_SAMPLES - to);
      for (; at < end; at += 1, to += 1) block[to] = table[bytes[at] ?? 0] ?? 0;
      this.#closeBlock(to);
    }
  }

  /** Silence of this length from `atTicks` on; returns the length to a sample. */
  silence(ticks: number, atTicks: number): number {
    const count = Math.round(ticks / TICKS_PER_SAMPLE);
    let at = 0;
    while (at < count) {
      const from = this.#openBlock(atTicks + at * TICKS_PER_SAMPLE);
      const to = Math.min(AAC_FRAME_SAMPLES, from + count - at);
      this.#block.fill(0, from, to);
      at += to - from;
      this.#closeBlock(to);
    }
    return count * TICKS_PER_SAMPLE;
  }

  /** Where the next sample goes, which is heard at `ticks`. */
  #openBlock(ticks: number): number {
    if (this.#filled === 0) this.#blockTicks = ticks;
    return this.#filled;
  }

  #closeBlock(filled: number): void {
    this.#filled = filled % AAC_FRAME_SAMPLES;
    if (filled < AAC_FRAME_SAMPLES) return;
    const frame = this.#encoder.encode(this.#block);
    // The first frame holds what came before the first sample: nothing.
    if (this.#heldTicks !== undefined) this.#sink.onAudioFrame(frame, this.#heldTicks);
    this.#heldTicks = this.#blockTicks;
  }
}
