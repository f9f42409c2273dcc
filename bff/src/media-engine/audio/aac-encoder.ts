import { BitWriter } from './bit-writer.ts';
import { SCALE_FACTOR_BOOK, SPECTRAL_BOOKS, type SpectralCodebook } from './codebook.ts';
import { Mdct, MDCT_COEFFICIENTS, MDCT_WINDOW, SINE_WINDOW } from './mdct.ts';
import { BAND_STARTS, ESCAPE, symbolAt, ZERO_BOOK } from './section-planner.ts';
import { SpectrumQuantiser } from './spectrum-quantiser.ts';

/** Samples of one AAC frame. */
export const AAC_FRAME_SAMPLES = MDCT_COEFFICIENTS;
/** AudioSpecificConfig: AAC-LC, 8 kHz, one channel (ISO/IEC 14496-3 §1.6.2.1). */
export const AAC_8K_MONO_CONFIG: Uint8Array = Uint8Array.of(0x15, 0x88);

/** Average rate of the coded sound. */
const BITS_PER_FRAME = (32_000 * AAC_FRAME_SAMPLES) / 8_000;
/** A decoder's input buffer for one channel (§4.5.3.1): no frame may be larger. */
const MAX_FRAME_BITS = 6_144;
const MAX_SAVED_BITS = MAX_FRAME_BITS - BITS_PER_FRAME;
/** Everything but sections, scale factors and spectrum, with the rounding to a byte. */
const FIXED_BITS = 48;
const SCALE_FACTOR_ZERO = 60;
const LONGEST_SECTION_PIECE = 31;
const ID_SINGLE_CHANNEL = 0;
const ID_END = 7;

/**
 * Codes 8 kHz mono to AAC-LC (ISO/IEC 14496-3 subpart 4): long blocks, sine window, no tools. Frame n is coded
 * when the samples of frame n + 1 are there, because its window reaches into them.
 */
export class AacEncoder {
  readonly #mdct = new Mdct();
  readonly #samples = new Float64Array(MDCT_WINDOW);
  readonly #windowed = new Float64Array(MDCT_WINDOW);
  readonly #coefficients = new Float64Array(MDCT_COEFFICIENTS);
  readonly #quantiser = new SpectrumQuantiser();
  readonly #writer = new BitWriter(MAX_FRAME_BITS / 8);
  #savedBits = 0;

  /**
   * Takes the next 1024 samples, 16 bit; returns the raw_data_block that a decoder turns into the 1024 samples before them.
   */
  encode(samples: Int16Array): Uint8Array {
    this.#samples.copyWithin(0, AAC_FRAME_SAMPLES);
    for (let i = 0; i < AAC_FRAME_SAMPLES; i += 1) {
      this.#samples[AAC_FRAME_SAMPLES + i] = samples[i] ?? 0;
    }
    for (let i = 0; i < MDCT_WINDOW; i += 1) {
      this.#windowed[i] = (this.#samples[i] ?? 0) * (SINE_WINDOW[i] ?? 0);
    }
    this.#mdct.forward(this.#windowed, this.#coefficients);
    const budget = BITS_PER_FRAME + this.#savedBits;
    this.#quantiser.quantise(this.#coefficients, budget - FIXED_BITS);
    this.#write();
    this.#savedBits = Math.min(MAX_SAVED_BITS, Math.max(0, budget - this.#writer.bits));
    return this.#writer.take();
  }

  /** raw_data_block with one single_channel_element (§4.4.2.1, §4.4.2.4). */
  #write(): void {
    const writer = this.#writer;
    const { bands, globalGain } = this.#quantiser;
    writer.reset();
    writer.write(ID_SINGLE_CHANNEL, 3);
    writer.write(0, 4); // element_instance_tag
    writer.write(globalGain, 8);
    writer.write(0, 4); // ics_reserved_bit, window_sequence ONLY_LONG, window_shape sine
    writer.write(bands, 6); // max_sfb
    writer.write(0, 1); // predictor_data_present
    this.#writeSections(bands);
    this.#writeScaleFactors(bands, globalGain);
    writer.write(0, 3); // pulse_data_present, tns_data_present, gain_control_data_present
    this.#writeSpectrum(bands);
    writer.write(ID_END, 3);
  }

  #writeSections(bands: number): void {
    const { books } = this.#quantiser;
    let from = 0;
    while (from < bands) {
      const book = books[from] ?? 0;
      let to = from + 1;
      while (to < bands && books[to] === book) to += 1;
      this.#writer.write(book, 4);
      let left = to - from;
      for (; left >= LONGEST_SECTION_PIECE; left -= LONGEST_SECTION_PIECE) {
        this.#writer.write(LONGEST_SECTION_PIECE, 5);
      }
      this.#writer.write(left, 5);
      from = to;
    }
  }

  #writeScaleFactors(bands: number, globalGain: number): void {
    const { books, scaleFactors } = this.#quantiser;
    let last = globalGain;
    for (let band = 0; band < bands; band += 1) {
      if (books[band] === ZERO_BOOK) continue;
      const scaleFactor = scaleFactors[band] ?? last;
      const symbol = scaleFactor - last + SCALE_FACTOR_ZERO;
      this.#writer.write(SCALE_FACTOR_BOOK.words[symbol] ?? 0, SCALE_FACTOR_BOOK.lengths[symbol] ?? 0);
      last = scaleFactor;
    }
  }

  #writeSpectrum(bands: number): void {
    const { books, quantised } = this.#quantiser;
    for (let band = 0; band < bands; band += 1) {
      const book = SPECTRAL_BOOKS[(books[band] ?? 0) - 1];
      if (!book) continue;
      const to = BAND_STARTS[band + 1] ?? 0;
      for (let at = BAND_STARTS[band] ?? 0; at < to; at += book.dimension) {
        writeValues(this.#writer, book, quantised, at);
      }
    }
  }
}

/** One codeword, the signs that it leaves out, and the escapes (§4.6.3.3). */
function writeValues(writer: BitWriter, book: SpectralCodebook, quantised: Int32Array, at: number): void {
  const symbol = symbolAt(book, quantised, at);
  writer.write(book.words[symbol] ?? 0, book.lengths[symbol] ?? 0);
  if (book.signed) return;
  for (let i = at; i < at + book.dimension; i += 1) {
    const value = quantised[i] ?? 0;
    if (value !== 0) writer.write(value < 0 ? 1 : 0, 1);
  }
  if (book.largest !== ESCAPE) return;
  for (let i = at; i < at + book.dimension; i += 1) writeEscape(writer, Math.abs(quantised[i] ?? 0));
}

function writeEscape(writer: BitWriter, magnitude: number): void {
  if (magnitude < ESCAPE) return;
  const width = 31 - Math.clz32(magnitude);
  for (let ones = width - 4; ones > 0; ones -= 1) writer.write(1, 1);
  writer.write(0, 1);
  writer.write(magnitude - 2 ** width, width);
}
