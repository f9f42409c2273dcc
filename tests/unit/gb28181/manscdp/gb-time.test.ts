import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readGbTime, writeGbTime } from '../../../../bff/src/gb28181/manscdp/gb-time.ts';

const AT = Date.UTC(2026, 0, 14, 1, 12, 3);

describe('times of devices (GB/T 28181-2016 annex A.2.1)', () => {
  const forms: readonly (readonly [text: string, whose: string])[] = [
    ['2026-01-14T09:12:03', 'the standard'],
    ['2026-01-14 09:12:03', 'a blank'],
    ['2026-1-14T9:12:3', 'single digits (Q25)'],
    ['2026-01-14T09:12:03+08:00', 'a zone (Q25, UNISINSIGHT)'],
    ['2026-01-14T01:12:03Z', 'UTC'],
    ['2026-01-14T09:12:03.500', 'a fraction (Q25)'],
    ['20260114091203', 'no separators'],
    ['20260114T091203', 'ISO 8601 basic'],
    ['2026/01/14 09:12:03', 'slashes'],
  ];
  for (const [text, whose] of forms)
    it(`are read as ${whose} has them: ${text} (Q25)`, () => {
      assert.equal(readGbTime(text), AT);
    });

  it('are local where the device is', () => {
    assert.equal(readGbTime('2026-01-14T10:12:03', 540), AT);
    assert.equal(writeGbTime(AT, 540), '2026-01-14T10:12:03');
  });

  it('of another form are none', () => {
    for (const text of [
      '',
      'now',
      '2026-13-14T00:00:00',
      '2026-01-14',
      '2026-01-14T25:00:00',
      'x'.repeat(100),
    ])
      assert.equal(readGbTime(text), undefined, text);
    assert.equal(readGbTime(undefined), undefined);
  });

  it('read as they were written, to the second', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_102_444_800 }),
        fc.integer({ min: -720, max: 840 }),
        (seconds, offset) => {
          assert.equal(readGbTime(writeGbTime(seconds * 1_000, offset), offset), seconds * 1_000);
        },
      ),
    );
  });

  it('never trip, whatever stands there', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const read = readGbTime(text);
        assert.ok(read === undefined || Number.isFinite(read));
      }),
    );
  });
});
