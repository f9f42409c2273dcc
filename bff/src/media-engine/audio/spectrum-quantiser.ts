import { SCALE_FACTOR_BOOK } from './codebook.ts';
import { MDCT_COEFFICIENTS } from './mdct.ts';
import { BAND_STARTS, BANDS, SectionPlanner, ZERO_BOOK } from './section-planner.ts';

/** A scale factor of 100 leaves values as they are; 4 more double the step (ISO/IEC 14496-3 §4.6.2.3.3). */
const UNIT_SCALE_FACTOR = 100;
const MAX_SCALE_FACTOR = 255;
/** Neighbours' scale factors may differ by 60: none lies further below that of the loudest band. */
const MAX_SPREAD = 60;
const SCALE_FACTOR_ZERO = 60;
/** Rounding before the floor: values below 0.6 become 0, as noise is dearer than a hole. */
const ROUNDING = 0.4054;
/**
 * A step whose noise is as quiet as that of the finest steps of G.711: nothing finer is heard. With it the loudest
 * sound stays below 8191, the largest number that can be written.
 */
const FINEST = 137;
/** Noise this far below the frame is not worth a bit. */
const FINEST_BELOW_FRAME_DB = 46;
/** How much of a band's level its step follows: 0 = the same noise everywhere, 1 = the same ratio everywhere. */
const SHAPE = 0.3;

/** Brings a spectrum to whole numbers within a budget of bits, noise shaped as the signal is. */
export class SpectrumQuantiser {
  /** What is to be written: bands from 0 that are coded, their values, books and scale factors. */
  readonly quantised = new Int32Array(MDCT_COEFFICIENTS);
  readonly scaleFactors = new Uint8Array(BANDS);
  readonly #powers = new Float64Array(MDCT_COEFFICIENTS);
  readonly #shape = new Int16Array(BANDS);
  readonly #planner = new SectionPlanner();
  #lastGain = UNIT_SCALE_FACTOR;
  #tried = 0;
  bands = 0;
  globalGain = UNIT_SCALE_FACTOR;

  get books(): Uint8Array {
    return this.#planner.books;
  }

  /** Finds the finest steps whose spectrum, sections and scale factors take at most `budgetBits`. */
  quantise(coefficients: Float64Array, budgetBits: number): void {
    const finest = this.#prepare(coefficients);
    // Sound changes slowly: what was right for the last frame is nearly right for this one.
    let gain = Math.max(finest, this.#lastGain);
    let stride = 2;
    let tooFine = finest - 1;
    let fitting = MAX_SCALE_FACTOR;
    while (fitting - tooFine > 1) {
      if (this.#try(gain) <= budgetBits) fitting = gain;
      else tooFine = gain;
      const probe = fitting === gain ? gain - stride : gain + stride;
      gain = probe > tooFine && probe < fitting ? probe : (tooFine + fitting) >> 1;
      stride *= 2;
    }
    if (this.#tried !== fitting) this.#try(fitting);
    this.#lastGain = fitting;
  }

  /** Levels of bands and frame; returns the scale factor below which there is nothing to gain. */
  #prepare(coefficients: Float64Array): number {
    let energy = 0;
    let loudest = 1;
    for (let band = 0; band < BANDS; band += 1) {
      const from = BAND_STARTS[band] ?? 0;
      const to = BAND_STARTS[band + 1] ?? 0;
      let sum = 0;
      for (let i = from; i < to; i += 1) {
        const magnitude = Math.abs(coefficients[i] ?? 0);
        sum += magnitude * magnitude;
        const power = Math.sqrt(magnitude * Math.sqrt(magnitude));
        this.#powers[i] = (coefficients[i] ?? 0) < 0 ? -power : power;
      }
      energy += sum;
      const level = Math.sqrt(sum / (to - from)) + 1;
      loudest = Math.max(loudest, level);
      this.#shape[band] = Math.round(SHAPE * 4 * Math.log2(level));
    }
    const top = Math.round(SHAPE * 4 * Math.log2(loudest));
    for (let band = 0; band < BANDS; band += 1) this.#shape[band] = (this.#shape[band] ?? 0) - top;
    return finestFor(Math.sqrt(energy / MDCT_COEFFICIENTS));
  }

  /** Quantises with `gain` as the loudest band's scale factor; returns the bits that it takes. */
  #try(gain: number): number {
    this.#tried = gain;
    let bands = 0;
    for (let band = 0; band < BANDS; band += 1) {
      if (this.#quantiseBand(band, gain)) bands = band + 1;
    }
    this.bands = bands;
    const spectrumBits = this.#planner.plan(this.quantised, bands);
    return spectrumBits + this.#settleScaleFactors(bands);
  }

  #quantiseBand(band: number, gain: number): boolean {
    const floor = Math.max(FINEST, gain - MAX_SPREAD);
    const scaleFactor = Math.min(MAX_SCALE_FACTOR, Math.max(floor, gain + (this.#shape[band] ?? 0)));
    this.scaleFactors[band] = scaleFactor;
    const factor = 2 ** (-0.1875 * (scaleFactor - UNIT_SCALE_FACTOR));
    const to = BAND_STARTS[band + 1] ?? 0;
    let any = 0;
    for (let i = BAND_STARTS[band] ?? 0; i < to; i += 1) {
      const scaled = (this.#powers[i] ?? 0) * factor;
      const value = scaled < 0 ? -Math.floor(ROUNDING - scaled) : Math.floor(scaled + ROUNDING);
      this.quantised[i] = value;
      any |= value;
    }
    return any !== 0;
  }

  /** Bands without values take over their neighbour's scale factor; returns the bits of the differences. */
  #settleScaleFactors(bands: number): number {
    let bits = 0;
    let last = -1;
    for (let band = 0; band < bands; band += 1) {
      if (this.books[band] === ZERO_BOOK) continue;
      if (last < 0) {
        last = this.scaleFactors[band] ?? 0;
        this.globalGain = last;
      }
      if (this.#isIdle(band)) this.scaleFactors[band] = last;
      const scaleFactor = this.scaleFactors[band] ?? last;
      bits += SCALE_FACTOR_BOOK.lengths[scaleFactor - last + SCALE_FACTOR_ZERO] ?? 0;
      last = scaleFactor;
    }
    return bits;
  }

  #isIdle(band: number): boolean {
    const to = BAND_STARTS[band + 1] ?? 0;
    for (let i = BAND_STARTS[band] ?? 0; i < to; i += 1) if (this.quantised[i] !== 0) return false;
    return true;
  }
}

function finestFor(level: number): number {
  const step = (level * Math.sqrt(12)) / 10 ** (FINEST_BELOW_FRAME_DB / 20);
  return Math.max(FINEST, scaleFactorOf(step));
}

function scaleFactorOf(step: number): number {
  return step <= 1 ? UNIT_SCALE_FACTOR : Math.ceil(UNIT_SCALE_FACTOR + 4 * Math.log2(step));
}
