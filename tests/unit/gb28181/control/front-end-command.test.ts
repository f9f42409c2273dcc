import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FrontEndCommand, LensSteering, PtzSteering } from '../../../../shared/src/index.ts';
import { frontEndCommandHex } from '../../../../bff/src/gb28181/control/front-end-command.ts';
import { frontEndFrame } from '../../../../bff/src/gb28181/control/front-end-frame.ts';
import { ptzCommandHex } from '../../../../bff/src/gb28181/ptz-command.ts';

/** GB/T 28181-2016 tables A.8 to A.11, with address 01. */
const ROWS: readonly (readonly [title: string, command: FrontEndCommand, hex: string])[] = [
  ['preset 1 set', { do: 'preset-set', preset: 1 }, 'A50F018100010037'],
  ['preset 1 called', { do: 'preset-call', preset: 1 }, 'A50F018200010038'],
  ['preset 1 deleted', { do: 'preset-delete', preset: 1 }, 'A50F018300010039'],
  ['cruise 1: add preset 2', { do: 'cruise-add-point', cruise: 1, preset: 2 }, 'A50F01840102003C'],
  ['cruise 1: delete preset 2', { do: 'cruise-delete-point', cruise: 1, preset: 2 }, 'A50F01850102003D'],
  ['cruise 1: delete whole track', { do: 'cruise-delete', cruise: 1 }, 'A50F01850100003B'],
  ['cruise 1: speed 100', { do: 'cruise-speed', cruise: 1, speed: 100 }, 'A50F0186016400A0'],
  ['cruise 1: stay 300 s', { do: 'cruise-dwell', cruise: 1, seconds: 300 }, 'A50F0187012C1079'],
  ['cruise 1: start', { do: 'cruise-start', cruise: 1 }, 'A50F01880100003E'],
  ['cruise: stop', { do: 'cruise-stop' }, 'A50F0100000000B5'],
  ['scan 1: start', { do: 'scan-start', scan: 1 }, 'A50F01890100003F'],
  ['scan 1: left edge here', { do: 'scan-left-edge', scan: 1 }, 'A50F018901010040'],
  ['scan 1: right edge here', { do: 'scan-right-edge', scan: 1 }, 'A50F018901020041'],
  ['scan 1: speed 64', { do: 'scan-speed', scan: 1, speed: 64 }, 'A50F018A01400080'],
  ['scan: stop', { do: 'scan-stop' }, 'A50F0100000000B5'],
  ['switch 1 on (wiper)', { do: 'switch', number: 1, on: true }, 'A50F018C01000042'],
  ['switch 1 off', { do: 'switch', number: 1, on: false }, 'A50F018D01000043'],
];

/** Note 2 under table A.4 of 2016, table A.5 of 2022: byte 5 pans, byte 6 tilts, the upper half of byte 7 zooms. */
const STEERING: readonly (readonly [title: string, command: PtzSteering | LensSteering, hex: string])[] = [
  ['right', { do: 'steer', pan: 'right', panSpeed: 0x40 }, 'A50F0101400000F6'],
  ['up', { do: 'steer', tilt: 'up', tiltSpeed: 0x40 }, 'A50F0108004000FD'],
  ['zoom in', { do: 'steer', zoom: 'in', zoomSpeed: 8 }, 'A50F011000008045'],
  [
    'left and down',
    { do: 'steer', pan: 'left', tilt: 'down', panSpeed: 0x40, tiltSpeed: 0x40 },
    'A50F01064040003B',
  ],
  [
    'right, up and zoom out, each at a speed of its own',
    { do: 'steer', pan: 'right', tilt: 'up', zoom: 'out', panSpeed: 0x10, tiltSpeed: 0x20, zoomSpeed: 3 },
    'A50F01291020303E',
  ],
  ['focus far', { do: 'steer-lens', focus: 'far', focusSpeed: 0x40 }, 'A50F014140000036'],
  ['iris closed', { do: 'steer-lens', iris: 'close', irisSpeed: 0x40 }, 'A50F01480040003D'],
  [
    'focus near and iris open',
    { do: 'steer-lens', focus: 'near', iris: 'open', focusSpeed: 0x11, irisSpeed: 0x22 },
    'A50F01461122002E',
  ],
];

describe('PTZCmd of presets, cruises, scans and switches', () => {
  for (const [title, command, hex] of ROWS) {
    it(`${title} is ${hex}`, () => {
      assert.equal(frontEndCommandHex(command), hex);
    });
  }

  for (const [title, command, hex] of STEERING) {
    it(`steering: ${title} is ${hex}`, () => {
      assert.equal(ptzCommandHex(command), hex);
    });
  }

  it('has no preset 0, which is reserved, and would mean a whole cruise', () => {
    for (const word of ['preset-set', 'preset-call', 'preset-delete'] as const)
      assert.throws(() => frontEndCommandHex({ do: word, preset: 0 }), RangeError);
    assert.throws(() => frontEndCommandHex({ do: 'cruise-delete-point', cruise: 1, preset: 0 }), RangeError);
  });

  it('sums the first seven bytes modulo 256 into the eighth and keeps every value in its place', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(byte, byte, byte, fc.integer({ min: 0, max: 15 }), (command, five, six, seven) => {
        const hex = frontEndFrame(command, five, six, seven);
        assert.match(hex, /^[0-9A-F]{16}$/);
        const bytes = [...Buffer.from(hex, 'hex')];
        assert.deepEqual(bytes.slice(0, 7), [0xa5, 0x0f, 0x01, command, five, six, seven << 4]);
        assert.equal(bytes[7], bytes.slice(0, 7).reduce((sum, value) => sum + value, 0) % 256);
      }),
    );
  });

  it('spreads twelve bits over byte 6 and the upper half of byte 7', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_095 }), fc.integer({ min: 0, max: 255 }), (value, no) => {
        for (const command of [
          { do: 'cruise-speed', cruise: no, speed: value },
          { do: 'cruise-dwell', cruise: no, seconds: value },
          { do: 'scan-speed', scan: no, speed: value },
        ] as const) {
          const bytes = Buffer.from(frontEndCommandHex(command), 'hex');
          assert.equal(bytes.readUInt8(4), no);
          assert.equal(bytes.readUInt8(5) | ((bytes.readUInt8(6) >> 4) << 8), value);
        }
      }),
    );
  });

  it('refuses what its place does not hold, rather than sending something else', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 256 }), fc.integer({ max: -1 }), fc.double({ noInteger: true })),
        (bad) => {
          assert.throws(() => frontEndCommandHex({ do: 'preset-call', preset: bad }), RangeError);
          assert.throws(() => frontEndCommandHex({ do: 'cruise-start', cruise: bad }), RangeError);
          assert.throws(() => frontEndCommandHex({ do: 'switch', number: bad, on: true }), RangeError);
        },
      ),
    );
    assert.throws(() => frontEndCommandHex({ do: 'cruise-speed', cruise: 1, speed: 4_096 }), RangeError);
  });
});
