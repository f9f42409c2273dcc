import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BitWriter } from '../../../../bff/src/media-engine/audio/bit-writer.ts';
import {
  Mdct,
  MDCT_COEFFICIENTS,
  MDCT_WINDOW,
  SINE_WINDOW,
} from '../../../../bff/src/media-engine/audio/mdct.ts';
import {
  BAND_STARTS,
  BANDS,
  SectionPlanner,
} from '../../../../bff/src/media-engine/audio/section-planner.ts';
import { SPECTRAL_BOOKS } from '../../../../bff/src/media-engine/audio/codebook.ts';

describe('the transform of long blocks (ISO/IEC 14496-3 §4.6.11.3)', () => {
  it('is what its formula says, at every frequency', () => {
    const input = Float64Array.from({ length: MDCT_WINDOW }, (_, n) => 1_000 * Math.sin(n * n * 0.0131 + 3));
    const coefficients = new Float64Array(MDCT_COEFFICIENTS);
    new Mdct().forward(input, coefficients);
    for (let k = 0; k < MDCT_COEFFICIENTS; k += 37) {
      let sum = 0;
      for (let n = 0; n < MDCT_WINDOW; n += 1) {
        sum += 2 * (input[n] ?? 0) * Math.cos(((2 * Math.PI) / MDCT_WINDOW) * (n + 512.5) * (k + 0.5));
      }
      assert.ok(Math.abs(sum - (coefficients[k] ?? 0)) < 1e-6, `coefficient ${String(k)}`);
    }
  });

  it('has a window whose halves add up to one in power (Princen–Bradley)', () => {
    for (let n = 0; n < MDCT_COEFFICIENTS; n += 1) {
      const power = (SINE_WINDOW[n] ?? 0) ** 2 + (SINE_WINDOW[n + MDCT_COEFFICIENTS] ?? 0) ** 2;
      assert.ok(Math.abs(power - 1) < 1e-12);
    }
  });
});

describe('bits that are written', () => {
  it('are the bits that were given, in order, and zeros to the next byte', () => {
    const piece = fc
      .integer({ min: 0, max: 32 })
      .chain((count) => fc.tuple(fc.constant(count), fc.nat(0xffff_ffff)));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 50 }), (pieces) => {
        const writer = new BitWriter(256);
        let expected = '';
        for (const [count, value] of pieces) {
          writer.write(value, count);
          expected += (value >>> 0)
            .toString(2)
            .padStart(32, '0')
            .slice(32 - count);
        }
        assert.equal(writer.bits, expected.length);
        const read = [...writer.take()].map((byte) => byte.toString(2).padStart(8, '0')).join('');
        assert.equal(read, expected.padEnd(Math.ceil(expected.length / 8) * 8, '0'));
      }),
    );
  });

  it('begin anew after a reset', () => {
    const writer = new BitWriter(4);
    writer.write(0xff, 8);
    writer.reset();
    writer.write(1, 3);
    assert.deepEqual([...writer.take()], [0b0010_0000]);
  });
});

describe('the plan of codebooks for a spectrum (ISO/IEC 14496-3 §4.6.3)', () => {
  const cost = (quantised: Int32Array, band: number, number: number): number => {
    const from = BAND_STARTS[band] ?? 0;
    const to = BAND_STARTS[band + 1] ?? 0;
    const values = quantised.subarray(from, to);
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (number === 0) return largest === 0 ? 0 : Infinity;
    const book = SPECTRAL_BOOKS[number - 1];
    assert.ok(book);
    if (largest > book.largest && number !== 11) return Infinity;
    let bits = largest === 0 ? 1 : 0;
    const base = book.signed ? 2 * book.largest + 1 : book.largest + 1;
    for (let at = 0; at < values.length; at += book.dimension) {
      let symbol = 0;
      for (const value of values.subarray(at, at + book.dimension)) {
        symbol =
          symbol * base + (book.signed ? value + book.largest : Math.min(book.largest, Math.abs(value)));
        if (number === 11 && Math.abs(value) >= 16) bits += 2 * Math.floor(Math.log2(Math.abs(value))) - 3;
      }
      bits += book.costs[symbol] ?? 0;
    }
    return bits;
  };

  it('takes the fewest bits of all plans', () => {
    const level = fc.constantFrom(0, 0, 1, 1, 2, 4, 7, 12, 40, 8_191);
    fc.assert(
      fc.property(fc.array(level, { minLength: 1, maxLength: 4 }), fc.nat(1_000), (levels, seed) => {
        const quantised = new Int32Array(1_024);
        let state = seed;
        levels.forEach((most, band) => {
          for (let i = BAND_STARTS[band] ?? 0; i < (BAND_STARTS[band + 1] ?? 0); i += 1) {
            state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
            quantised[i] = Math.round((state / 0xffff_ffff - 0.5) * 2 * most);
          }
        });
        const planner = new SectionPlanner();
        const planned = planner.plan(quantised, levels.length);
        let best = Infinity;
        const walk = (band: number, last: number, bits: number): void => {
          if (bits >= best) return;
          if (band === levels.length) {
            best = bits;
            return;
          }
          for (let book = 0; book <= 11; book += 1) {
            walk(band + 1, book, bits + cost(quantised, band, book) + (book === last ? 0 : 9));
          }
        };
        walk(0, -1, 0);
        assert.equal(planned, best);
      }),
      { numRuns: 60 },
    );
  });

  it('of nothing is nothing', () => {
    assert.equal(new SectionPlanner().plan(new Int32Array(1_024), 0), 0);
    const planner = new SectionPlanner();
    assert.equal(planner.plan(new Int32Array(1_024), BANDS), 9);
    assert.ok(planner.books.every((book) => book === 0));
  });
});
