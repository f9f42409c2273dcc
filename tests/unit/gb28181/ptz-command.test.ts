import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PTZ_DIRECTIONS, PTZ_LENS } from '../../../shared/src/index.ts';
import { ptzCommandHex } from '../../../bff/src/gb28181/ptz-command.ts';
import type { PtzCommand } from '../../../bff/src/gb28181/types.ts';
import { bodyOf, fixture, readDocument } from './fixture.ts';

const move = (
  name: (typeof PTZ_DIRECTIONS)[number] | (typeof PTZ_LENS)[number],
  speed: number,
): PtzCommand => ({
  do: 'move',
  move: name,
  speed,
});

/** GB/T 28181-2016 tables A.4 to A.7, with address 01. */
const ROWS: readonly (readonly [title: string, command: PtzCommand, hex: string])[] = [
  ['stop of pan, tilt and zoom', { do: 'stop', lens: false }, 'A50F0100000000B5'],
  ['stop of focus and iris', { do: 'stop', lens: true }, 'A50F0140000000F5'],
  ['right', move('right', 0x40), 'A50F0101400000F6'],
  ['left', move('left', 0x40), 'A50F0102400000F7'],
  ['down', move('down', 0x40), 'A50F0104004000F9'],
  ['up', move('up', 0x40), 'A50F0108004000FD'],
  ['right and down', move('downRight', 0x40), 'A50F01054040003A'],
  ['left and down', move('downLeft', 0x40), 'A50F01064040003B'],
  ['right and up', move('upRight', 0x40), 'A50F01094040003E'],
  ['left and up', move('upLeft', 0x40), 'A50F010A4040003F'],
  ['zoom in', move('zoomIn', 0x80), 'A50F011000008045'],
  ['zoom out', move('zoomOut', 0x80), 'A50F012000008055'],
  ['focus far', move('focusFar', 0x40), 'A50F014140000036'],
  ['focus near', move('focusNear', 0x40), 'A50F014240000037'],
  ['iris open', move('irisOpen', 0x40), 'A50F014400400039'],
  ['iris close', move('irisClose', 0x40), 'A50F01480040003D'],
];

describe('PTZCmd', () => {
  for (const [title, command, hex] of ROWS) {
    it(`${title} is ${hex}`, () => {
      assert.equal(ptzCommandHex(command), hex);
    });
  }

  it('agrees with the bytes of the message forms', () => {
    const sent = (file: string): string | undefined =>
      readDocument(bodyOf(fixture(`gb28181/${file}`))).element.textOf('PTZCmd');
    assert.equal(ptzCommandHex(move('right', 0x40)), sent('d1-ptz-right.sip'));
    assert.equal(ptzCommandHex({ do: 'stop', lens: false }), sent('d2-ptz-stop.sip'));
  });

  it('sums its first seven bytes modulo 256 into the eighth, for every movement and speed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PTZ_DIRECTIONS, ...PTZ_LENS),
        fc.integer({ min: -10, max: 999 }),
        (name, speed) => {
          const hex = ptzCommandHex(move(name, speed));
          assert.match(hex, /^A50F01[0-9A-F]{10}$/);
          const bytes = Buffer.from(hex, 'hex');
          assert.equal(bytes.subarray(0, 7).reduce((sum, byte) => sum + byte, 0) % 256, bytes[7]);
          assert.notEqual(bytes[3], 0);
          assert.ok((bytes[4] ?? 0) + (bytes[5] ?? 0) + (bytes[6] ?? 0) > 0, 'it has a speed');
        },
      ),
    );
  });

  it('keeps a slow zoom moving, and speeds within one byte', () => {
    assert.equal(ptzCommandHex(move('zoomIn', 3)).slice(12, 14), '10');
    assert.equal(ptzCommandHex(move('zoomIn', 255)).slice(12, 14), 'F0');
    assert.equal(ptzCommandHex(move('left', 1_000)).slice(8, 10), 'FF');
    assert.equal(ptzCommandHex(move('left', 0)).slice(8, 10), '01');
  });
});
