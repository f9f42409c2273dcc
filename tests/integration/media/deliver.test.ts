import assert from 'node:assert/strict';
import { type Camera, dialingCamera, udpCamera } from '../../support/media/camera.ts';
import { clipPackets, clipPictures, fatPictures } from '../../support/media/clip-packets.ts';
import type { FlvClient } from '../../support/media/flv-client.ts';
import { RunningEngine } from '../../support/media/running-engine.ts';
import { until } from '../../support/until.ts';

const UP = 'up s h264 pcma';
const MB = 1024 * 1024;

describe('FLV out of the embedded engine, over real sockets', function () {
  this.timeout(40_000);
  let engine: RunningEngine;
  let camera: Camera;

  /** A running stream of the first pictures of the clip. */
  async function play(pictures = 40): Promise<void> {
    camera = udpCamera(await engine.open('s'));
    await camera.send(clipPackets(pictures));
    await engine.untilEvent(UP);
  }

  before(async () => {
    engine = await RunningEngine.start();
  });

  afterEach(async () => {
    camera.close();
    await engine.media.close('s');
    await engine.untilIdle();
    engine.events.length = 0;
    engine.questions.length = 0;
  });

  after(async () => {
    await engine.stop();
  });

  it('HTTP and WebSocket viewers get the same tags, and a late one a picture at once', async () => {
    await play(40);
    const http = engine.watch('s');
    const webSocket = engine.watch('s', { over: 'ws' });
    await http.untilFrames(1);
    await webSocket.untilFrames(1);
    await camera.send(clipPackets(80).slice(clipPackets(40).length));
    await until(
      'both have everything',
      () => http.pictures.length >= 40 && http.prints.length === webSocket.prints.length,
      5_000,
    );
    assert.deepEqual([http.status, webSocket.status], [200, 101]);
    assert.deepEqual(webSocket.header, http.header);
    assert.deepEqual(webSocket.prints, http.prints);
    assert.equal(http.header[4], 0x05, 'the header tells of picture and sound');
    assert.deepEqual(http.tags.slice(0, 3), ['script', http.tags[1], http.tags[2]]);
    assert.match(http.tags[1] ?? '', /^video-header/);
    assert.match(http.tags[2] ?? '', /^audio-header/);
    assert.match(http.pictures[0] ?? '', /^key@/);

    const late = engine.watch('s');
    await late.untilFrames(1);
    const begin = late.pictures[0] ?? '';
    assert.match(begin, /^key@/);
    assert.equal(
      begin,
      http.pictures.findLast((name) => name.startsWith('key@')),
    );
  });

  it('asks once for each viewer, and tells when they come and go', async () => {
    await play();
    const viewer = engine.watch('s', { tag: 'mine' });
    await viewer.untilFrames(1);
    await engine.untilEvent('joined s mine');
    viewer.close();
    await engine.untilEvent('left s mine');
    assert.deepEqual(
      engine.questions.map(({ publicName, query, protocol }) => ({ publicName, query, protocol })),
      [{ publicName: 'live/s', query: 'mine', protocol: 'http-flv' }],
    );
  });

  it('answers a viewer of an unknown stream with an error', async () => {
    await play();
    engine.decide = () =>
      Promise.resolve({ allow: false, code: 'STREAM_NOT_FOUND', message: '播放地址不存在' });
    const http = engine.watch('x');
    const webSocket = engine.watch('x', { over: 'ws' });
    await http.untilEnded();
    await webSocket.untilEnded();
    assert.equal(http.status, 404);
    assert.equal(webSocket.closeCode, 4_403);
    engine.decide = ({ query }) => Promise.resolve({ allow: true, sessionId: 's', tag: query });
  });

  it('answers a viewer that was let in to a stream which is none', async () => {
    await play();
    engine.decide = () => Promise.resolve({ allow: true, sessionId: 'gone', tag: 't' });
    const viewer = engine.watch('s');
    await viewer.untilEnded();
    assert.equal(viewer.status, 503);
    engine.decide = ({ query }) => Promise.resolve({ allow: true, sessionId: 's', tag: query });
  });

  it('cuts the viewers of an address that is cancelled, and no others', async () => {
    await play();
    const [mine, mineToo, other] = [
      engine.watch('s', { tag: 'mine' }),
      engine.watch('s', { tag: 'mine', over: 'ws' }),
      engine.watch('s', { tag: 'other' }),
    ];
    for (const viewer of [mine, mineToo, other]) await viewer.untilFrames(1);
    await engine.media.kick('mine');
    await mine.untilEnded();
    await mineToo.untilEnded();
    assert.equal(other.ended, false);
    const before = other.pictures.length;
    await camera.send(clipPackets(80).slice(clipPackets(40).length));
    await until('more pictures', () => other.pictures.length >= before + 39, 5_000);
  });

  it('ends its viewers when the source is lost', async () => {
    camera = await dialingCamera(await engine.open('s', 'tcp-passive'));
    await camera.send(clipPackets(40));
    await engine.untilEvent(UP);
    const http = engine.watch('s');
    const webSocket = engine.watch('s', { over: 'ws' });
    await http.untilFrames(1);
    await webSocket.untilFrames(1);
    camera.close();
    await engine.untilEvent('lost s transport');
    await http.untilEnded();
    await webSocket.untilEnded();
    assert.equal(webSocket.closeCode, 1_000);
  });

  it('merges what it sends to more than fifty viewers, and each gets every picture', async () => {
    await play(40);
    const viewers = Array.from({ length: 60 }, (_, index) =>
      engine.watch('s', { over: index % 3 === 0 ? 'ws' : 'http' }),
    );
    for (const viewer of viewers) await viewer.untilFrames(1);
    const pictures = clipPictures(100).slice(40);
    for (const { packets } of pictures) await camera.send(packets);
    const [first] = viewers;
    assert.ok(first);
    const whole = first.pictures.length + 60;
    await until(
      'everybody has everything',
      () =>
        viewers.every(
          (viewer) => viewer.pictures.length >= 59 && viewer.prints.length === first.prints.length,
        ),
      10_000,
    );
    assert.ok(first.pictures.length <= whole);
    for (const viewer of viewers) assert.deepEqual(viewer.prints, first.prints);
  });

  it('a stuck viewer loses frames and is cut; good viewers beside it lose nothing, and memory stays bounded', async () => {
    camera = await dialingCamera(await engine.open('s', 'tcp-passive'));
    const pictures = fatPictures(900);
    const send = async (from: number, to: number): Promise<void> => {
      await camera.send(pictures.slice(from, to).flatMap(({ packets }) => packets));
    };
    await send(0, 30);
    await engine.untilEvent(UP);
    const good = [engine.watch('s'), engine.watch('s', { over: 'ws' })];
    const stuck = Array.from({ length: 10 }, (_, index) =>
      engine.watch('s', { tag: 'stuck', over: index % 2 === 0 ? 'http' : 'ws' }),
    );
    for (const viewer of [...good, ...stuck]) await viewer.untilFrames(1);
    for (const viewer of stuck) viewer.stall();

    const seen = (viewer: FlvClient): number => viewer.pictures.length;
    const start = good.map(seen);
    let peak = 0;
    const look = (): void => {
      peak = Math.max(peak, engine.metric('yimu_viewer_queue_bytes'));
    };
    for (let at = 30; at < pictures.length; at += 10) {
      await send(at, at + 10);
      await until(
        'the good viewers are with the camera',
        () => good.every((viewer, index) => seen(viewer) - (start[index] ?? 0) >= at - 30),
        10_000,
      );
      look();
    }
    for (const viewer of good) {
      const times = viewer.pictures.map((name) => Number(name.split('@')[1]));
      const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      assert.ok(
        steps.every((step) => step === 40),
        'not one picture is missing',
      );
    }
    // The engine tells its counts once a second; a quick machine has sent everything before the first word of it.
    await until(
      'ten skips',
      () => {
        look();
        return engine.metric('yimu_viewer_skips') >= 10;
      },
      5_000,
    );
    assert.ok(peak > 5 * MB, 'there was a queue to bound');
    assert.ok(peak < 10 * 2 * MB, `${String(peak / MB)} MB waited for ten viewers`);
    const tenSecondsLater = pictures.slice(-25);
    await until(
      'the stuck ones are cut',
      async () => {
        // The camera goes on, slowly: nothing but the clock has to pass.
        await camera.send(tenSecondsLater.splice(0, 1).flatMap(({ packets }) => packets));
        return engine.metric('yimu_viewers_cut') === 10;
      },
      20_000,
    );
    assert.ok(good.every((viewer) => !viewer.ended));
  });

  it('waits no longer than the camera may take, and then says so', async () => {
    const impatient = await RunningEngine.start({ limits: { viewerWaitMs: 200 } });
    try {
      impatient.decide = () => new Promise(() => undefined);
      const viewer = impatient.watch('s');
      await viewer.untilEnded();
      assert.equal(viewer.status, 504);
    } finally {
      await impatient.stop();
    }
    await play();
  });

  it('lets in no more viewers than it may, in all and of one address', async () => {
    await play();
    const narrow = await RunningEngine.start({ limits: { maxViewersPerAddress: 2 } });
    try {
      narrow.decide = () => new Promise(() => undefined);
      const from = (address: string): Promise<Response | undefined> =>
        fetch(narrow.url('a'), { headers: { 'x-forwarded-for': address } }).catch(() => undefined);
      const waiting = [from('203.0.113.1'), from('203.0.113.1'), from('203.0.113.2')];
      await until('three wait', () => narrow.questions.length === 3, 5_000);
      assert.equal((await from('203.0.113.1'))?.status, 503);
      await narrow.media.shutdown();
      await Promise.all(waiting);
    } finally {
      await narrow.stop();
    }
  });
});
