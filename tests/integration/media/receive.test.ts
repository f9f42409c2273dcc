import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type Camera, dialingCamera, listeningCamera, udpCamera } from '../../support/media/camera.ts';
import { clipPackets, clipPictures } from '../../support/media/clip-packets.ts';
import { ENGINE_SSRC, RunningEngine } from '../../support/media/running-engine.ts';
import { freePorts } from '../../support/free-ports.ts';
import { until } from '../../support/until.ts';

const UP = 'up s h264 pcma';

describe('RTP into the embedded engine, over real sockets', function () {
  this.timeout(30_000);
  let engine: RunningEngine;
  const cameras: Camera[] = [];

  const keep = <T extends Camera>(camera: T): T => {
    cameras.push(camera);
    return camera;
  };
  const stats = async (): Promise<{
    readonly packetsIn: number;
    readonly packetsLost: number;
    readonly foreignSsrcPackets: number;
  }> => {
    const [only] = await engine.media.stats();
    assert.ok(only);
    return only;
  };
  const untilPackets = (howMany: number): Promise<unknown> =>
    until(`${String(howMany)} packets`, async () => (await stats()).packetsIn >= howMany, 5_000);

  before(async () => {
    engine = await RunningEngine.start();
  });

  afterEach(async () => {
    for (const camera of cameras.splice(0)) camera.close();
    await engine.media.close('s');
    await engine.untilIdle();
    engine.events.length = 0;
  });

  after(async () => {
    await engine.stop();
  });

  describe('over UDP', () => {
    it('is put in order when packets overtake each other: every picture is seen, none lost', async () => {
      const camera = keep(udpCamera(await engine.open('s')));
      const packets = clipPackets(60);
      // Each fourth packet comes three places late.
      const order = packets.map((packet, index) => ({ packet, at: index % 4 === 0 ? index + 3.5 : index }));
      const [first, ...rest] = order.sort((a, b) => a.at - b.at).map(({ packet }) => packet);
      assert.ok(first && packets[0]);
      await camera.send([packets[0], first, ...rest.filter((packet) => packet !== packets[0])]);
      await engine.untilEvent(UP);
      await untilPackets(packets.length);
      const { packetsLost } = await stats();
      assert.equal(packetsLost, 0);
    });

    it('counts what is lost; no picture that refers to the lost one is shown', async () => {
      const camera = keep(udpCamera(await engine.open('s')));
      const pictures = clipPictures(150);
      const shownFrom = pictures.findLastIndex(({ key }, index) => key && index < 40);
      const nextKey = pictures.findIndex(({ key }, index) => key && index > 41);
      assert.ok(shownFrom >= 0 && nextKey > 0, 'the clip has key frames on both sides');
      await camera.send(pictures.slice(0, 40).flatMap(({ packets }) => packets));
      await engine.untilEvent(UP);
      const viewer = engine.watch('s');
      const shown = (): string[] => viewer.frames.filter((frame) => !frame.startsWith('sound@'));
      await until('the group so far', () => shown().length === 40 - shownFrom, 5_000);

      const lost = pictures[40]?.packets[0];
      let sent = 40;
      await until('the loss was counted', async () => {
        const packets = pictures[sent]?.packets ?? [];
        sent += 1;
        await camera.send(packets.filter((packet) => packet !== lost));
        return sent > nextKey && (await stats()).packetsLost === 1;
      });
      const expected = [...pictures.slice(shownFrom, 40), ...pictures.slice(nextKey, sent)];
      await until('pictures after the loss', () => shown().length === expected.length, 5_000);
      assert.deepEqual(
        shown().map((frame) => frame.startsWith('key@')),
        expected.map(({ key }) => key),
      );
    });

    it('takes no packet of another SSRC, and counts it', async () => {
      const camera = keep(udpCamera(await engine.open('s')));
      const foreign = clipPackets(30, { ssrc: ENGINE_SSRC + 1 });
      await camera.send(foreign);
      await until(
        'they are counted',
        async () => (await stats()).foreignSsrcPackets === foreign.length,
        5_000,
      );
      assert.equal((await stats()).packetsIn, 0);
      assert.deepEqual(engine.events, []);
    });

    it('mixes in nobody who knows the SSRC while the camera sends, and follows the camera to a new port', async () => {
      const port = await engine.open('s');
      const camera = keep(udpCamera(port));
      const stranger = keep(udpCamera(port));
      const packets = clipPackets(200);
      await camera.send(packets.slice(0, 20));
      await untilPackets(20);
      await stranger.send(packets.slice(20, 40));
      await until('they are counted', async () => (await stats()).foreignSsrcPackets === 20, 5_000);
      assert.equal((await stats()).packetsIn, 20);
      // The camera's NAT has rebound: the old port is silent from now on.
      await until(
        'the new port is taken',
        async () => {
          await stranger.send(packets.slice(20, 21));
          return (await stats()).packetsIn > 20;
        },
        5_000,
      );
      await stranger.send(packets.slice(21));
      await engine.untilEvent(UP);
    });
  });

  describe('over TCP, the camera dials (RFC 4571)', () => {
    it('plays', async () => {
      const camera = keep(await dialingCamera(await engine.open('s', 'tcp-passive')));
      await camera.send(clipPackets(60));
      await engine.untilEvent(UP);
      assert.equal((await stats()).packetsIn, clipPackets(60).length);
    });

    it('plays though others have connected before and say nothing, or something else', async () => {
      const port = await engine.open('s', 'tcp-passive');
      const silent = keep(await dialingCamera(port));
      const wrong = keep(await dialingCamera(port));
      await wrong.send(clipPackets(10, { ssrc: ENGINE_SSRC + 1 }));
      const camera = keep(await dialingCamera(port));
      await camera.send(clipPackets(60));
      await engine.untilEvent(UP);
      await until('the others are closed', () => silent.socket.closed && wrong.socket.closed, 5_000);
    });

    it('bears only so many connections', async () => {
      const port = await engine.open('s', 'tcp-passive');
      const sockets = Array.from({ length: 6 }, () => connect(port, '127.0.0.1'));
      for (const socket of sockets) socket.on('error', () => undefined).resume();
      await until('two are closed', () => sockets.filter(({ closed }) => closed).length === 2, 5_000);
      for (const socket of sockets) socket.destroy();
    });

    it('hears nobody else once the stream runs', async () => {
      const port = await engine.open('s', 'tcp-passive');
      const camera = keep(await dialingCamera(port));
      await camera.send(clipPackets(60));
      await engine.untilEvent(UP);
      await assert.rejects(dialingCamera(port), /ECONNREFUSED/);
    });

    it('finds the packets again behind bytes that are none', async () => {
      const camera = keep(await dialingCamera(await engine.open('s', 'tcp-passive')));
      await camera.send(clipPackets(60));
      await engine.untilEvent(UP);
      camera.socket.write(Buffer.alloc(5_000, 0x11));
      const more = clipPackets(120).slice(clipPackets(60).length);
      await camera.send(more);
      await untilPackets(clipPackets(60).length + more.length - 2);
      await engine.untilMetric('yimu_rtp_resyncs', 1);
    });

    it('goes on with the same source when the camera calls again after its connection broke', async () => {
      const port = await engine.open('s', 'tcp-passive');
      const [half, all] = [clipPackets(60), clipPackets(120)];
      const broken = keep(await dialingCamera(port));
      await broken.send(half);
      await engine.untilEvent(UP);
      const viewer = engine.watch('s');
      broken.close();
      const camera = await until(
        'the port',
        async () => await dialingCamera(port).catch(() => undefined),
        5_000,
      );
      keep(camera);
      await camera.send(all.slice(half.length));
      await untilPackets(all.length);
      await until('its pictures', () => viewer.frames.some((frame) => frame.startsWith('key@')), 5_000);
      assert.deepEqual(
        engine.events.filter((event) => event.startsWith('lost')),
        [],
      );
    });

    it('ends the source when the connection ends', async () => {
      const camera = keep(await dialingCamera(await engine.open('s', 'tcp-passive')));
      await camera.send(clipPackets(60));
      await engine.untilEvent(UP);
      camera.close();
      await engine.untilEvent('lost s transport');
    });

    it('ends the source when a megabyte holds no packet', async () => {
      const camera = keep(await dialingCamera(await engine.open('s', 'tcp-passive')));
      await camera.send(clipPackets(60));
      await engine.untilEvent(UP);
      camera.socket.write(Buffer.alloc(1_200_000, 0x11));
      await engine.untilEvent('lost s transport');
    });
  });

  describe('over TCP, the platform dials', () => {
    it('plays', async () => {
      const camera = keep(await listeningCamera());
      await engine.open('s', 'tcp-active');
      await engine.media.connectRtp('s', '127.0.0.1', camera.port);
      await until('the call', () => camera.connections() === 1, 5_000);
      await camera.send(clipPackets(60));
      await engine.untilEvent(UP);
      camera.close();
      await engine.untilEvent('lost s transport');
    });

    it('is patient with a camera that refuses first and listens late', async () => {
      const probe = await listeningCamera();
      const { port } = probe;
      probe.close();
      await engine.open('s', 'tcp-active');
      await engine.media.connectRtp('s', '127.0.0.1', port);
      const camera = keep(await listeningCamera(port));
      await until('the call', () => camera.connections() === 1, 5_000);
      await camera.send(clipPackets(60));
      await engine.untilEvent(UP);
    });

    it('gives up a camera that refuses for good', async () => {
      const probe = await listeningCamera();
      probe.close();
      await engine.open('s', 'tcp-active', { firstPacketTimeoutMs: 800 });
      await engine.media.connectRtp('s', '127.0.0.1', probe.port);
      await engine.untilEvent('lost s no-rtp');
    });

    it('stops dialling when the session is closed', async () => {
      const probe = await listeningCamera();
      const { port } = probe;
      probe.close();
      await engine.open('s', 'tcp-active');
      await engine.media.connectRtp('s', '127.0.0.1', port);
      await engine.media.close('s');
      const camera = keep(await listeningCamera(port));
      const other = await engine.open('s', 'tcp-passive');
      assert.ok(other > 0);
      assert.equal(camera.connections(), 0);
    });
  });

  describe('ends', () => {
    it('with no-rtp when nothing comes in time', async () => {
      await engine.open('s', 'udp', { firstPacketTimeoutMs: 300 });
      await engine.untilEvent('lost s no-rtp');
    });

    it('with no-track when what comes is no picture', async () => {
      const camera = keep(udpCamera(await engine.open('s', 'udp', { firstPacketTimeoutMs: 300 })));
      await camera.send(clipPackets(1).slice(-1));
      await engine.untilEvent('lost s no-track');
    });

    it('with rtp-timeout when the camera falls silent', async () => {
      const camera = keep(udpCamera(await engine.open('s', 'udp', { silenceTimeoutMs: 300 })));
      await camera.send(clipPackets(60));
      await engine.untilEvent(UP);
      await engine.untilEvent('lost s rtp-timeout');
    });
  });

  it('takes the SSRC that the device answered with', async () => {
    const camera = keep(udpCamera(await engine.open('s')));
    await engine.media.acceptSsrc('s', 77);
    await camera.send(clipPackets(60, { ssrc: 77 }));
    await engine.untilEvent(UP);
  });
});

describe('the ports of the embedded engine', function () {
  this.timeout(30_000);
  let engine: RunningEngine;

  afterEach(async () => {
    await engine.stop();
  });

  it('are refused when all are lent, and lent again when one comes back, for UDP and TCP alike', async () => {
    const free = await freePorts();
    engine = await RunningEngine.start({ rtpPorts: { from: free, to: free } });
    assert.equal(await engine.open('a', 'udp'), free);
    await assert.rejects(engine.open('b', 'tcp-passive'), { code: 'QUOTA_EXCEEDED' });
    await engine.media.close('a');
    assert.equal(await engine.open('b', 'tcp-passive'), free);
    await engine.media.close('b');
    assert.equal(await engine.open('c', 'udp'), free);
    await engine.untilMetric('yimu_rtp_ports_in_use', 1);
  });

  it('have the receive buffer that the system gives, and tell it', async () => {
    engine = await RunningEngine.start();
    await engine.open('a');
    await until('it is told', () => engine.metric('yimu_rtp_receive_buffer_bytes') > 65_536, 5_000);
  });
});
