import {
  type CodebookFigures,
  SCALE_FACTOR_CODEBOOK,
  SPECTRAL_CODEBOOKS,
} from '../../../audio/aac-tables.ts';
import type { BitReader } from './bit-reader.ts';

const LONGEST_BITS = 19;
const ESCAPE_BOOK = 11;
const ESCAPED = 16;
/** An escape of more ones is none (§4.6.3.3: magnitudes are below 8192). */
const MAX_ESCAPE_ONES = 8;
const NO_DIFFERENCE = 60;

/** A canonical code: codewords of one length count up, longer ones go on where they stopped. */
class Code {
  /** By length: the first word, filled up to 19 bits, that is longer. */
  readonly #limits = new Uint32Array(LONGEST_BITS + 1);
  /** By length: what is added to a word to find its symbol. */
  readonly #shifts = new Int32Array(LONGEST_BITS + 1);
  readonly #symbols: Uint16Array;

  constructor({ codewordsOfLength, symbols }: Pick<CodebookFigures, 'codewordsOfLength' | 'symbols'>) {
    this.#symbols = Uint16Array.from(symbols);
    let word = 0;
    let index = 0;
    for (let length = 1; length <= LONGEST_BITS; length += 1) {
      word *= 2;
      this.#shifts[length] = index - word;
      const count = codewordsOfLength[length] ?? 0;
      word += count;
      index += count;
      this.#limits[length] = word << (LONGEST_BITS - length);
    }
  }

  read(bits: BitReader): number {
    const word = bits.peek(LONGEST_BITS);
    let length = 1;
    while (length < LONGEST_BITS && word >= (this.#limits[length] ?? 0)) length += 1;
    bits.skip(length);
    return this.#symbols[(word >> (LONGEST_BITS - length)) + (this.#shifts[length] ?? 0)] ?? 0;
  }
}

/** A spectral codebook: what its codewords stand for. */
class SpectralCode {
  readonly dimension: number;
  readonly #code: Code;
  readonly #signed: boolean;
  /** By symbol · dimension. */
  readonly #values: Int8Array;

  constructor(figures: CodebookFigures) {
    const { dimension, signed, largest } = figures;
    const base = signed ? 2 * largest + 1 : largest + 1;
    this.dimension = dimension;
    this.#code = new Code(figures);
    this.#signed = signed;
    this.#values = new Int8Array(figures.symbols.length * dimension);
    for (const symbol of figures.symbols)
      for (let i = dimension - 1, rest = symbol; i >= 0; i -= 1, rest = Math.floor(rest / base))
        this.#values[symbol * dimension + i] = (rest % base) - (signed ? largest : 0);
  }

  /** Reads one codeword and its signs. */
  read(bits: BitReader, to: Int32Array, at: number): void {
    const from = this.#code.read(bits) * this.dimension;
    for (let i = 0; i < this.dimension; i += 1) {
      const value = this.#values[from + i] ?? 0;
      to[at + i] = !this.#signed && value !== 0 && bits.readFlag() ? -value : value;
    }
  }
}

const SPECTRAL_CODES: readonly SpectralCode[] = SPECTRAL_CODEBOOKS.map(
  (figures) => new SpectralCode(figures),
);
const SCALE_FACTOR_CODE = new Code(SCALE_FACTOR_CODEBOOK);

/** The difference to the scale factor before, −60 to 60. */
export function readScaleFactorDifference(bits: BitReader): number {
  return SCALE_FACTOR_CODE.read(bits) - NO_DIFFERENCE;
}

/** Quantised values of a book 1 to 11 from `at` to `end`; false when an escape is none. */
export function readQuantised(
  bits: BitReader,
  book: number,
  to: Int32Array,
  { at: start, end }: { readonly at: number; readonly end: number },
): boolean {
  const code = SPECTRAL_CODES[book - 1];
  if (code === undefined) return false;
  for (let at = start; at < end; at += code.dimension) {
    code.read(bits, to, at);
    if (book === ESCAPE_BOOK && !(readEscape(bits, to, at) && readEscape(bits, to, at + 1))) return false;
  }
  return true;
}

function readEscape(bits: BitReader, to: Int32Array, at: number): boolean {
  const value = to[at] ?? 0;
  if (value !== ESCAPED && value !== -ESCAPED) return true;
  let ones = 0;
  while (bits.readFlag()) {
    ones += 1;
    if (ones > MAX_ESCAPE_ONES) return false;
  }
  const magnitude = 2 ** (ones + 4) + bits.read(ones + 4);
  to[at] = value < 0 ? -magnitude : magnitude;
  return true;
}
