import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sequenceAfter, sequenceDistance } from '../../../../bff/src/media-engine/rtp/sequence.ts';

describe('RTP sequence numbers (RFC 3550 A.1, RFC 1982)', () => {
  const distances: readonly [from: number, to: number, distance: number][] = [
    [5, 5, 0],
    [5, 6, 1],
    [6, 5, -1],
    [65_535, 0, 1],
    [0, 65_535, -1],
    [0, 32_767, 32_767],
    [0, 32_768, -32_768],
    [65_000, 500, 1_036],
  ];
  for (const [from, to, distance] of distances) {
    it(`${String(to)} stands ${String(distance)} after ${String(from)}`, () => {
      assert.equal(sequenceDistance(from, to), distance);
    });
  }

  it('wrap at 65536', () => {
    assert.equal(sequenceAfter(65_535), 0);
    assert.equal(sequenceAfter(65_530, 10), 4);
  });

  it('are as far away as they were moved', () => {
    const number = fc.integer({ min: 0, max: 65_535 });
    fc.assert(
      fc.property(number, fc.integer({ min: -32_768, max: 32_767 }), (from, by) => {
        assert.equal(sequenceDistance(from, sequenceAfter(from, by)), by);
      }),
    );
  });
});
