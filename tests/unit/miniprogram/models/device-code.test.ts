import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  cameraCodeText,
  isAccessToken,
  readCameraCode,
  readChannelNo,
  readSerial,
} from '../../../../miniprogram/src/models/device-code.ts';

const GB_ID = '34020000001320000001';

describe('serial and channel, as the form takes them', () => {
  const RIGHT: readonly (readonly [string, string, number])[] = [
    ['123456789:1', '123456789', 1],
    ['C78957921:12', 'C78957921', 12],
    ['C78957921:999', 'C78957921', 999],
    ['c78957921:1', 'C78957921', 1],
    [' C78957921 : 1 ', 'C78957921', 1],
    ['C78957921：1', 'C78957921', 1],
    ['C78957921:01', 'C78957921', 1],
    [GB_ID, GB_ID, 1],
    [`${GB_ID}:4`, GB_ID, 4],
  ];
  for (const [text, deviceSerial, channelNo] of RIGHT) {
    it(`takes ${JSON.stringify(text)}`, () => {
      assert.deepEqual(readCameraCode(text), { deviceSerial, channelNo });
    });
  }

  const WRONG = [
    '',
    ':',
    '123456789',
    '123456789:',
    '123456789:0',
    '123456789:1000',
    '123456789:1:1',
    '12345678:1',
    '1234567890:1',
    '12345678-:1',
    `${GB_ID}1`,
    `${GB_ID}:${GB_ID}`,
    'C7895792１:1',
    '123456789:-1',
    '123456789:1.5',
  ];
  for (const text of WRONG) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(readCameraCode(text), undefined);
    });
  }

  it('what is taken comes back the same from its own text', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Z0-9]{9}$/),
        fc.integer({ min: 1, max: 999 }),
        (deviceSerial, channelNo) => {
          const camera = { deviceSerial, channelNo };
          assert.deepEqual(readCameraCode(cameraCodeText(camera)), camera);
        },
      ),
    );
  });

  it('no text makes it throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        readCameraCode(text);
        readSerial(text);
        readChannelNo(text);
        isAccessToken(text);
      }),
    );
  });
});

describe('an access token', () => {
  it('has exactly 64 characters, none of them blank', () => {
    assert.equal(isAccessToken('a'.repeat(64)), true);
    assert.equal(isAccessToken('a'.repeat(63)), false);
    assert.equal(isAccessToken('a'.repeat(65)), false);
    assert.equal(isAccessToken(`${'a'.repeat(63)} `), false);
    assert.equal(isAccessToken(''), false);
  });
});
