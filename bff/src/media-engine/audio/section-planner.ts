import { LONG_WINDOW_BANDS_8K } from './aac-tables.ts';
import { SPECTRAL_BOOKS, type SpectralCodebook } from './codebook.ts';

/** Scale factor bands of a long window at 8 kHz. */
export const BANDS = LONG_WINDOW_BANDS_8K.length - 1;
/** First coefficient of each band, and one past the last. */
export const BAND_STARTS = Uint16Array.from(LONG_WINDOW_BANDS_8K);
/** The book of bands that are all zero: no spectrum, no scale factor (ISO/IEC 14496-3 §4.6.3.3). */
export const ZERO_BOOK = 0;
/** Book 11 writes magnitudes from here on as an escape. */
export const ESCAPE = 16;

const BOOKS = SPECTRAL_BOOKS.length + 1;
const ESCAPE_BOOK = SPECTRAL_BOOKS.length;
const IMPOSSIBLE = 1 << 24;
/** sect_cb and one sect_len_incr of a long window (§4.4.2.7). */
const SECTION_BITS = 9;
/** A band that is zero inside a section of another book still carries a scale factor difference, of 0. */
const IDLE_SCALE_FACTOR_BITS = 1;

/**
 * Chooses the codebook of each band so that spectrum and section headers take the fewest bits: the cheapest path
 * through bands and books, where a change of book costs a header.
 */
export class SectionPlanner {
  /** The book of each band, after `plan`. */
  readonly books = new Uint8Array(BANDS);
  readonly #costs = new Int32Array(BANDS * BOOKS);
  readonly #totals = new Int32Array(BOOKS);
  readonly #cameFrom = new Uint8Array(BANDS * BOOKS);

  /** Plans the first `bands` bands; returns the bits of their section headers and codewords. */
  plan(quantised: Int32Array, bands: number): number {
    if (bands === 0) return 0;
    for (let band = 0; band < bands; band += 1) this.#measure(quantised, band);
    this.#totals.fill(SECTION_BITS);
    for (let book = 0; book < BOOKS; book += 1) this.#add(book, this.#costs[book] ?? 0);
    for (let band = 1; band < bands; band += 1) this.#step(band);
    let best = this.#cheapest();
    const total = this.#totals[best] ?? 0;
    for (let band = bands - 1; band >= 0; band -= 1) {
      this.books[band] = best;
      best = this.#cameFrom[band * BOOKS + best] ?? 0;
    }
    return total;
  }

  #step(band: number): void {
    const cheapest = this.#cheapest();
    const withHeader = (this.#totals[cheapest] ?? 0) + SECTION_BITS;
    for (let book = 0; book < BOOKS; book += 1) {
      const at = band * BOOKS + book;
      const stays = (this.#totals[book] ?? 0) <= withHeader;
      this.#cameFrom[at] = stays ? book : cheapest;
      if (!stays) this.#totals[book] = withHeader;
      this.#add(book, this.#costs[at] ?? 0);
    }
  }

  #add(book: number, bits: number): void {
    this.#totals[book] = Math.min(IMPOSSIBLE, (this.#totals[book] ?? 0) + bits);
  }

  #cheapest(): number {
    let best = 0;
    for (let book = 1; book < BOOKS; book += 1) {
      if ((this.#totals[book] ?? 0) < (this.#totals[best] ?? 0)) best = book;
    }
    return best;
  }

  #measure(quantised: Int32Array, band: number): void {
    const from = BAND_STARTS[band] ?? 0;
    const to = BAND_STARTS[band + 1] ?? 0;
    const largest = largestOf(quantised, from, to);
    const idle = largest === 0 ? IDLE_SCALE_FACTOR_BITS : 0;
    const at = band * BOOKS;
    this.#costs[at + ZERO_BOOK] = largest === 0 ? 0 : IMPOSSIBLE;
    SPECTRAL_BOOKS.forEach((book, index) => {
      const number = index + 1;
      const fits = largest <= book.largest || number === ESCAPE_BOOK;
      this.#costs[at + number] = fits ? idle + spectrumBits(book, quantised, from, to) : IMPOSSIBLE;
    });
  }
}

function largestOf(quantised: Int32Array, from: number, to: number): number {
  let largest = 0;
  for (let i = from; i < to; i += 1) {
    const magnitude = Math.abs(quantised[i] ?? 0);
    if (magnitude > largest) largest = magnitude;
  }
  return largest;
}

function spectrumBits(book: SpectralCodebook, quantised: Int32Array, from: number, to: number): number {
  let bits = 0;
  for (let at = from; at < to; at += book.dimension) {
    bits += book.costs[symbolAt(book, quantised, at)] ?? 0;
    if (book.largest === ESCAPE) {
      bits += escapeBits(quantised[at] ?? 0) + escapeBits(quantised[at + 1] ?? 0);
    }
  }
  return bits;
}

/** The symbol of the book that stands for the values at `at` (§4.6.3.3). */
export function symbolAt(book: SpectralCodebook, quantised: Int32Array, at: number): number {
  const { dimension, signed, largest } = book;
  const base = signed ? 2 * largest + 1 : largest + 1;
  let symbol = 0;
  for (let i = at; i < at + dimension; i += 1) {
    const value = quantised[i] ?? 0;
    symbol = symbol * base + (signed ? value + largest : Math.min(largest, Math.abs(value)));
  }
  return symbol;
}

/** Bits of the escape sequence of a value; 0 for one that needs none. */
function escapeBits(value: number): number {
  const magnitude = Math.abs(value);
  return magnitude < ESCAPE ? 0 : 2 * (31 - Math.clz32(magnitude)) - 3;
}
