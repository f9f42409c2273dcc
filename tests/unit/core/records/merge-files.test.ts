import assert from 'node:assert/strict';
import fc from 'fast-check';
import { daysOf, segmentsOf } from '../../../../bff/src/core/records/merge-files.ts';

const HOUR = 3_600_000;
const files = (...pairs: readonly (readonly [number, number])[]): { beginMs: number; endMs: number }[] =>
  pairs.map(([beginMs, endMs]) => ({ beginMs, endMs }));

describe('stretches without a break', () => {
  it('are files that follow one another, with a second between them or overlapping, cut to the period', () => {
    const found = segmentsOf(
      files([5_000, 9_000], [0, 4_000], [8_000, 12_000], [20_000, 30_000], [40_000, 50_000]),
      1_000,
      25_000,
    );
    assert.deepEqual(found, files([1_000, 12_000], [20_000, 25_000]));
  });

  it('are in order, apart, within the period, and cover every file of it', () => {
    const file = fc
      .tuple(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 1e5 }))
      .map(([beginMs, length]) => ({ beginMs, endMs: beginMs + length }));
    fc.assert(
      fc.property(fc.array(file), (all) => {
        const found = segmentsOf(all, 100_000, 900_000);
        for (const [index, { beginMs, endMs }] of found.entries()) {
          assert.ok(beginMs >= 100_000 && endMs <= 900_000 && endMs > beginMs);
          const before = found[index - 1];
          if (before) assert.ok(beginMs - before.endMs > 2_000);
        }
        for (const { beginMs, endMs } of all) {
          const [from, to] = [Math.max(beginMs, 100_000), Math.min(endMs, 900_000)];
          if (to > from) assert.ok(found.some((one) => one.beginMs <= from && one.endMs >= to));
        }
      }),
    );
  });

  it('lie on local days', () => {
    const midnight = Date.UTC(2026, 0, 13, 16);
    const days = daysOf(
      files([midnight - HOUR, midnight + HOUR], [midnight + 30 * HOUR, midnight + 31 * HOUR]),
      8 * HOUR,
    );
    assert.deepEqual(days, [midnight - 24 * HOUR, midnight, midnight + 24 * HOUR]);
  });
});
