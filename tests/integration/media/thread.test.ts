import assert from 'node:assert/strict';
import { Worker } from 'node:worker_threads';
import { type Cancel, SystemClock } from '../../../bff/src/kernel/index.ts';
import { EngineThread, type EngineListener, type WorkerSetup } from '../../../bff/src/media-engine/index.ts';
import { type Camera, udpCamera } from '../../support/media/camera.ts';
import { clipPackets } from '../../support/media/clip-packets.ts';
import { RawClient } from '../../support/media/raw-client.ts';
import { RunningEngine } from '../../support/media/running-engine.ts';
import { until } from '../../support/until.ts';

/** What happens every ten seconds happens every two. */
class HurriedClock extends SystemClock {
  override every(periodMs: number, run: () => void): Cancel {
    return super.every(periodMs / 5, run);
  }
}

const FAULTY = new URL('faulty-entry.mjs', import.meta.url);
const UP = 'up s h264 pcma';

describe('the media thread', function () {
  this.timeout(40_000);
  let engine: RunningEngine;
  const threads: Worker[] = [];
  const cameras: Camera[] = [];

  async function begin(): Promise<void> {
    engine = await RunningEngine.start({
      clock: new HurriedClock(),
      spawn: (setup) => {
        const worker = new Worker(FAULTY, { workerData: setup, execArgv: [], stderr: true });
        threads.push(worker);
        return worker;
      },
    });
    await play();
  }

  async function play(): Promise<void> {
    const camera = udpCamera(await engine.open('s'));
    cameras.push(camera);
    await camera.send(clipPackets(40));
    await engine.untilEvent(UP);
  }

  afterEach(async () => {
    for (const camera of cameras.splice(0)) camera.close();
    threads.length = 0;
    await engine.stop();
  });

  const deaths: readonly [title: string, tag: string][] = [
    ['that dies of a fault', 'crash'],
    ['that ends without a word', 'exit'],
    ['that hangs', 'hang'],
  ];
  for (const [title, tag] of deaths) {
    it(`${title} is told of as the loss of its sources and viewers, and is started again on its port`, async () => {
      await begin();
      const viewer = engine.watch('s');
      await viewer.untilFrames(1);
      const { flvPort } = engine.media.delivery;
      await engine.media.kick(tag);
      await engine.untilEvent('lost s closed', 25_000);
      assert.deepEqual(engine.events.slice(-2), ['left s grant', 'lost s closed']);
      await viewer.untilEnded();
      await until('a second thread', () => threads.length === 2, 5_000);
      engine.events.length = 0;
      await until(
        'it takes orders',
        () =>
          play().then(
            () => true,
            () => false,
          ),
        10_000,
      );
      assert.equal(engine.media.delivery.flvPort, flvPort);
      const again = engine.watch('s');
      await again.untilFrames(1);
    });
  }

  it('ends by itself when it is stopped: it has left nothing open', async () => {
    await begin();
    await engine.open('t', 'tcp-passive');
    await engine.open('u', 'tcp-active');
    await engine.media.connectRtp('u', '127.0.0.1', 9);
    const viewers = [engine.watch('s'), engine.watch('s', { over: 'ws' })];
    for (const viewer of viewers) await viewer.untilFrames(1);
    const { flvPort } = engine.media.delivery;
    const idle = await RawClient.connect(flvPort);
    const [thread] = threads;
    assert.ok(thread);
    const code = new Promise<number>((resolve) => thread.once('exit', resolve));
    await engine.media.shutdown();
    assert.equal(await code, 0, 'it was not ended from outside');
    for (const viewer of viewers) await viewer.untilEnded();
    await idle.untilClosed();
    await assert.rejects(RawClient.connect(flvPort));
  });

  it('whose port is taken tells so, and is gone', async () => {
    await begin();
    const setup: WorkerSetup = {
      rtpPorts: { from: 0, to: 0 },
      rtpHost: '127.0.0.1',
      flvPort: engine.media.delivery.flvPort,
      flvHost: '127.0.0.1',
      maxSessions: 1,
      maxViewers: 1,
      maxViewersPerAddress: 1,
      behindProxy: false,
      viewerWaitMs: 1,
    };
    const second = new EngineThread({} as EngineListener, new SystemClock());
    await assert.rejects(second.start(setup), /EADDRINUSE/);
    await until(
      'the thread is gone',
      () =>
        second.call({ do: 'stats' }).then(
          () => false,
          () => true,
        ),
      5_000,
    );
  });
});
