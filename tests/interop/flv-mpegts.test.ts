import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { loadClip } from '../../bff/simulator/src/media/clip.ts';
import { MediaSender } from '../../bff/simulator/src/media/media-sender.ts';
import { openSink } from '../../bff/simulator/src/media/packet-sink.ts';
import { ENGINE_SSRC, RunningEngine } from '../support/media/running-engine.ts';
import { until } from '../support/until.ts';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--autoplay-policy=no-user-gesture-required',
];
const PLAYER = join(import.meta.dirname, '..', '..', 'node_modules', 'mpegts.js', 'dist', 'mpegts.js');
const PAGE = `<!doctype html><title>player</title><video muted></video><script src="/mpegts.js"></script><script>
  const seen = { errors: [], firstFrameMs: undefined };
  function play(url) {
    const startedAt = performance.now();
    const video = document.querySelector('video');
    const player = mpegts.createPlayer({ type: 'flv', isLive: true, url });
    player.on(mpegts.Events.ERROR, (type, detail, info) => seen.errors.push([type, detail, info && info.msg].join(' ')));
    video.addEventListener('error', () => seen.errors.push(video.error && video.error.message));
    video.requestVideoFrameCallback(() => { seen.firstFrameMs = performance.now() - startedAt; });
    player.attachMediaElement(video);
    player.load();
    video.play().catch((error) => seen.errors.push(String(error)));
  }
  function look() {
    const video = document.querySelector('video');
    const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
    return {
      ...seen,
      time: video.currentTime,
      width: video.videoWidth,
      frames: totalVideoFrames,
      dropped: droppedVideoFrames,
      audioBytes: video.webkitAudioDecodedByteCount,
    };
  }
</script>`;

interface Look {
  readonly errors: readonly string[];
  readonly firstFrameMs: number | undefined;
  readonly time: number;
  readonly width: number;
  readonly frames: number;
  readonly dropped: number;
  readonly audioBytes: number;
}

describe('Chromium plays the FLV with mpegts.js', function () {
  this.timeout(60_000);
  let engine: RunningEngine | undefined;
  let camera: MediaSender | undefined;
  let browser: Browser | undefined;
  let pages: Server | undefined;
  let origin = '';

  before(async function () {
    if (!existsSync(CHROMIUM)) this.skip();
    pages = createServer((request, response) => {
      response.setHeader('content-type', request.url === '/mpegts.js' ? 'text/javascript' : 'text/html');
      response.end(request.url === '/mpegts.js' ? readFileSync(PLAYER) : PAGE);
    });
    await new Promise<void>((resolve) => pages?.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${String((pages.address() as AddressInfo).port)}/`;
    engine = await RunningEngine.start();
    const port = await engine.open('s');
    const sink = await openSink({ address: '127.0.0.1', port, tcp: false, setup: undefined });
    camera = new MediaSender(loadClip('ipc'), sink, ENGINE_SSRC, () => 'YIMU');
    camera.start();
    await engine.untilEvent('up s h264 pcma');
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  });

  after(async () => {
    await browser?.close();
    camera?.stop();
    await engine?.stop();
    pages?.close();
  });

  async function open(url: string): Promise<{ readonly page: Page; readonly look: () => Promise<Look> }> {
    assert.ok(browser);
    const page = await browser.newPage();
    await page.goto(origin);
    await page.evaluate(`play(${JSON.stringify(url)})`);
    return { page, look: () => page.evaluate<Look>('look()') };
  }

  for (const over of ['HTTP-FLV', 'WS-FLV'] as const) {
    it(`over ${over}: time goes on, pictures and sound are decoded, and there is no error`, async () => {
      assert.ok(engine);
      const url = engine.url('s');
      const { page, look } = await open(over === 'HTTP-FLV' ? url : url.replace('http', 'ws'));
      const first = await until('a first frame', async () => {
        const now = await look();
        return now.firstFrameMs !== undefined && now.frames > 0 ? now : undefined;
      });
      const later = await until('three more seconds', async () => {
        const now = await look();
        assert.deepEqual(now.errors, []);
        return now.time >= first.time + 3 ? now : undefined;
      });
      assert.ok(later.frames >= first.frames + 60, `${String(later.frames - first.frames)} frames in 3 s`);
      assert.ok(later.width > 0);
      assert.ok(later.audioBytes > first.audioBytes, 'sound is decoded');
      await page.close();
    });
  }

  it('a second viewer plays beside the first', async () => {
    assert.ok(engine);
    const first = await open(engine.url('s'));
    await until('the first plays', async () => (await first.look()).frames > 0);
    const second = await open(engine.url('s'));
    const seen = await until('a first frame', async () => {
      const now = await second.look();
      return now.firstFrameMs === undefined ? undefined : now;
    });
    assert.deepEqual(seen.errors, []);
    const before = (await first.look()).time;
    await until('the first goes on', async () => (await first.look()).time > before);
    await first.page.close();
    await second.page.close();
    await engine.untilNobodyWatches();
  });
});
