import assert from 'node:assert/strict';
import type { PlayOrder } from '../../../bff/src/gb28181/index.ts';
import { until } from '../../support/until.ts';
import { CascadeStack, LOWER, OWN, UPPER_KEY } from './a-cascade.ts';

describe('a camera that an upper platform is not shown any more', function () {
  this.timeout(30_000);
  let stack: CascadeStack;

  beforeEach(async () => {
    stack = await CascadeStack.start();
    await stack.join();
  });

  afterEach(async () => {
    await stack.stop();
    for (const gauge of ['yimu_upper_sessions', 'yimu_upper_movements', 'yimu_ssrc_in_use'])
      assert.equal(stack.figure(gauge), 0, gauge);
  });

  function hide(): void {
    stack.isHidden = true;
    stack.lower.cascade.notifyCatalog(UPPER_KEY, [{ event: 'DEL', gbId: OWN, item: undefined }]);
  }

  function order(): PlayOrder {
    return {
      deviceGbId: LOWER,
      channelGbId: OWN,
      transport: 'udp',
      streamNumber: 0,
      ssrc: stack.upper.platform.reserveSsrc('live'),
      receiver: { address: '127.0.0.1', port: 31_000 },
      timeoutMs: 5_000,
    };
  }

  it('is not watched from there any more', async () => {
    const dialog = await stack.upper.platform.play(order());
    const ended: string[] = [];
    dialog.onEnded((by) => ended.push(by));
    hide();
    await until('the upper platform hears of it', () => ended.includes('remote'));
    assert.equal(stack.media[0]?.closed, 1);
  });

  it('does not go on moving as it was told from there', async () => {
    const device = await stack.device();
    const sent = stack.upper.platform.ptz(LOWER, OWN, { do: 'move', move: 'right', speed: 64 });
    await device.takeMessage('DeviceControl');
    await sent;
    hide();
    const stop = await device.takeMessage('DeviceControl');
    assert.match(stop.text, /<PTZCmd>A50F0100000000B5<\/PTZCmd>/);
  });

  const ends = {
    'the camera was taken out of its sight': hide,
    'the upper platform was left': () => {
      void stack.lower.cascade.leave(UPPER_KEY);
    },
  };
  for (const [what, end] of Object.entries(ends))
    it(`is given up when its media is there only after ${what}`, async () => {
      let isThere = (): void => undefined;
      stack.mediaAfter = new Promise((resolve) => {
        isThere = resolve;
      });
      const refused = assert.rejects(stack.upper.platform.play(order()));
      await until('the media is asked for', () => stack.orders.length === 1);
      end();
      isThere();
      await refused;
      await until('the media is closed', () => stack.media[0]?.closed === 1);
    });
});
