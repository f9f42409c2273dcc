import assert from 'node:assert/strict';
import {
  LONG_WINDOW_BANDS_8K,
  SCALE_FACTOR_CODEBOOK,
  SPECTRAL_CODEBOOKS,
} from '../../../../bff/src/media-engine/audio/aac-tables.ts';
import {
  type assignCodewords,
  SCALE_FACTOR_BOOK,
  SPECTRAL_BOOKS,
} from '../../../../bff/src/media-engine/audio/codebook.ts';

const text = (word: number, length: number): string => word.toString(2).padStart(length, '0');

function codewordsOf({ words, lengths }: ReturnType<typeof assignCodewords>): string[] {
  return Array.from(lengths, (length, symbol) => text(words[symbol] ?? 0, length));
}

const BOOKS: readonly [string, ReturnType<typeof assignCodewords>, number][] = [
  ...SPECTRAL_BOOKS.map((book, index): (typeof BOOKS)[number] => {
    const base = book.signed ? 2 * book.largest + 1 : book.largest + 1;
    return [`spectral codebook ${String(index + 1)}`, book, base ** book.dimension];
  }),
  ['the scale factor codebook', SCALE_FACTOR_BOOK, 121],
];

describe('the codebooks of AAC (ISO/IEC 14496-3 tables 4.A.1 to 4.A.12)', () => {
  for (const [title, book, size] of BOOKS) {
    it(`${title} has a codeword for each of its ${String(size)} symbols`, () => {
      assert.equal(book.lengths.length, size);
      assert.ok(book.lengths.every((length) => length >= 1 && length <= 19));
    });

    it(`${title} is complete: the sum of 2^−length is 1 (Kraft)`, () => {
      let sum = 0;
      for (const length of book.lengths) sum += 2 ** -length;
      assert.equal(sum, 1);
    });

    it(`${title} has no codeword that begins another`, () => {
      const sorted = codewordsOf(book).sort();
      for (let i = 1; i < sorted.length; i += 1) assert.ok(!sorted[i]?.startsWith(sorted[i - 1] ?? ''));
    });
  }

  it('name each symbol once', () => {
    for (const { symbols } of [...SPECTRAL_CODEBOOKS, SCALE_FACTOR_CODEBOOK]) {
      assert.deepEqual(
        [...symbols].sort((a, b) => a - b),
        symbols.map((_, index) => index),
      );
    }
  });

  /** Codewords as they stand in the standard: book, values or difference, codeword. */
  const known: readonly [number, number[], string][] = [
    [1, [0, 0, 0, 0], '0'],
    [1, [1, 0, 0, 0], '10000'],
    [2, [0, 0, 0, 0], '000'],
    [3, [0, 0, 0, 0], '0'],
    [4, [1, 1, 1, 1], '0000'],
    [5, [0, 0], '0'],
    [6, [0, 0], '0000'],
    [7, [0, 0], '0'],
    [7, [1, 0], '100'],
    [7, [0, 1], '101'],
    [8, [1, 1], '000'],
    [9, [0, 0], '0'],
    [10, [1, 1], '0000'],
    [11, [0, 0], '0000'],
    [11, [16, 16], '00100'],
  ];
  for (const [number, values, codeword] of known) {
    it(`book ${String(number)} writes ${values.join(', ')} as ${codeword}`, () => {
      const book = SPECTRAL_BOOKS[number - 1];
      assert.ok(book);
      const base = book.signed ? 2 * book.largest + 1 : book.largest + 1;
      const symbol = values.reduce(
        (sum, value) => sum * base + (book.signed ? value + book.largest : value),
        0,
      );
      assert.equal(text(book.words[symbol] ?? 0, book.lengths[symbol] ?? 0), codeword);
    });
  }

  it('write an unchanged scale factor as 0, one less as 100, one more as 1010', () => {
    assert.deepEqual(
      [60, 59, 61].map((symbol) =>
        text(SCALE_FACTOR_BOOK.words[symbol] ?? 0, SCALE_FACTOR_BOOK.lengths[symbol] ?? 0),
      ),
      ['0', '100', '1010'],
    );
  });

  it('cost the sign bits that follow a codeword too', () => {
    const book = SPECTRAL_BOOKS[6];
    assert.ok(book);
    assert.deepEqual([book.costs[0], book.costs[8], book.costs[9]], [1, 3 + 1, 4 + 2]);
    const signed = SPECTRAL_BOOKS[0];
    assert.deepEqual(signed?.costs, signed?.lengths);
  });

  it('serve 40 bands of a long window at 8 kHz, each a whole number of codewords wide', () => {
    assert.equal(LONG_WINDOW_BANDS_8K.length, 41);
    assert.equal(LONG_WINDOW_BANDS_8K.at(-1), 1024);
    for (let i = 1; i < LONG_WINDOW_BANDS_8K.length; i += 1) {
      const width = (LONG_WINDOW_BANDS_8K[i] ?? 0) - (LONG_WINDOW_BANDS_8K[i - 1] ?? 0);
      assert.ok(width > 0 && width % 4 === 0);
    }
  });
});
