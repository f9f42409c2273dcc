import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openMiniProgram, type MiniProgramInDom, type StartedPlayer } from '../../support/mp-dom.ts';

const DEMO = join(import.meta.dirname, '..', '..', 'fixtures', 'mp-demo');
const PLAYER = `/pages/player/index?src=${encodeURIComponent('/live.flv')}`;

describe('the live-player element', function () {
  this.timeout(30_000);
  let mp: MiniProgramInDom;
  const open = async (page = PLAYER): Promise<StartedPlayer> => {
    mp = await openMiniProgram({ source: DEMO, page });
    await mp.until(() => mp.players.length > 0);
    return mp.players[0] ?? assert.fail();
  };
  const video = (): { muted: boolean } =>
    mp.find('#player').querySelector('video') as unknown as { muted: boolean };
  afterEach(() => {
    mp.close();
  });

  it('plays by itself, nearly in real time, and tells the page each state', async () => {
    const player = await open();
    assert.equal(player.url, '/live.flv');
    assert.deepEqual(player.latency, { target: 0.4, max: 1 });
    player.events.connected();
    player.events.playing();
    assert.deepEqual(mp.data['codes'], [2001, 2004]);
    player.events.figures({
      netSpeed: 900,
      videoBitrate: 900,
      videoFps: 25,
      videoWidth: 1280,
      videoHeight: 720,
      bufferedSeconds: 0.5,
    });
    assert.deepEqual(mp.data['net'], {
      videoBitrate: 900,
      audioBitrate: 0,
      videoFPS: 25,
      netSpeed: 900,
      videoWidth: 1280,
      videoHeight: 720,
      videoCache: 500,
    });
  });

  it('waits for an address and starts when it comes', async () => {
    mp = await openMiniProgram({ source: DEMO, page: '/pages/player/index' });
    assert.equal(mp.players.length, 0);
    mp.call('setData', { src: '/late.flv' });
    await mp.until(() => mp.players.length === 1);
    assert.equal(mp.players[0]?.url, '/late.flv');
  });

  it('does what its context says', async () => {
    const player = await open();
    mp.tap('#stop');
    await mp.until(() => player.state === 'stopped');
    mp.tap('#play');
    await mp.until(() => mp.players.length === 2);
  });

  it('fails a play without an address, by the callback', async () => {
    mp = await openMiniProgram({ source: DEMO, page: '/pages/player/index' });
    mp.tap('#play');
    await mp.until(() => mp.data['failed'] !== undefined);
    assert.equal(mp.data['failed'], 'operateLivePlayer:fail src is empty');
  });

  it('hands the refusal of the media server to the page', async () => {
    const player = await open();
    player.events.failed({ kind: 'refused', status: 403, code: 'GRANT_EXPIRED', message: '播放地址已过期' });
    assert.deepEqual(mp.data['codes'], [-2302]);
    assert.deepEqual(mp.data['refusal'], { status: 403, code: 'GRANT_EXPIRED', message: '播放地址已过期' });
  });

  it('pauses under another page, goes on after it, and lets go with its own', async () => {
    const player = await open();
    (mp.wx['navigateTo'] as (target: object) => void)({ url: '/pages/first/index' });
    await mp.until(() => mp.path === 'pages/first/index');
    assert.equal(player.state, 'frozen');
    (mp.wx['navigateBack'] as () => void)();
    await mp.until(() => mp.players.length === 2);
    (mp.wx['reLaunch'] as (target: object) => void)({ url: '/pages/first/index' });
    await mp.until(() => mp.path === 'pages/first/index');
    assert.equal(mp.players[1]?.state, 'stopped');
  });

  it('stays silent while muted, and offers the sound that the browser forbade', async () => {
    const player = await open(`${PLAYER}&muted=1`);
    assert.equal(video().muted, true);
    mp.call('setData', { muted: false });
    assert.equal(video().muted, false);
    player.events.soundBlocked();
    assert.equal(video().muted, true);
    assert.doesNotMatch(mp.find('.yimu-sound').className, /yimu-hidden/);
    mp.call('setData', { muted: true });
    assert.match(mp.find('.yimu-sound').className, /yimu-hidden/);
  });

  it('fills the window and tells the page, and again when it is left', async () => {
    await open();
    mp.tap('#full');
    await mp.until(() => (mp.data['full'] as unknown[]).length === 1);
    assert.match(mp.find('#player').className, /yimu-full-player/);
    mp.window.eval("document.dispatchEvent(new Event('fullscreenchange'))");
    assert.deepEqual(mp.data['full'], [
      { fullScreen: true, direction: 'horizontal' },
      { fullScreen: false, direction: 'horizontal' },
    ]);
    assert.doesNotMatch(mp.find('#player').className, /yimu-full-player/);
  });

  it('shows covers of the page above the picture and lets them be tapped', async () => {
    await open();
    mp.tap('#cover');
    assert.equal(mp.data['covers'], 1);
  });
});
