import { encodeG711, G711_RATE_HZ, type G711Law } from '../audio/g711.ts';
import { Resampler } from './resampler.ts';
import type { SoundBlock } from './sound/sound.ts';

/** Sound of one packet, ms (GB/T 28181-2016 annex C.2.4 allows 20 to 180). */
export const FRAME_MS = 20;
/** Samples, and octets, of one packet. */
export const FRAME_SAMPLES = (G711_RATE_HZ * FRAME_MS) / 1_000;

/** Cuts sound of any rate into pieces of 160 samples at 8 kHz. */
export class FrameCutter {
  #resampler: Resampler | undefined;
  #rateHz = 0;
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  #filled = 0;

  /** Hands out each whole piece; it is valid during the call. A change of the rate starts the filter anew. */
  push({ rateHz, samples }: SoundBlock, onFrame: (frame: Int16Array) => void): void {
    if (rateHz !== this.#rateHz || this.#resampler === undefined) {
      if (this.#resampler !== undefined) this.#take(this.#resampler.flush(), onFrame);
      this.#resampler = new Resampler(rateHz, G711_RATE_HZ);
      this.#rateHz = rateHz;
    }
    this.#take(this.#resampler.push(samples), onFrame);
  }

  /** The sound is over: the last piece is filled up with silence. */
  flush(onFrame: (frame: Int16Array) => void): void {
    if (this.#resampler !== undefined) this.#take(this.#resampler.flush(), onFrame);
    if (this.#filled === 0) return;
    this.#frame.fill(0, this.#filled);
    this.#filled = 0;
    onFrame(this.#frame);
  }

  #take(samples: Float32Array, onFrame: (frame: Int16Array) => void): void {
    for (const sample of samples) {
      this.#frame[this.#filled] = Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)));
      this.#filled += 1;
      if (this.#filled < FRAME_SAMPLES) continue;
      this.#filled = 0;
      onFrame(this.#frame);
    }
  }
}

/** One packet's sound in G.711. */
export function g711Frame(law: G711Law, frame: Int16Array): Buffer {
  const codes = Buffer.allocUnsafe(frame.length);
  for (const [index, sample] of frame.entries()) codes[index] = encodeG711(law, sample);
  return codes;
}
