import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DEFAULT_DEVICE_PROFILE, readDeviceProfile } from '../../../shared/src/index.ts';

describe('reading a device profile', () => {
  it('takes a whole one and a part of one', () => {
    assert.deepEqual(readDeviceProfile(DEFAULT_DEVICE_PROFILE), { ok: true, change: DEFAULT_DEVICE_PROFILE });
    const change = { mediaTransports: ['tcp-passive', 'udp'], keepaliveIntervalS: 20, talk: 'talk' };
    assert.deepEqual(readDeviceProfile(change), { ok: true, change });
    assert.deepEqual(readDeviceProfile({}), { ok: true, change: {} });
  });

  const WRONG: readonly (readonly [string, unknown])[] = [
    ['keepaliveIntervalS', 4],
    ['keepaliveIntervalS', 3_601],
    ['keepaliveIntervalS', 20.5],
    ['keepaliveIntervalS', '20'],
    ['utcOffsetMin', 841],
    ['keepaliveMisses', 21],
    ['talk', 'shout'],
    ['tellTime', 'yes'],
    ['mediaTransports', ['udp', 'udp']],
    ['mediaTransports', ['sctp']],
    ['mediaTransports', 'udp'],
    ['nothing', true],
    ['constructor', true],
    ['__proto__x', 1],
  ];
  for (const [field, value] of WRONG)
    it(`refuses ${field} = ${JSON.stringify(value)} and names it`, () => {
      assert.deepEqual(readDeviceProfile({ [field]: value }), { ok: false, field });
    });

  it('refuses what is no object, and never throws', () => {
    for (const value of [null, 1, 'a', [], undefined]) assert.equal(readDeviceProfile(value).ok, false);
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const read = readDeviceProfile(value);
        if (read.ok) assert.deepEqual(readDeviceProfile(read.change), read);
      }),
    );
  });
});
