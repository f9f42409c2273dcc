import assert from 'node:assert/strict';
import type { Reply } from '../../../support/mp-dom.ts';
import { ok, SERIAL, TOKEN } from './fake-server.ts';
import { ADDRESS, CAMERA, LivePage } from './live-page.ts';

describe('the life of the live page', function () {
  this.timeout(30_000);
  let live: LivePage;

  beforeEach(() => {
    live = new LivePage();
  });

  afterEach(() => {
    live.close();
  });

  it('out of sight the stream is let go; in sight again it comes back with a new address', async () => {
    await live.play();
    live.mp.setHidden(true);
    assert.equal(live.player().state, 'stopped');
    live.mp.setHidden(false);
    await live.mp.until(() => live.mp.players.length === 2);
    assert.equal(live.server.of(ADDRESS).length, 2);
  });

  it('left while the address is on its way, nothing starts', async () => {
    let answer: (reply: Reply) => void = () => undefined;
    live.server.on(ADDRESS, () => new Promise((resolve) => (answer = resolve)));
    await live.open();
    await live.mp.until(() => live.server.of(ADDRESS).length === 1);
    (live.mp.wx['reLaunch'] as (target: object) => void)({ url: '/pages/home/index' });
    await live.mp.until(() => live.mp.path === 'pages/home/index');
    answer(ok({ url: 'http://media.test/late.flv' }));
    await live.mp.until(() => live.mp.text('#server-state') === '已连接');
    assert.equal(live.mp.players.length, 0);
  });

  it('ten visits leave nothing behind: no node, no listener of the network, no player', async () => {
    const watching = new Set<unknown>();
    const patchWx = (wx: Record<string, unknown>): void => {
      wx['onNetworkStatusChange'] = (listener: unknown) => watching.add(listener);
      wx['offNetworkStatusChange'] = (listener: unknown) => watching.delete(listener);
    };
    await live.open('', { page: '/pages/home/index', patchWx });
    const size = (): number => [...live.mp.window.document.querySelectorAll('*')].length;
    const visit = async (): Promise<void> => {
      const players = live.mp.players.length;
      (live.mp.wx['navigateTo'] as (target: object) => void)({ url: `/pages/live/index${CAMERA}` });
      await live.mp.until(() => live.mp.players.length === players + 1);
      assert.equal(watching.size, 1);
      live.picture();
      live.mp.window.history.back();
      await live.mp.until(
        () => live.mp.path === 'pages/home/index' && live.mp.text('#server-state') === '已连接',
      );
    };
    await visit();
    const after = size();
    for (let count = 0; count < 10; count += 1) await visit();
    assert.equal(size(), after);
    assert.equal(watching.size, 0);
    assert.ok(live.mp.players.every(({ state }) => state === 'stopped'));
  });

  it('a share card names the camera and holds no secret', async () => {
    await live.play();
    const card = live.mp.call('onShareAppMessage', {}) as { title: string; path: string };
    assert.equal(card.title, '大门 · 一目');
    assert.equal(card.path, `/pages/live/index?deviceSerial=${SERIAL}&channelNo=1&name=%E5%A4%A7%E9%97%A8`);
    assert.ok(!JSON.stringify(card).includes(TOKEN));
  });

  it('a trial camera that was watched stands on the first page', async () => {
    await live.play(`?deviceSerial=${SERIAL}&channelNo=1&trial=1&name=x`);
    (live.mp.wx['reLaunch'] as (target: object) => void)({ url: '/pages/home/index' });
    await live.mp.until(() => live.mp.path === 'pages/home/index' && live.mp.has('#recent'));
  });

  it('a camera that came with its token does not', async () => {
    await live.play();
    (live.mp.wx['reLaunch'] as (target: object) => void)({ url: '/pages/home/index' });
    await live.mp.until(() => live.mp.path === 'pages/home/index');
    assert.equal(live.mp.has('#recent'), false);
  });
});
