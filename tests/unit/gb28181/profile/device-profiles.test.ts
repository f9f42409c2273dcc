import assert from 'node:assert/strict';
import { DEFAULT_DEVICE_PROFILE, readDeviceProfile } from '../../../../shared/src/index.ts';
import { DeviceProfiles, type ProfileFacts } from '../../../../bff/src/gb28181/profile/device-profiles.ts';
import { VENDOR_QUIRKS } from '../../../../bff/src/gb28181/vendor-quirks.ts';

const CAMERA = '34020000001320000001';
const PLATFORM = '34020000002000000009';

function profiles(facts: Partial<ProfileFacts> = {}): DeviceProfiles {
  return new DeviceProfiles(() => ({ manufacturer: undefined, change: undefined, ...facts }));
}

describe('profile of a device', () => {
  it('is the default for a maker that nobody knows, one object for all', () => {
    const { vendor, profile } = profiles().resolve(CAMERA, 'IP Camera');
    assert.equal(vendor, undefined);
    assert.equal(profile, DEFAULT_DEVICE_PROFILE);
  });

  it('is learnt from the User-Agent, or from what DeviceInfo said: Huawei comes back by keepalives (Q4)', () => {
    const byAgent = profiles().resolve(CAMERA, 'x-hwdim/3.1');
    const byInfo = profiles({ manufacturer: 'HUAWEI' }).resolve(CAMERA, undefined);
    for (const { vendor, profile } of [byAgent, byInfo]) {
      assert.equal(vendor, 'Huawei');
      assert.equal(profile.keepaliveRevives, true);
    }
    const all = profiles();
    assert.equal(all.resolve(CAMERA, 'Huawei').profile, all.resolve(PLATFORM, 'Huawei').profile);
  });

  it('of a row for one kind of device holds for no other kind: Hikvision’s platforms (Q58)', () => {
    const known = profiles({ manufacturer: 'Hikvision' });
    assert.equal(known.resolve(PLATFORM, undefined).profile.ignoreNotifiedStatus, true);
    assert.equal(known.resolve(CAMERA, undefined).profile.ignoreNotifiedStatus, false);
  });

  it('is what the operator says wherever he says something', () => {
    const { learnt, profile } = profiles({ change: { keepaliveRevives: false, talk: 'talk' } }).resolve(
      CAMERA,
      'Huawei',
    );
    assert.equal(learnt.keepaliveRevives, true);
    assert.deepEqual([profile.keepaliveRevives, profile.talk, profile.offer], [false, 'talk', 'auto']);
  });

  it('of every maker is one that an operator could set', () => {
    for (const { vendor, profile } of VENDOR_QUIRKS) assert.ok(readDeviceProfile(profile).ok, vendor);
  });
});
