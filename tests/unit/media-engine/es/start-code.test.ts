import assert from 'node:assert/strict';
import fc from 'fast-check';
import { indexOfStartCodePrefix, isStartCodePrefix } from '../../../../bff/src/media-engine/es/start-code.ts';

function naive(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at + 3 <= end; at += 1) {
    if (bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 1) return at;
  }
  return -1;
}

describe('a start code prefix (ITU-T H.264 annex B, ISO/IEC 13818-1 §2.4.3.6)', () => {
  it('is three bytes, 00 00 01', () => {
    const bytes = Buffer.from([0, 0, 0, 1, 0, 0]);
    assert.deepEqual(
      [0, 1, 2, 3].map((at) => isStartCodePrefix(bytes, at)),
      [false, true, false, false],
    );
  });

  it('is found where a byte by byte search finds it, in short and long pieces, within the bounds', () => {
    const rare = fc.constantFrom(0, 0, 1, 2, 0xff);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(rare, { maxLength: 400 }).map((values) => Uint8Array.from(values)),
      fc
        .tuple(fc.nat(600), fc.nat(600))
        .map(([before, after]) =>
          Buffer.concat([Buffer.alloc(before, 7), Buffer.from([0, 0, 1]), Buffer.alloc(after, 9)]),
        ),
    );
    fc.assert(
      fc.property(bytes, fc.nat(50), fc.nat(50), (whole, skip, cut) => {
        const from = Math.min(skip, whole.length);
        const end = Math.max(from, whole.length - cut);
        assert.equal(indexOfStartCodePrefix(whole, from, end), naive(whole, from, end));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is found in a view of a larger buffer, and nothing behind the view is', () => {
    const whole = Buffer.concat([Buffer.alloc(10, 5), Buffer.alloc(500, 5), Buffer.from([0, 0, 1])]);
    assert.equal(indexOfStartCodePrefix(whole.subarray(10), 0, 503), 500);
    assert.equal(indexOfStartCodePrefix(whole.subarray(10, 512), 0, 502), -1);
  });
});
