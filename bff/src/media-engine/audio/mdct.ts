import { DctIv } from './dct-iv.ts';

/** Coefficients of one long block. */
export const MDCT_COEFFICIENTS = 1024;
/** Samples that one long block looks at. */
export const MDCT_WINDOW = 2 * MDCT_COEFFICIENTS;
const HALF = MDCT_COEFFICIENTS / 2;

/** The sine window over a long block (§4.6.11.3.2, window_shape 0). */
export const SINE_WINDOW = Float64Array.from({ length: MDCT_WINDOW }, (_, n) =>
  Math.sin((Math.PI * (n + 0.5)) / MDCT_WINDOW),
);

/**
 * The forward transform of AAC's long blocks (ISO/IEC 14496-3 §4.6.11.3): X[k] = 2 Σ z[n] cos(2π/2048 (n + n₀)(k + ½)),
 * n₀ = 512.5.
 */
export class Mdct {
  readonly #folded = new Float64Array(MDCT_COEFFICIENTS);
  readonly #dct = new DctIv(MDCT_COEFFICIENTS);

  /** Transforms 2048 windowed samples into 1024 coefficients. */
  forward(windowed: Float64Array, coefficients: Float64Array): void {
    this.#fold(windowed);
    this.#dct.transform(this.#folded, 0, coefficients, 2);
  }

  /** Folds 2048 samples to the 1024 of a DCT-IV: the kernel mirrors them with a sign. */
  #fold(z: Float64Array): void {
    const quarter = HALF;
    for (let n = 0; n < quarter; n += 1) {
      const last = z[3 * quarter - 1 - n] ?? 0;
      const mirrored = z[3 * quarter + n] ?? 0;
      this.#folded[n] = -mirrored - last;
      this.#folded[quarter + n] = (z[n] ?? 0) - (z[2 * quarter - 1 - n] ?? 0);
    }
  }
}
