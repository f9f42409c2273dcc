import assert from 'node:assert/strict';
import type { RtpReceiver } from '../../../../bff/src/media-engine/receive/rtp-receiver.ts';
import {
  receiveTcpActive,
  receiveTcpPassive,
} from '../../../../bff/src/media-engine/receive/tcp-receiver.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { dialingCamera, listeningCamera } from '../../../support/media/camera.ts';
import { RecordingListener } from '../../../support/media/recording-listener.ts';
import { rtpBytes } from '../../../support/media/rtp-bytes.ts';
import { until } from '../../../support/until.ts';

const SSRC = 7;
const packet = (sequence: number, ssrc = SSRC): Buffer => rtpBytes({ sequence, ssrc });

async function isRefused(port: number): Promise<boolean> {
  try {
    (await dialingCamera(port)).close();
    return false;
  } catch {
    return true;
  }
}

describe('RTP over TCP (RFC 4571)', () => {
  let clock: FakeClock;
  let listener: RecordingListener;
  const open: { close(): void }[] = [];

  const keep = <T extends { close(): void }>(one: T): T => {
    open.push(one);
    return one;
  };
  const taken = (howMany: number): Promise<unknown> =>
    until(`${String(howMany)} packets`, () => listener.taken.length === howMany, 5_000);

  beforeEach(() => {
    clock = new FakeClock();
    listener = new RecordingListener(SSRC);
  });

  afterEach(() => {
    for (const one of open.splice(0)) one.close();
    assert.equal(clock.pending, 0, 'no timer is left behind');
  });

  describe('when the camera dials', () => {
    let receiver: RtpReceiver;

    const dial = async (): ReturnType<typeof dialingCamera> => keep(await dialingCamera(receiver.port));

    beforeEach(async () => {
      receiver = keep(await receiveTcpPassive('127.0.0.1', 0, listener, clock));
    });

    it('is handed on packet by packet, and the end of the connection is told', async () => {
      const camera = await dial();
      await camera.send([packet(1), packet(2)]);
      await taken(2);
      camera.close();
      await until('a while of patience', () => clock.pending === 1, 5_000);
      await clock.advance(3_999);
      assert.equal(listener.gone, 0);
      await clock.advance(1);
      assert.equal(listener.gone, 1);
      await until('nobody is heard any more', async () => await isRefused(receiver.port), 5_000);
    });

    it('goes on by another connection of a camera whose first one broke (GB/T 28181-2022 annex D)', async () => {
      const broken = await dial();
      await broken.send([packet(1)]);
      await taken(1);
      for (const sequence of [2, 3]) {
        open.at(-1)?.close();
        await until('a while of patience', () => clock.pending === 1, 5_000);
        await clock.advance(3_000);
        const again = await dial();
        await again.send([packet(sequence)]);
        await taken(sequence);
        assert.equal(clock.pending, 0);
      }
      assert.equal(listener.gone, 0);
    });

    it('goes on by no connection of somebody else', async () => {
      const broken = await dial();
      await broken.send([packet(1)]);
      await taken(1);
      broken.close();
      await until('a while of patience', () => clock.pending === 1, 5_000);
      const stranger = await dial();
      await stranger.send([packet(2, 8)]);
      await until('a foreign packet', () => listener.foreign === 1, 5_000);
      await clock.advance(4_000);
      assert.equal(listener.gone, 1);
      await until('the stranger is closed', () => stranger.socket.closed, 5_000);
    });

    it('comes from the first connection that sends a packet of the stream, not the first that stands', async () => {
      const silent = await dial();
      const foreign = await dial();
      await foreign.send([packet(1, 8)]);
      await until('a foreign packet', () => listener.foreign === 1, 5_000);
      const camera = await dial();
      await camera.send([packet(1)]);
      await taken(1);
      await until('the others are closed', () => silent.socket.closed && foreign.socket.closed, 5_000);
      assert.equal(listener.gone, 0, 'they were not the stream');
      await assert.rejects(dialingCamera(receiver.port), 'nobody else is heard');
      await camera.send([packet(2)]);
      await taken(2);
    });

    it('is waited for ten seconds on each connection', async () => {
      const silent = await dial();
      await until('it stands', () => clock.pending === 1, 5_000);
      await clock.advance(9_999);
      assert.equal(silent.socket.closed, false);
      await clock.advance(1);
      await until('it is closed', () => silent.socket.closed, 5_000);
      assert.equal(listener.gone, 0);
    });

    it('stands at most four connections deep; more are strangers', async () => {
      for (let index = 0; index < 4; index += 1) await dial();
      await until('four stand', () => clock.pending === 4, 5_000);
      const fifth = await dial();
      await until('it is closed', () => fifth.socket.closed, 5_000);
      assert.equal(listener.strangers, 1);
    });

    it('leaves the place of a connection that ends before a packet of the stream to the next', async () => {
      for (let index = 0; index < 4; index += 1) (await dial()).close();
      await until('all are gone', () => clock.pending === 0, 5_000);
      const camera = await dial();
      await camera.send([packet(1)]);
      await taken(1);
      assert.equal(listener.gone, 0);
    });

    it('tells how often the framing was lost, and ends a connection that is none of RTP', async () => {
      const camera = await dial();
      await camera.send([packet(1)]);
      await taken(1);
      camera.socket.write(Buffer.alloc(100, 0x11));
      await camera.send([packet(2), packet(3)]);
      await taken(3);
      assert.equal(listener.resyncs, 1);
      camera.socket.write(Buffer.alloc(1_200_000, 0x11));
      await until('the end of the connection', () => camera.socket.closed, 5_000);
      await until('a while of patience', () => clock.pending === 1, 5_000);
      await clock.advance(4_000);
      assert.equal(listener.gone, 1);
    });

    it('is refused on a port that is taken', async () => {
      await assert.rejects(receiveTcpPassive('127.0.0.1', receiver.port, listener, clock), /EADDRINUSE/);
    });

    it('ends for all when it is closed', async () => {
      const camera = await dial();
      await camera.send([packet(1)]);
      await taken(1);
      receiver.close();
      await until('the camera sees it', () => camera.socket.closed, 5_000);
    });
  });

  describe('when the platform dials', () => {
    /** A port on which nobody listens. */
    async function closedPort(): Promise<number> {
      const camera = await listeningCamera();
      camera.close();
      return camera.port;
    }

    const dialled = (camera: { connections(): number }, times: number): Promise<unknown> =>
      until(`call ${String(times)}`, () => camera.connections() === times, 5_000);

    it('is handed on packet by packet, and the end of the connection is told', async () => {
      const camera = keep(await listeningCamera());
      keep(receiveTcpActive('127.0.0.1', camera.port, listener, clock));
      await dialled(camera, 1);
      await camera.send([packet(1), packet(2)]);
      await taken(2);
      camera.close();
      for (const times of [1, 2, 3]) {
        await until(`try ${String(times)}`, () => clock.pending === 1, 5_000);
        assert.equal(listener.gone, 0);
        await clock.advance(1_000);
      }
      await until('the end', () => listener.gone === 1, 5_000);
      assert.equal(clock.pending, 0, 'it is not dialled again');
    });

    it('is dialled again when it breaks, three times, a second between (GB/T 28181-2022 annex D)', async () => {
      const camera = keep(await listeningCamera());
      keep(receiveTcpActive('127.0.0.1', camera.port, listener, clock));
      await dialled(camera, 1);
      await camera.send([packet(1)]);
      await taken(1);
      for (const calls of [2, 3, 4, 5]) {
        camera.hangUp();
        await until('it is gone', () => clock.pending === 1, 5_000);
        await clock.advance(999);
        assert.equal(camera.connections(), calls - 1);
        await clock.advance(1);
        await dialled(camera, calls);
        await camera.send([packet(calls)]);
        await taken(calls);
      }
      assert.equal(listener.gone, 0, 'who sends again has three tries again');
    });

    it('is dialled again half a second after a refusal', async () => {
      const port = await closedPort();
      keep(receiveTcpActive('127.0.0.1', port, listener, clock));
      await until('a refusal', () => clock.pending === 1, 5_000);
      const camera = keep(await listeningCamera(port));
      await clock.advance(499);
      assert.equal(camera.connections(), 0);
      await clock.advance(1);
      await dialled(camera, 1);
    });

    it('is dialled again when the camera hangs up before a packet of the stream', async () => {
      const camera = keep(await listeningCamera());
      keep(receiveTcpActive('127.0.0.1', camera.port, listener, clock));
      await dialled(camera, 1);
      await camera.send([packet(1, 8)]);
      await until('a foreign packet', () => listener.foreign === 1, 5_000);
      camera.hangUp();
      await until('it is gone', () => clock.pending === 1, 5_000);
      await clock.advance(500);
      await dialled(camera, 2);
      assert.equal(listener.gone, 0);
    });

    it('is dialled no more when it is closed', async () => {
      const port = await closedPort();
      const receiver = receiveTcpActive('127.0.0.1', port, listener, clock);
      await until('a refusal', () => clock.pending === 1, 5_000);
      receiver.close();
      assert.equal(clock.pending, 0);
      const camera = keep(await listeningCamera());
      const other = receiveTcpActive('127.0.0.1', camera.port, listener, clock);
      other.close();
      assert.equal(camera.connections(), 0);
      assert.equal(listener.gone, 0);
    });
  });
});
