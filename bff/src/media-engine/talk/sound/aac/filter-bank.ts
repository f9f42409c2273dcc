import { DctIv } from '../../../audio/dct-iv.ts';
import { EIGHT_SHORT, LONG_START, LONG_STOP, type WindowInfo } from './window-info.ts';

const LONG = 1024;
const SHORT = 128;
/** Where the short slope begins in a long half. */
const FLAT = (LONG - SHORT) / 2;
const KBD_ALPHA_LONG = 4;
const KBD_ALPHA_SHORT = 6;

/** The rising halves of the windows, by window_shape (§4.6.11.3.2). */
const LONG_SLOPES = [sineSlope(LONG), kbdSlope(LONG, KBD_ALPHA_LONG)] as const;
const SHORT_SLOPES = [sineSlope(SHORT), kbdSlope(SHORT, KBD_ALPHA_SHORT)] as const;

function sineSlope(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, n) => Math.sin((Math.PI * (n + 0.5)) / (2 * size)));
}

/** Kaiser-Bessel-derived: the root of the running sum of a Kaiser window. */
function kbdSlope(size: number, alpha: number): Float64Array {
  const kaiser = Float64Array.from({ length: size + 1 }, (_, n) =>
    bessel(Math.PI * alpha * Math.sqrt(1 - ((2 * n) / size - 1) ** 2)),
  );
  const total = kaiser.reduce((sum, value) => sum + value, 0);
  let sum = 0;
  return Float64Array.from({ length: size }, (_, n) => {
    sum += kaiser[n] ?? 0;
    return Math.sqrt(sum / total);
  });
}

/** I₀, the modified Bessel function of order 0. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 60; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** From coefficients to samples (§4.6.11): inverse MDCT, windows, overlap. One for each channel. */
export class FilterBank {
  readonly #long = new DctIv(LONG);
  readonly #short = new DctIv(SHORT);
  readonly #folded = new Float64Array(LONG);
  /** The windowed output, 2048 samples: those that are complete now, and those that the next block completes. */
  readonly #windowed = new Float64Array(2 * LONG);
  readonly #overlap = new Float64Array(LONG);
  #shapeBefore = 0;

  /** Adds 1024 samples, times `gain`, to `samples`. */
  add(spectrum: Float64Array, info: WindowInfo, samples: Float64Array, gain: number): void {
    this.#windowed.fill(0);
    if (info.sequence === EIGHT_SHORT) this.#shortBlocks(spectrum, info.shape);
    else this.#longBlock(spectrum, info);
    this.#shapeBefore = info.shape;
    for (let n = 0; n < LONG; n += 1) {
      samples[n] = (samples[n] ?? 0) + gain * ((this.#windowed[n] ?? 0) + (this.#overlap[n] ?? 0));
      this.#overlap[n] = this.#windowed[LONG + n] ?? 0;
    }
  }

  #longBlock(spectrum: Float64Array, { sequence, shape }: WindowInfo): void {
    const folded = this.#folded;
    const windowed = this.#windowed;
    this.#long.transform(spectrum, 0, folded, 1 / LONG);
    const rising = slopeOf(this.#shapeBefore, sequence === LONG_STOP);
    const falling = slopeOf(shape, sequence === LONG_START);
    for (let n = 0; n < LONG; n += 1) {
      windowed[n] = risen(rising, n) * unfolded(folded, LONG, n);
      windowed[LONG + n] = risen(falling, LONG - 1 - n) * unfolded(folded, LONG, LONG + n);
    }
  }

  #shortBlocks(spectrum: Float64Array, shape: number): void {
    const folded = this.#folded;
    const windowed = this.#windowed;
    const falling = SHORT_SLOPES[shape === 1 ? 1 : 0];
    for (let block = 0; block < 8; block += 1) {
      const rising = block === 0 ? SHORT_SLOPES[this.#shapeBefore === 1 ? 1 : 0] : falling;
      this.#short.transform(spectrum, block * SHORT, folded, 1 / SHORT);
      const start = FLAT + block * SHORT;
      for (let n = 0; n < SHORT; n += 1) {
        windowed[start + n] = (windowed[start + n] ?? 0) + (rising[n] ?? 0) * unfolded(folded, SHORT, n);
        windowed[start + SHORT + n] = (falling[SHORT - 1 - n] ?? 0) * unfolded(folded, SHORT, SHORT + n);
      }
    }
  }
}

function slopeOf(shape: number, isShort: boolean): Float64Array {
  return (isShort ? SHORT_SLOPES : LONG_SLOPES)[shape === 1 ? 1 : 0];
}

/** A half of 1024 that rises by a slope, in the middle of it when the slope is short. */
function risen(slope: Float64Array, n: number): number {
  if (slope.length === LONG) return slope[n] ?? 0;
  if (n < FLAT) return 0;
  return n < FLAT + SHORT ? (slope[n - FLAT] ?? 0) : 1;
}

/** Sample n of 2·size of the inverse MDCT, out of the DCT-IV: the kernel goes on with signs. */
function unfolded(folded: Float64Array, size: number, n: number): number {
  const half = size / 2;
  if (n < half) return folded[half + n] ?? 0;
  if (n < 3 * half) return -(folded[3 * half - 1 - n] ?? 0);
  return -(folded[n - 3 * half] ?? 0);
}
