import {
  LONG_WINDOW_BANDS_8K,
  SCALE_FACTOR_CODEBOOK,
  SPECTRAL_CODEBOOKS,
} from '../../../bff/src/media-engine/audio/aac-tables.ts';

const SAMPLES = 1024;
const TURN = 8 * SAMPLES;
const COSINES = Float64Array.from({ length: TURN }, (_, i) => Math.cos((2 * Math.PI * i) / TURN));
const ESCAPE_BOOK = 11;

/** What stands in one raw_data_block with a single channel of long blocks. */
export interface AacBlock {
  readonly globalGain: number;
  readonly maxSfb: number;
  /** Codebook of each band. */
  readonly books: readonly number[];
  readonly quantised: Int32Array;
  readonly spectrum: Float64Array;
  /** Bits that were read, `ID_END` included. */
  readonly bits: number;
}

/**
 * Reads AAC-LC as ISO/IEC 14496-3 subpart 4 says a decoder does: one channel, 8 kHz, long sine blocks. Slow and plain;
 * throws on anything else.
 */
export class AacDecoder {
  #overlap = new Float64Array(SAMPLES);

  /** The 1024 samples that a block completes. */
  decode(block: Uint8Array): Float64Array {
    const windowed = inverse(readBlock(block).spectrum);
    const samples = Float64Array.from(this.#overlap, (value, n) => value + (windowed[n] ?? 0));
    this.#overlap = windowed.slice(SAMPLES);
    return samples;
  }
}

/** Reads one raw_data_block (§4.4.2). */
export function readBlock(block: Uint8Array): AacBlock {
  const bits = new Bits(block);
  bits.expect(3, 0, 'ID_SCE');
  bits.read(4);
  const globalGain = bits.read(8);
  bits.expect(4, 0, 'ONLY_LONG_SEQUENCE with the sine window');
  const maxSfb = bits.read(6);
  bits.expect(1, 0, 'predictor_data_present');
  const books = readSections(bits, maxSfb);
  const scaleFactors = readScaleFactors(bits, books, globalGain);
  bits.expect(3, 0, 'pulse, TNS and gain control');
  const quantised = new Int32Array(SAMPLES);
  const spectrum = new Float64Array(SAMPLES);
  for (let band = 0; band < maxSfb; band += 1) {
    const book = books[band] ?? 0;
    if (book === 0) continue;
    const to = LONG_WINDOW_BANDS_8K[band + 1] ?? 0;
    for (let at = LONG_WINDOW_BANDS_8K[band] ?? 0; at < to;) {
      for (const value of readValues(bits, book)) {
        quantised[at] = value;
        spectrum[at] =
          Math.sign(value) * Math.abs(value) ** (4 / 3) * 2 ** (((scaleFactors[band] ?? 0) - 100) / 4);
        at += 1;
      }
    }
  }
  bits.expect(3, 7, 'ID_END');
  return { globalGain, maxSfb, books, quantised, spectrum, bits: bits.position };
}

function readSections(bits: Bits, maxSfb: number): number[] {
  const books: number[] = [];
  while (books.length < maxSfb) {
    const book = bits.read(4);
    let length = 0;
    let piece = bits.read(5);
    for (; piece === 31; piece = bits.read(5)) length += 31;
    length += piece;
    if (length === 0 || books.length + length > maxSfb || book > ESCAPE_BOOK)
      throw new Error('a wrong section');
    for (let i = 0; i < length; i += 1) books.push(book);
  }
  return books;
}

function readScaleFactors(bits: Bits, books: readonly number[], globalGain: number): number[] {
  let last = globalGain;
  return books.map((book) => {
    if (book === 0) return 0;
    last += readSymbol(bits, SCALE_FACTOR_CODEBOOK) - 60;
    if (last < 0 || last > 255) throw new Error('a wrong scale factor');
    return last;
  });
}

function readValues(bits: Bits, book: number): number[] {
  const figures = SPECTRAL_CODEBOOKS[book - 1];
  if (!figures) throw new Error('no such book');
  const { dimension, signed, largest } = figures;
  const base = signed ? 2 * largest + 1 : largest + 1;
  let symbol = readSymbol(bits, figures);
  const digits: number[] = [];
  for (let i = 0; i < dimension; i += 1) {
    digits.unshift(symbol % base);
    symbol = Math.floor(symbol / base);
  }
  if (signed) return digits.map((digit) => digit - largest);
  const signs = digits.map((digit) => (digit !== 0 && bits.read(1) === 1 ? -1 : 1));
  return digits.map(
    (digit, i) => (signs[i] ?? 1) * (book === ESCAPE_BOOK && digit === 16 ? readEscape(bits) : digit),
  );
}

function readEscape(bits: Bits): number {
  let width = 4;
  while (bits.read(1) === 1) width += 1;
  return 2 ** width + bits.read(width);
}

/** Walks a canonical code: codewords of one length count up, longer ones go on where they stopped. */
function readSymbol(
  bits: Bits,
  {
    codewordsOfLength,
    symbols,
  }: { readonly codewordsOfLength: readonly number[]; readonly symbols: readonly number[] },
): number {
  let word = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length < codewordsOfLength.length; length += 1) {
    word = word * 2 + bits.read(1);
    first *= 2;
    const count = codewordsOfLength[length] ?? 0;
    if (word - first < count) return symbols[index + word - first] ?? -1;
    first += count;
    index += count;
  }
  throw new Error('no such codeword');
}

/** Windowed output of the inverse transform (§4.6.11.3). */
function inverse(spectrum: Float64Array): Float64Array {
  const out = new Float64Array(2 * SAMPLES);
  for (let n = 0; n < out.length; n += 1) {
    let sum = 0;
    for (let k = 0; k < SAMPLES; k += 1) {
      const value = spectrum[k] ?? 0;
      if (value !== 0) sum += value * (COSINES[((2 * n + SAMPLES + 1) * (2 * k + 1)) % TURN] ?? 0);
    }
    out[n] = (sum / SAMPLES) * Math.sin((Math.PI * (n + 0.5)) / out.length);
  }
  return out;
}

class Bits {
  readonly #bytes: Uint8Array;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i += 1, this.position += 1) {
      const byte = this.#bytes[this.position >> 3];
      if (byte === undefined) throw new Error('the block ends too early');
      value = value * 2 + ((byte >> (7 - (this.position & 7))) & 1);
    }
    return value;
  }

  expect(count: number, value: number, what: string): void {
    if (this.read(count) !== value) throw new Error(`not ${what}`);
  }
}
