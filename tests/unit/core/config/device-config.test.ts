import assert from 'node:assert/strict';
import { coreOnFakes, CHANNEL_GB_ID } from '../../../support/core/core-bench.ts';
import { CoreError } from '../../../../bff/src/kernel/index.ts';

const MASK = { on: true, regions: [{ seq: 1, left: 0, top: 0, right: 1_920, bottom: 1_080 }] };

describe('configuration that is written', () => {
  it('is what the device said it took, and is not read again', async () => {
    const bench = await coreOnFakes();
    const { core, inquiry } = bench;
    const camera = await bench.addCamera();
    assert.deepEqual(await core.inquiry.config.write(camera, 'FrameMirror', { mirror: 2 }), {
      outcome: 'done',
    });
    assert.deepEqual(inquiry.config.written, [
      { targetGbId: CHANNEL_GB_ID, name: 'FrameMirror', value: { mirror: 2 } },
    ]);
  });

  it('a mask is read again: its points have no stated origin (GB/T 28181-2022 A.2.1.15)', async () => {
    const bench = await coreOnFakes();
    const { core, inquiry } = bench;
    const camera = await bench.addCamera();
    // Brought into its own window by the device.
    const told = { on: true, regions: [{ seq: 1, left: 0, top: 0, right: 704, bottom: 576 }] };
    inquiry.config.readSome = () => Promise.resolve({ PictureMask: { state: 'value', value: told } });
    assert.deepEqual(await core.inquiry.config.write(camera, 'PictureMask', MASK), {
      outcome: 'done',
      asRead: { state: 'value', value: told },
    });
  });

  it('a mask that cannot be read again is taken all the same', async () => {
    const bench = await coreOnFakes();
    const { core, inquiry } = bench;
    const camera = await bench.addCamera();
    inquiry.config.readSome = () => Promise.reject(new CoreError('DEVICE_OFFLINE', 'gone', {}));
    assert.deepEqual(await core.inquiry.config.write(camera, 'PictureMask', MASK), {
      outcome: 'done',
      asRead: { state: 'failed', code: 'DEVICE_OFFLINE', text: undefined },
    });
  });
});
