import assert from 'node:assert/strict';
import type { PtzOrder } from '../../../../bff/src/core/index.ts';
import { refuse } from '../../../../bff/src/core/refuse.ts';
import { type CoreOnFakes, coreOnFakes } from '../../../support/core/core-bench.ts';
import { hasCode } from '../../../support/core/has-code.ts';

function orders(bench: CoreOnFakes): PtzOrder[] {
  return bench.signalling.ptzOrders.map(({ order }) => order);
}

describe('steering a camera', () => {
  it('sends the movement and the stop', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    await bench.core.ptz.start(camera, 'left', 128);
    assert.equal(bench.figure('yimu_ptz_moving'), 1);
    await bench.core.ptz.stop(camera);
    assert.deepEqual(orders(bench), [
      { do: 'move', move: 'left', speed: 128 },
      { do: 'stop', lens: false },
    ]);
    assert.equal(bench.figure('yimu_ptz_moving'), 0);
    await bench.core.stop();
    assert.equal(bench.clock.pending, 0);
  });

  it('stops by itself when nobody does', async () => {
    const bench = await coreOnFakes({ settings: { ptzDeadManMs: 10_000 } });
    const camera = await bench.addCamera();
    await bench.core.ptz.start(camera, 'up', 50);
    await bench.clock.advance(9_000);
    await bench.core.ptz.start(camera, 'up', 60);
    await bench.clock.advance(9_000);
    assert.equal(orders(bench).length, 2);
    await bench.clock.advance(1_500);
    assert.deepEqual(orders(bench).at(-1), { do: 'stop', lens: false });
    await bench.core.stop();
  });

  it('ends focus and iris with their own stop', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    await bench.core.ptz.start(camera, 'focusNear', 50);
    await bench.core.ptz.stop(camera);
    assert.deepEqual(orders(bench).slice(1), [
      { do: 'stop', lens: true },
      { do: 'stop', lens: false },
    ]);
    await bench.core.stop();
  });

  it('leaves out movements that were overtaken while the camera was slow, and never a stop', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    let answer: () => void = () => undefined;
    bench.signalling.onPtz = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const first = bench.core.ptz.start(camera, 'left', 1);
    await bench.clock.advance(1);
    const later = [
      bench.core.ptz.start(camera, 'right', 1),
      bench.core.ptz.start(camera, 'up', 1),
      bench.core.ptz.stop(camera),
    ];
    bench.signalling.onPtz = () => Promise.resolve();
    answer();
    await Promise.all([first, ...later]);
    assert.deepEqual(orders(bench), [
      { do: 'move', move: 'left', speed: 1 },
      { do: 'stop', lens: false },
    ]);
    await bench.core.stop();
  });

  it('refuses what cannot be: device or lens away, a fixed lens, a speed out of range', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    await assert.rejects(bench.core.ptz.start(camera, 'left', 0), hasCode('INVALID_ARGUMENT'));
    const fixed = { ...camera, channel: { ...camera.channel, ptzType: 3 } };
    await assert.rejects(bench.core.ptz.start(fixed, 'left', 9), hasCode('NOT_SUPPORTED_BY_DEVICE'));
    const away = { ...camera, channel: { ...camera.channel, online: false } };
    await assert.rejects(bench.core.ptz.start(away, 'left', 9), hasCode('CHANNEL_OFFLINE'));
    await bench.core.ptz.stop(away);
    bench.signalling.goOffline(camera.device.gbId);
    await assert.rejects(bench.core.ptz.start(camera, 'left', 9), hasCode('DEVICE_OFFLINE'));
    await assert.rejects(bench.core.ptz.stop(camera), hasCode('DEVICE_OFFLINE'));
    await bench.core.stop();
  });

  it('keeps no more than a stop and a movement waiting for a slow camera, however many are ordered', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    let answer: () => void = () => undefined;
    bench.signalling.onPtz = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const all = [bench.core.ptz.start(camera, 'left', 1)];
    await bench.clock.advance(1);
    for (let speed = 1; speed <= 100; speed += 1) {
      all.push(bench.core.ptz.stop(camera), bench.core.ptz.start(camera, 'up', speed));
    }
    bench.signalling.onPtz = () => Promise.resolve();
    answer();
    await Promise.all(all);
    assert.deepEqual(orders(bench), [
      { do: 'move', move: 'left', speed: 1 },
      { do: 'stop', lens: false },
      { do: 'move', move: 'up', speed: 100 },
    ]);
    await bench.core.stop();
  });

  it('tells whoever ordered that the camera did not take it, and stops it all the same later', async () => {
    const bench = await coreOnFakes({ settings: { ptzDeadManMs: 10_000 } });
    const camera = await bench.addCamera();
    bench.signalling.onPtz = () => Promise.reject(refuse('DEVICE_TIMEOUT'));
    await assert.rejects(bench.core.ptz.start(camera, 'left', 1), hasCode('DEVICE_TIMEOUT'));
    await assert.rejects(bench.core.ptz.stop(camera), hasCode('DEVICE_TIMEOUT'));
    assert.equal(bench.figure('yimu_ptz_moving'), 1);
    bench.signalling.onPtz = () => Promise.resolve();
    await bench.clock.advance(11_000);
    assert.deepEqual(orders(bench).at(-1), { do: 'stop', lens: false });
    assert.equal(bench.figure('yimu_ptz_moving'), 0);
    await bench.core.stop();
  });

  it('gives a movement up that even the server cannot stop, and one of a camera that is gone', async () => {
    const bench = await coreOnFakes({ settings: { ptzDeadManMs: 10_000 } });
    const camera = await bench.addCamera();
    bench.signalling.onPtz = () => Promise.reject(refuse('DEVICE_TIMEOUT'));
    await assert.rejects(bench.core.ptz.start(camera, 'left', 1));
    await bench.clock.advance(11_000);
    assert.equal(bench.figure('yimu_ptz_moving'), 0);
    bench.signalling.onPtz = () => Promise.reject(refuse('DEVICE_OFFLINE'));
    await assert.rejects(bench.core.ptz.start(camera, 'left', 1), hasCode('DEVICE_OFFLINE'));
    assert.equal(bench.figure('yimu_ptz_moving'), 0);
    await bench.core.stop();
    assert.equal(bench.clock.pending, 0);
  });

  it('is bounded in cameras that move at one time', async () => {
    const bench = await coreOnFakes({ settings: { maxMoving: 1 } });
    const camera = await bench.addCamera();
    await bench.core.ptz.start(camera, 'left', 1);
    const other = { ...camera, channel: { ...camera.channel, id: camera.channel.id + 1 } };
    await assert.rejects(bench.core.ptz.start(other, 'left', 1), hasCode('QUOTA_EXCEEDED'));
    await bench.core.ptz.start(camera, 'right', 1);
    await bench.core.stop();
  });

  it('stops what moves when the server stops, and forgets a camera that went away', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    await bench.core.ptz.start(camera, 'left', 9);
    await bench.core.stop();
    assert.deepEqual(orders(bench).at(-1), { do: 'stop', lens: false });

    const other = await coreOnFakes();
    const gone = await other.addCamera();
    await other.core.ptz.start(gone, 'left', 9);
    other.signalling.goOffline(gone.device.gbId);
    assert.equal(other.figure('yimu_ptz_moving'), 0);
    await other.core.stop();
  });
});
