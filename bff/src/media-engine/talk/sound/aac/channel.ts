import type { RateBands } from './bands.ts';
import type { BitReader } from './bit-reader.ts';
import { readQuantised, readScaleFactorDifference } from './codes.ts';
import type { AacFault } from './fault.ts';
import { Pulses } from './pulses.ts';
import { Tns } from './tns.ts';
import { WindowInfo } from './window-info.ts';

/** Codebooks that stand for something else than values (table 4.95). */
const RESERVED_BOOK = 12;
export const NOISE_BOOK = 13;
/** In phase; 14 is the same in opposite phase. */
export const INTENSITY_BOOK = 15;

const COEFFICIENTS = 1024;
const MAX_BANDS = 8 * 15;
const MAX_MAGNITUDE = 8_192 + 64;
const MAX_GAIN = 255;
/** What noise and intensity may be; what lies outside is taken for the limit. */
const MAX_SIDE_GAIN = 155;
const UNITY_GAIN = 100;
const NOISE_OFFSET = 90;
const NOISE_START_BITS = 9;
const NOISE_START = 256;

const POWERS = Float64Array.from({ length: MAX_MAGNITUDE }, (_, value) => value ** (4 / 3));
const GAINS = Float64Array.from({ length: MAX_GAIN + 1 }, (_, gain) => 2 ** ((gain - UNITY_GAIN) / 4));

/** individual_channel_stream (§4.4.2.7): one channel of a block, from bits to coefficients. */
export class Channel {
  readonly info: WindowInfo;
  readonly tns = new Tns();
  /** By band: group · maxSfb + band of the group. */
  readonly books = new Uint8Array(MAX_BANDS);
  /** By band: scale factor, noise energy or intensity position, as the book says. */
  readonly factors = new Int16Array(MAX_BANDS);
  /** Coefficients; those of short windows one window after another. */
  readonly spectrum = new Float64Array(COEFFICIENTS);
  readonly #quantised = new Int32Array(COEFFICIENTS);
  readonly #pulses = new Pulses();

  constructor(bands: RateBands) {
    this.info = new WindowInfo(bands);
  }

  /** `isCommon`: {@link info} has been read for both channels of a pair. */
  read(bits: BitReader, isCommon: boolean): AacFault | undefined {
    const globalGain = bits.read(8);
    const fault =
      (isCommon ? undefined : this.info.read(bits)) ??
      this.#readSections(bits) ??
      this.#readFactors(bits, globalGain) ??
      this.#readTools(bits) ??
      this.#readSpectrum(bits);
    if (fault !== undefined) return fault;
    if (bits.overrun) return 'cut-off';
    this.#scale();
    return undefined;
  }

  #readSections(bits: BitReader): AacFault | undefined {
    const { groups, maxSfb, isShort } = this.info;
    const width = isShort ? 3 : 5;
    const more = 2 ** width - 1;
    for (let group = 0; group < groups; group += 1) {
      const first = group * maxSfb;
      let band = 0;
      while (band < maxSfb) {
        const book = bits.read(4);
        let length = 0;
        let piece = bits.read(width);
        for (; piece === more && length <= maxSfb; piece = bits.read(width)) length += more;
        length += piece;
        if (bits.overrun) return 'cut-off';
        if (book === RESERVED_BOOK || band + length > maxSfb) return 'reserved';
        this.books.fill(book, first + band, first + band + length);
        band += length;
      }
    }
    return undefined;
  }

  #readFactors(bits: BitReader, globalGain: number): AacFault | undefined {
    const count = this.info.groups * this.info.maxSfb;
    let gain = globalGain;
    let position = 0;
    let energy = globalGain - NOISE_OFFSET;
    let isFirstNoise = true;
    for (let band = 0; band < count; band += 1) {
      const book = this.books[band] ?? 0;
      if (book === 0) this.factors[band] = 0;
      else if (book === NOISE_BOOK) {
        energy += isFirstNoise ? bits.read(NOISE_START_BITS) - NOISE_START : readScaleFactorDifference(bits);
        isFirstNoise = false;
        this.factors[band] = withinSide(energy);
      } else if (book > NOISE_BOOK) {
        position += readScaleFactorDifference(bits);
        this.factors[band] = withinSide(position);
      } else {
        gain += readScaleFactorDifference(bits);
        if (gain < 0 || gain > MAX_GAIN) return 'reserved';
        this.factors[band] = gain;
      }
    }
    return undefined;
  }

  #readTools(bits: BitReader): AacFault | undefined {
    this.#pulses.clear();
    this.tns.clear();
    if (bits.readFlag()) {
      const fault = this.#pulses.read(bits, this.info);
      if (fault !== undefined) return fault;
    }
    if (bits.readFlag()) {
      const fault = this.tns.read(bits, this.info);
      if (fault !== undefined) return fault;
    }
    // gain_control_data belongs to AAC-SSR.
    return bits.readFlag() ? 'not-lc' : undefined;
  }

  #readSpectrum(bits: BitReader): AacFault | undefined {
    const { groups, groupLengths, maxSfb, offsets, coefficients } = this.info;
    this.#quantised.fill(0);
    let window = 0;
    for (let group = 0; group < groups; group += 1) {
      const end = window + (groupLengths[group] ?? 0);
      for (let band = 0; band < maxSfb; band += 1) {
        const book = this.books[group * maxSfb + band] ?? 0;
        if (book === 0 || book >= NOISE_BOOK) continue;
        for (let w = window; w < end; w += 1) {
          const base = w * coefficients;
          const run = { at: base + (offsets[band] ?? 0), end: base + (offsets[band + 1] ?? 0) };
          if (!readQuantised(bits, book, this.#quantised, run)) return 'reserved';
        }
        if (bits.overrun) return 'cut-off';
      }
      window = end;
    }
    this.#pulses.apply(this.#quantised);
    return undefined;
  }

  /** Inverse quantisation and scale factors (§4.6.2, §4.6.3). */
  #scale(): void {
    const { groups, groupLengths, maxSfb, offsets, coefficients } = this.info;
    this.spectrum.fill(0);
    let window = 0;
    for (let group = 0; group < groups; group += 1) {
      const end = window + (groupLengths[group] ?? 0);
      for (let band = 0; band < maxSfb; band += 1) {
        const book = this.books[group * maxSfb + band] ?? 0;
        if (book === 0 || book >= NOISE_BOOK) continue;
        const gain = GAINS[this.factors[group * maxSfb + band] ?? 0] ?? 0;
        for (let w = window; w < end; w += 1) {
          const to = w * coefficients + (offsets[band + 1] ?? 0);
          for (let at = w * coefficients + (offsets[band] ?? 0); at < to; at += 1) {
            const value = this.#quantised[at] ?? 0;
            this.spectrum[at] = value < 0 ? -gain * (POWERS[-value] ?? 0) : gain * (POWERS[value] ?? 0);
          }
        }
      }
      window = end;
    }
  }
}

function withinSide(value: number): number {
  return Math.min(Math.max(value, -MAX_SIDE_GAIN), MAX_SIDE_GAIN);
}
