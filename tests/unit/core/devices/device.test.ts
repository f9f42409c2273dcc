import assert from 'node:assert/strict';
import { newSerial } from '../../../../bff/src/core/devices/serial.ts';
import { canTurn } from '../../../../bff/src/core/index.ts';
import { SystemRandom } from '../../../../bff/src/kernel/index.ts';

describe('whether a camera can be steered', () => {
  // PTZType of the catalogue, GB/T 28181-2016 annex A.2.5 and -2022 annex A.2.5.
  const rows: readonly [string, number | undefined, boolean][] = [
    ['not said', undefined, true],
    ['unknown', 0, true],
    ['dome', 1, true],
    ['half dome', 2, false],
    ['fixed', 3, false],
    ['fixed with remote control', 4, true],
    ['half dome with remote control', 5, true],
    ['several lenses, panorama', 6, false],
    ['several lenses, detail', 7, false],
    ['of a later edition', 99, false],
  ];
  for (const [what, ptzType, turns] of rows) {
    it(`is ${turns ? 'yes' : 'no'} for a PTZType ${String(ptzType)} (${what})`, () => {
      assert.equal(canTurn(ptzType), turns);
    });
  }
});

describe('a device serial', () => {
  it('is nine of A to Z without I and O, and 0 to 9, a letter first', () => {
    const serials = Array.from({ length: 2_000 }, () => newSerial(new SystemRandom()));
    for (const serial of serials) assert.match(serial, /^[A-HJ-NP-Z][0-9A-HJ-NP-Z]{8}$/);
    assert.equal(new Set(serials).size, serials.length);
  });
});
