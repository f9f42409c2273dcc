import assert from 'node:assert/strict';
import type { Camera } from '../../../../bff/src/core/index.ts';
import { CoreError } from '../../../../bff/src/kernel/index.ts';
import { CHANNEL_GB_ID, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';
import { hasCode } from '../../../support/core/has-code.ts';

const fixed = (camera: Camera): Camera => ({ ...camera, channel: { ...camera.channel, ptzType: 3 } });
const away = (camera: Camera): Camera => ({ ...camera, channel: { ...camera.channel, online: false } });

describe('control of cameras and devices', () => {
  it('goes to the channel or to the device, and says whether it was sent or done', async () => {
    const bench = await coreOnFakes();
    const { core, control } = bench;
    const camera = await bench.addCamera();
    assert.deepEqual(await core.control.patrol(camera, { do: 'cruise-start', cruise: 1 }), {
      outcome: 'sent',
    });
    assert.deepEqual(await core.control.camera(camera, { do: 'guard', on: true }), { outcome: 'done' });
    await core.control.device(camera.device, { do: 'reboot' });
    assert.deepEqual(control.orders, [
      { target: CHANNEL_GB_ID, command: { do: 'cruise-start', cruise: 1 } },
      { target: CHANNEL_GB_ID, command: { do: 'guard', on: true } },
      { target: GB_ID, command: { do: 'reboot' } },
    ]);
  });

  it('sends nothing that is out of its range, nor to a camera that is away or does not turn', async () => {
    const bench = await coreOnFakes();
    const { core, control, signalling } = bench;
    const camera = await bench.addCamera();
    const refused = async (order: Promise<unknown>, code: CoreError['code']): Promise<void> => {
      await assert.rejects(order, hasCode(code));
    };
    await refused(
      core.control.patrol(camera, { do: 'cruise-speed', cruise: 1, speed: 4_096 }),
      'INVALID_ARGUMENT',
    );
    await refused(core.control.patrol(camera, { do: 'switch', number: 256, on: true }), 'INVALID_ARGUMENT');
    await refused(core.control.camera(camera, { do: 'precise', tilt: 91 }), 'INVALID_ARGUMENT');
    await refused(core.control.camera(camera, { do: 'precise' }), 'INVALID_ARGUMENT');
    await refused(core.control.camera(camera, { do: 'track', mode: 'manual' }), 'INVALID_ARGUMENT');
    await refused(core.control.device(camera.device, { do: 'format-sd-card', card: -1 }), 'INVALID_ARGUMENT');
    await refused(
      core.control.patrol(fixed(camera), { do: 'scan-start', scan: 1 }),
      'NOT_SUPPORTED_BY_DEVICE',
    );
    await refused(core.control.camera(away(camera), { do: 'key-frame' }), 'CHANNEL_OFFLINE');
    signalling.goOffline(GB_ID);
    const gone = core.devices.camera(GB_ID, { no: 1 });
    await refused(core.control.camera(gone, { do: 'key-frame' }), 'DEVICE_OFFLINE');
    await refused(core.control.device(gone.device, { do: 'reboot' }), 'DEVICE_OFFLINE');
    assert.deepEqual(control.orders, []);
  });

  it('a wiper may be on a camera that does not turn', async () => {
    const bench = await coreOnFakes();
    const { core, control } = bench;
    await core.control.patrol(fixed(await bench.addCamera()), { do: 'switch', number: 1, on: true });
    assert.equal(control.orders.length, 1);
  });

  it('steering of several axes is stopped by the server when nobody does', async () => {
    const bench = await coreOnFakes();
    const { core, clock, signalling } = bench;
    const camera = await bench.addCamera();
    await core.ptz.steer(camera, { do: 'steer', pan: 'left', zoom: 'in', panSpeed: 10, zoomSpeed: 3 });
    await core.ptz.steer(camera, { do: 'steer-lens', focus: 'near' });
    assert.equal(bench.figure('yimu_ptz_moving'), 1);
    await clock.advance(10_000);
    assert.deepEqual(
      signalling.ptzOrders.map(({ order }) => order),
      [
        { do: 'steer', pan: 'left', zoom: 'in', panSpeed: 10, zoomSpeed: 3 },
        { do: 'steer-lens', focus: 'near' },
        { do: 'stop', lens: true },
        { do: 'stop', lens: false },
      ],
    );
    await assert.rejects(core.ptz.steer(camera, { do: 'steer' }), hasCode('INVALID_ARGUMENT'));
    await assert.rejects(
      core.ptz.steer(camera, { do: 'steer', pan: 'left', panSpeed: 0 }),
      hasCode('INVALID_ARGUMENT'),
    );
  });
});

describe('presets', () => {
  it('the camera keeps the place, Yimu the name: set, rename, call, list, delete', async () => {
    const bench = await coreOnFakes();
    const { core, control, inquiry } = bench;
    const camera = await bench.addCamera();
    const { presets } = core.control;
    inquiry.queries.presets = () =>
      Promise.resolve({
        items: [
          { index: 2, name: '设备上的名' },
          { index: 1, name: 'preset 1' },
          { index: 300, name: 'special' },
        ],
        complete: true,
      });
    assert.deepEqual(await presets.set(camera, 1, ' 大门 '), { outcome: 'sent' });
    await presets.set(camera, 9);
    await presets.call(camera, 2);
    assert.deepEqual(
      control.orders.map(({ command }) => command),
      [
        { do: 'preset-set', preset: 1, name: '大门' },
        { do: 'preset-set', preset: 9, name: '预置点9' },
        { do: 'preset-call', preset: 2 },
      ],
    );
    assert.deepEqual(await presets.list(camera), [
      { no: 1, name: '大门', onDevice: true },
      { no: 2, name: '设备上的名', onDevice: true },
      { no: 9, name: '预置点9', onDevice: false },
    ]);
    await presets.rename(camera, 2, '车位');
    await presets.set(camera, 1);
    await presets.remove(camera, 9);
    assert.deepEqual(
      (await presets.list(camera)).map(({ no, name }) => [no, name]),
      [
        [1, '大门'],
        [2, '车位'],
      ],
    );
  });

  it('lists what is kept when the camera does not tell, or is away', async () => {
    const bench = await coreOnFakes();
    const { core, inquiry, signalling } = bench;
    const camera = await bench.addCamera();
    await core.control.presets.set(camera, 3, '门');
    inquiry.queries.failure = new CoreError('DEVICE_TIMEOUT', '');
    const kept = [{ no: 3, name: '门', onDevice: undefined }];
    assert.deepEqual(await core.control.presets.list(camera), kept);
    signalling.goOffline(GB_ID);
    assert.deepEqual(await core.control.presets.list(core.devices.camera(GB_ID, { no: 1 })), kept);
  });

  it('keeps no name for what the device refused, and knows no preset 0', async () => {
    const bench = await coreOnFakes();
    const { core, control } = bench;
    const camera = await bench.addCamera();
    control.refusal = new CoreError('DEVICE_REFUSED', '');
    await assert.rejects(core.control.presets.set(camera, 3, '门'), hasCode('DEVICE_REFUSED'));
    control.refusal = undefined;
    for (const no of [0, 256, 1.5, Number.NaN]) {
      await assert.rejects(core.control.presets.set(camera, no), hasCode('INVALID_ARGUMENT'));
      await assert.rejects(core.control.presets.rename(camera, no, '门'), hasCode('INVALID_ARGUMENT'));
    }
    await assert.rejects(core.control.presets.rename(camera, 1, ' \n '), hasCode('INVALID_ARGUMENT'));
    assert.deepEqual(control.orders, []);
    assert.deepEqual(
      await core.control.presets.list({ ...camera, device: { ...camera.device, online: false } }),
      [],
    );
  });
});
