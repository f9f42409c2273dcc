import { type CodebookFigures, SCALE_FACTOR_CODEBOOK, SPECTRAL_CODEBOOKS } from './aac-tables.ts';

/** Codeword and its length in bits, by symbol. */
export interface Codewords {
  readonly words: Uint32Array;
  readonly lengths: Uint8Array;
}

/** A spectral codebook ready for use. */
export interface SpectralCodebook
  extends Codewords, Pick<CodebookFigures, 'dimension' | 'signed' | 'largest'> {
  /** Bits of codeword and sign bits together, by symbol. */
  readonly costs: Uint8Array;
}

/** Gives codewords out in their order: canonical Huffman codes (ISO/IEC 14496-3 annex 4.A). */
export function assignCodewords({
  codewordsOfLength,
  symbols,
}: Pick<CodebookFigures, 'codewordsOfLength' | 'symbols'>): Codewords {
  const words = new Uint32Array(symbols.length);
  const lengths = new Uint8Array(symbols.length);
  let word = 0;
  let index = 0;
  codewordsOfLength.forEach((count, length) => {
    word *= 2;
    for (const symbol of symbols.slice(index, index + count)) {
      words[symbol] = word;
      lengths[symbol] = length;
      word += 1;
    }
    index += count;
  });
  return { words, lengths };
}

function spectralCodebook(figures: CodebookFigures): SpectralCodebook {
  const { dimension, signed, largest } = figures;
  const codewords = assignCodewords(figures);
  const base = signed ? 2 * largest + 1 : largest + 1;
  const costs = codewords.lengths.map((length, symbol) => {
    if (signed) return length;
    let signs = 0;
    for (let i = 0, rest = symbol; i < dimension; i += 1, rest = Math.floor(rest / base)) {
      if (rest % base !== 0) signs += 1;
    }
    return length + signs;
  });
  return { ...codewords, dimension, signed, largest, costs };
}

/** Books 1 to 11; book n stands at n − 1. */
export const SPECTRAL_BOOKS: readonly SpectralCodebook[] = SPECTRAL_CODEBOOKS.map(spectralCodebook);

/** The book of scale factor differences, −60 to 60, at difference + 60. */
export const SCALE_FACTOR_BOOK: Codewords = assignCodewords(SCALE_FACTOR_CODEBOOK);
