import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chinaTime } from '../../../../../bff/src/http/dialects/ezviz/china-time.ts';
import { MAX_SPEED, moveOf, speedOf } from '../../../../../bff/src/http/dialects/ezviz/ptz-mapping.ts';

describe('China time', () => {
  const rows: readonly [string, string][] = [
    ['2020-11-13T13:53:13.000Z', '2020-11-13 21:53:13'],
    ['2020-12-31T16:00:00.000Z', '2021-01-01 00:00:00'],
    ['2024-02-28T16:00:00.999Z', '2024-02-29 00:00:00'],
    ['1970-01-01T00:00:00.000Z', '1970-01-01 08:00:00'],
    // Daylight saving, as China had it from 1986 to 1991, is not used.
    ['1988-07-01T00:00:00.000Z', '1988-07-01 08:00:00'],
  ];
  for (const [utc, china] of rows) {
    it(`is ${china} at ${utc}`, () => {
      assert.equal(chinaTime(Date.parse(utc)), china);
    });
  }

  it('is eight hours ahead of UTC, in whole seconds, always', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (ms) => {
        assert.equal(Date.parse(`${chinaTime(ms).replace(' ', 'T')}+08:00`), Math.floor(ms / 1_000) * 1_000);
      }),
    );
  });
});

describe('directions and speeds', () => {
  it('have two to the left before two to the right among the slanting ones', () => {
    assert.deepEqual([4, 5, 6, 7].map(moveOf), ['upLeft', 'downLeft', 'upRight', 'downRight']);
    for (const direction of [-1, 12, 16, 99]) assert.equal(moveOf(direction), undefined);
  });

  it('have no speed outside the byte of GB/T 28181, slow before middle before fast', () => {
    for (let speed = 0; speed <= MAX_SPEED; speed += 1)
      assert.ok(speedOf(speed) >= 1 && speedOf(speed) <= 255);
    assert.ok(speedOf(0) < speedOf(1) && speedOf(1) < speedOf(2));
    for (let speed = 4; speed <= MAX_SPEED; speed += 1) assert.ok(speedOf(speed - 1) < speedOf(speed));
    assert.equal(speedOf(99), speedOf(1));
  });
});
