import assert from 'node:assert/strict';
import type { Reply } from '../../../support/mp-dom.ts';
import { ok, refusal } from './fake-server.ts';
import { CAMERA, CAPACITY, LivePage } from './live-page.ts';

describe('steering from the live page', function () {
  this.timeout(30_000);
  let live: LivePage;

  beforeEach(() => {
    live = new LivePage();
  });

  afterEach(() => {
    live.close();
  });

  const PAD = { left: 100, top: 300, size: 200 };
  const at = (x: number, y: number): readonly [number, number] => [
    PAD.left + (PAD.size / 2) * (1 + x),
    PAD.top + (PAD.size / 2) * (1 + y),
  ];

  async function playable(query = CAMERA): Promise<void> {
    await live.play(query);
    await live.mp.until(() => (live.mp.data['steer'] as { enabled: boolean }).enabled);
    live.mp.place('.yimu-body', 0, 0, 375, 700);
    live.mp.place('#pad', PAD.left, PAD.top, PAD.size, PAD.size);
  }

  function touch(step: 'start' | 'move' | 'end', x: number, y: number): void {
    live.mp.touch('#pad', step, ...at(x, y));
  }

  for (const [x, y, number, name] of [
    [0, -0.8, '0', 'up'],
    [0, 0.8, '1', 'down'],
    [-0.8, 0, '2', 'left'],
    [0.8, 0, '3', 'right'],
    [-0.6, -0.6, '4', 'upper left'],
    [-0.6, 0.6, '5', 'lower left'],
    [0.6, -0.6, '6', 'upper right'],
    [0.6, 0.6, '7', 'lower right'],
  ] as const) {
    it(`${name} is direction ${number}, shown at once, and stopped as it was started`, async () => {
      await playable();
      touch('start', x, y);
      await live.mp.until(() => live.mp.has('#sector'));
      await live.mp.until(() => live.server.steering.length === 1);
      // The finger is lifted elsewhere: what counts is what was started.
      touch('end', -x, -y);
      await live.mp.until(() => live.server.steering.length === 2);
      assert.deepEqual(live.server.steering, [`start ${number} 1`, `stop ${number}`]);
      assert.equal(live.mp.has('#sector'), false);
    });
  }

  it('the centre turns nothing', async () => {
    await playable();
    touch('start', 0.05, 0.05);
    touch('end', 0.05, 0.05);
    touch('start', 0.9, 0);
    await live.mp.until(() => live.server.steering.length === 1);
    touch('end', 0.9, 0);
    assert.deepEqual(live.server.steering[0], 'start 3 1');
  });

  it('a finger that slides on changes the direction: stop, then start', async () => {
    await playable();
    touch('start', 0.8, 0);
    await live.mp.until(() => live.server.steering.length === 1);
    touch('move', 0, -0.8);
    await live.mp.until(() => live.server.steering.length === 3);
    touch('end', 0, -0.8);
    await live.mp.until(() => live.server.steering.length === 4);
    assert.deepEqual(live.server.steering, ['start 3 1', 'stop 3', 'start 0 1', 'stop 0']);
  });

  it('a touch that the system takes away stops the camera', async () => {
    await playable();
    touch('start', 0.8, 0);
    await live.mp.until(() => live.server.steering.length === 1);
    live.mp.cancelTouch();
    await live.mp.until(() => live.server.steering.length === 2);
    assert.deepEqual(live.server.steering, ['start 3 1', 'stop 3']);
  });

  it('a page that goes out of sight stops the camera, before the start is answered too', async () => {
    let answer: (reply: Reply) => void = () => undefined;
    live.server.on('/api/lapp/device/ptz/start', () => new Promise((resolve) => (answer = resolve)));
    await playable();
    touch('start', 0.8, 0);
    await live.mp.until(() => live.server.steering.length === 1);
    live.mp.setHidden(true);
    await live.mp.until(() => live.server.steering.length === 2);
    answer(ok());
    // The start was answered after its stop was sent: it may have come later, and is stopped once more.
    await live.mp.until(() => live.server.steering.length === 3);
    assert.deepEqual(live.server.steering, ['start 3 1', 'stop 3', 'stop 3']);
  });

  it('a page that is left stops the camera', async () => {
    await playable();
    touch('start', 0.8, 0);
    await live.mp.until(() => live.server.steering.length === 1);
    (live.mp.wx['reLaunch'] as (target: object) => void)({ url: '/pages/home/index' });
    await live.mp.until(() => live.server.steering.length === 2);
    assert.deepEqual(live.server.steering[1], 'stop 3');
  });

  it('speed and zoom', async () => {
    await playable();
    live.mp.tap('#speed-2');
    live.mp.touch('#zoomIn', 'start', 5, 5);
    await live.mp.until(() => live.server.steering.length === 1);
    live.mp.touch('#zoomIn', 'end', 5, 5);
    await live.mp.until(() => live.server.steering.length === 2);
    assert.deepEqual(live.server.steering, ['start 8 2', 'stop 8']);
  });

  for (const [code, edge, words] of [
    ['60002', 'top', '最上方'],
    ['60003', 'bottom', '最下方'],
    ['60004', 'left', '最左侧'],
    ['60005', 'right', '最右侧'],
  ] as const) {
    it(`${code} lights the ${edge} edge of the picture`, async () => {
      live.server.on('/api/lapp/device/ptz/start', () => refusal(code, '到限位'));
      await playable();
      touch('start', 0.8, 0);
      await live.mp.until(() => live.mp.has('#limit'));
      assert.equal(live.mp.data['limit'], edge);
      assert.match(live.mp.text('#limit'), new RegExp(words));
      touch('end', 0.8, 0);
    });
  }

  it('the edge goes dark again after 2 s', async () => {
    live.server.on('/api/lapp/device/ptz/start', () => refusal('60002', '到限位'));
    await playable();
    touch('start', 0, -0.8);
    await live.mp.until(() => live.mp.has('#limit'));
    touch('end', 0, -0.8);
    await live.mp.until(() => !live.mp.has('#limit'));
  });

  it('any other refusal is told in a toast with its code', async () => {
    live.server.on('/api/lapp/device/ptz/start', () => refusal('60001', '用户无云台控制权限'));
    await playable();
    touch('start', 0.8, 0);
    await live.mp.until(() => live.mp.notice !== '');
    assert.equal(live.mp.notice, '没有观看权限（60001）');
    touch('end', 0.8, 0);
  });

  it('a camera that cannot turn has no pad, and says why', async () => {
    live.server.on(CAPACITY, () => ok({ support_ptz: '0' }));
    await live.play();
    await live.mp.until(() => !live.mp.has('#pad'));
    assert.equal(live.mp.text('#ptz-hint'), '这台设备不支持云台控制');
  });

  it('a press before the picture is answered with a word, and sends nothing', async () => {
    await live.open();
    await live.mp.until(() => live.mp.players.length === 1);
    live.mp.touch('#pad', 'start', 10, 10);
    await live.mp.until(() => live.mp.notice !== '');
    assert.equal(live.mp.notice, '播放后可以转动镜头');
    live.mp.touch('#pad', 'end', 10, 10);
    assert.deepEqual(live.server.steering, []);
  });

  it('a picture that is lost while the camera turns stops the camera', async () => {
    await playable();
    touch('start', 0.8, 0);
    await live.mp.until(() => live.server.steering.length === 1);
    live.player().events.failed({ kind: 'media', message: 'broken' });
    await live.mp.until(() => live.server.steering.length === 2);
    assert.equal(live.server.steering[1], 'stop 3');
    touch('end', 0.8, 0);
  });
});
