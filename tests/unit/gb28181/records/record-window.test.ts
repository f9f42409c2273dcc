import assert from 'node:assert/strict';
import fc from 'fast-check';
import { windowsOf } from '../../../../bff/src/gb28181/records/record-window.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Midnight in Beijing. */
const MIDNIGHT = Date.UTC(2026, 0, 13, 16);

describe('the days of a period', () => {
  it('are cut at local midnights, and end with their last second', () => {
    assert.deepEqual(windowsOf(MIDNIGHT - HOUR, MIDNIGHT + DAY + HOUR, 480), [
      { beginMs: MIDNIGHT - HOUR, endMs: MIDNIGHT - 1_000 },
      { beginMs: MIDNIGHT, endMs: MIDNIGHT + DAY - 1_000 },
      { beginMs: MIDNIGHT + DAY, endMs: MIDNIGHT + DAY + HOUR },
    ]);
  });

  it('cover the period in order, none longer than a day', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2e9 }),
        fc.integer({ min: 1, max: 40 * 86_400 }),
        fc.integer({ min: -720, max: 840 }),
        (beginS, lengthS, offset) => {
          const [begin, end] = [beginS * 1_000, (beginS + lengthS) * 1_000];
          const windows = windowsOf(begin, end, offset);
          assert.equal(windows[0]?.beginMs, begin);
          let at = begin;
          for (const { beginMs, endMs } of windows) {
            assert.ok(beginMs - at <= 1_000 && beginMs >= at);
            assert.ok(endMs >= beginMs - 1_000 && endMs - beginMs <= DAY);
            at = endMs;
          }
          assert.ok(end - at <= 1_000);
        },
      ),
    );
  });
});
