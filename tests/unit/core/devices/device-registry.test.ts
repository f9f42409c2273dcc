import assert from 'node:assert/strict';
import { DeviceRegistry } from '../../../../bff/src/core/devices/device-registry.ts';
import { aChannelRecord, aDeviceRecord } from '../../../support/core/records.ts';

describe('the registry of devices', () => {
  it('finds a device by id, gbId and serial, and the latest record of it', () => {
    const registry = new DeviceRegistry();
    registry.put(aDeviceRecord());
    const renamed = aDeviceRecord({ name: '大门' });
    registry.put(renamed);
    assert.equal(registry.size, 1);
    for (const found of [registry.byId(1), registry.byGbId(renamed.gbId), registry.bySerial(renamed.serial)])
      assert.equal(found, renamed);
    for (const none of [registry.byId(2), registry.byGbId(''), registry.bySerial('')])
      assert.equal(none, undefined);
  });

  it('lists devices in the order in which they were added, whatever changes', () => {
    const registry = new DeviceRegistry();
    const [a, b] = [aDeviceRecord(), aDeviceRecord({ id: 2, gbId: '34020000001320000002', serial: 'Q2' })];
    registry.put(a);
    registry.put(b);
    registry.put({ ...a, name: 'x' });
    assert.deepEqual(
      [...registry.all()].map(({ id }) => id),
      [1, 2],
    );
  });

  it('shows channels by number, hides the retired, and counts what is shown', () => {
    const registry = new DeviceRegistry();
    registry.put(aDeviceRecord());
    registry.setChannels(1, [aChannelRecord(3), aChannelRecord(1), aChannelRecord(2, { retired: true })]);
    assert.deepEqual(
      registry.channels(1).map(({ no }) => no),
      [1, 3],
    );
    assert.deepEqual(
      registry.allChannels(1).map(({ no }) => no),
      [1, 2, 3],
    );
    assert.equal(registry.channelCount, 2);
    registry.setChannels(1, [aChannelRecord(1)]);
    assert.equal(registry.channelCount, 1);
  });

  it('forgets a device with its channels; forgetting an unknown one is harmless', () => {
    const registry = new DeviceRegistry();
    const device = aDeviceRecord();
    registry.put(device);
    registry.setChannels(1, [aChannelRecord(1)]);
    registry.remove(1);
    registry.remove(1);
    assert.deepEqual([registry.size, registry.channelCount], [0, 0]);
    assert.equal(registry.byGbId(device.gbId), undefined);
    assert.equal(registry.bySerial(device.serial), undefined);
    assert.deepEqual(registry.channels(1), []);
  });
});
