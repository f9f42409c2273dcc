import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { type Camera, udpCamera } from '../../support/media/camera.ts';
import { clipPictures, fatPictures } from '../../support/media/clip-packets.ts';
import { RunningEngine } from '../../support/media/running-engine.ts';
import { until } from '../../support/until.ts';

const UPPER_SSRC = 0x0bebc201;

/** The engine is its own upper platform: session `s` comes from a camera, session `up` from the relay of `s`. */
describe('relaying a running stream to an upper platform', function () {
  this.timeout(30_000);
  let engine: RunningEngine;
  let camera: Camera | undefined;
  const servers: Server[] = [];
  const lost: string[] = [];

  beforeEach(async () => {
    lost.length = 0;
    engine = await RunningEngine.start();
    engine.media.on('relayLost', (relayId, why) => lost.push(`${relayId} ${why}`));
  });

  afterEach(async () => {
    camera?.close();
    camera = undefined;
    for (const server of servers.splice(0)) server.close();
    await engine.stop();
  });

  async function running(): Promise<Camera> {
    camera = udpCamera(await engine.open('s'));
    await camera.send(clipPictures(30).flatMap(({ packets }) => packets));
    await engine.untilEvent('up s h264 pcma');
    return camera;
  }

  /** Goes on sending pictures until the upper platform shows one. */
  async function sendUntilUp(from: Camera): Promise<void> {
    const pictures = clipPictures(600).slice(30);
    for (const { packets } of pictures) {
      if (engine.events.some((event) => event.startsWith('up up'))) return;
      await from.send(packets);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await engine.untilEvent('up up h264 pcma');
  }

  async function openUpper(transport: 'udp' | 'tcp-passive' | 'tcp-active'): Promise<number> {
    const { port } = await engine.media.openRtp({
      sessionId: 'up',
      transport,
      ssrc: UPPER_SSRC,
      firstPacketTimeoutMs: 10_000,
      silenceTimeoutMs: 10_000,
    });
    return port;
  }

  it('sends datagrams that the upper platform decodes, without a packet lost', async () => {
    const from = await running();
    const port = await openUpper('udp');
    await engine.media.openRelay({
      relayId: 'r',
      sessionId: 's',
      target: { transport: 'udp', address: '127.0.0.1', port, ssrc: UPPER_SSRC, payloadType: 96 },
    });
    await sendUntilUp(from);
    const upper = (await engine.media.stats()).find(({ sessionId }) => sessionId === 'up');
    assert.equal(upper?.foreignSsrcPackets, 0);
    assert.equal(upper.packetsLost, 0);
    await engine.untilMetric('yimu_relays', 1);
    await engine.media.closeRelay('r');
    await engine.media.closeRelay('r');
    await engine.untilMetric('yimu_relays', 0);
    assert.deepEqual(lost, []);
  });

  it('dials an upper platform that listens (RFC 4571)', async () => {
    const from = await running();
    const port = await openUpper('tcp-passive');
    const { port: told } = await engine.media.openRelay({
      relayId: 'r',
      sessionId: 's',
      target: { transport: 'tcp-active', address: '127.0.0.1', port, ssrc: UPPER_SSRC, payloadType: 96 },
    });
    assert.equal(told, 9);
    await sendUntilUp(from);
  });

  it('listens for an upper platform that dials', async () => {
    const from = await running();
    await openUpper('tcp-active');
    const { port } = await engine.media.openRelay({
      relayId: 'r',
      sessionId: 's',
      target: { transport: 'tcp-passive', address: '127.0.0.1', port: 9, ssrc: UPPER_SSRC, payloadType: 96 },
    });
    await engine.media.connectRtp('up', '127.0.0.1', port);
    await sendUntilUp(from);
  });

  it('ends with its stream, and gives its port back', async () => {
    await running();
    const port = await openUpper('udp');
    await engine.media.openRelay({
      relayId: 'r',
      sessionId: 's',
      target: { transport: 'udp', address: '127.0.0.1', port, ssrc: UPPER_SSRC, payloadType: 96 },
    });
    await engine.media.close('s');
    await until('the relay is lost', () => lost.includes('r source'));
    await engine.media.close('up');
    await engine.untilMetric('yimu_relays', 0);
    await engine.untilMetric('yimu_rtp_ports_in_use', 0);
  });

  it('tells when nobody takes the connection, after four tries', async () => {
    await running();
    await engine.media.openRelay({
      relayId: 'r',
      sessionId: 's',
      target: { transport: 'tcp-active', address: '127.0.0.1', port: 1, ssrc: 1, payloadType: 96 },
    });
    await until('the relay is lost', () => lost.includes('r transport'), 10_000);
  });

  it('leaves packets out for a receiver that takes nothing, and the stream goes on', async () => {
    const from = await running();
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.pause();
    });
    servers.push(server);
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    await engine.media.openRelay({
      relayId: 'r',
      sessionId: 's',
      target: { transport: 'tcp-active', address: '127.0.0.1', port, ssrc: 1, payloadType: 96 },
    });
    // More than the queue and the buffers of the system hold.
    for (const { packets } of fatPictures(300)) {
      await from.send(packets);
      if (engine.metric('yimu_relay_skipped') > 0) break;
    }
    await until('packets are left out', () => engine.metric('yimu_relay_skipped') > 0, 10_000);
    assert.deepEqual(lost, []);
  });

  it('refuses a stream that does not run, and a relay that is open already', async () => {
    const target = { transport: 'udp', address: '127.0.0.1', port: 9, ssrc: 1, payloadType: 96 } as const;
    await assert.rejects(engine.media.openRelay({ relayId: 'r', sessionId: 'none', target }), {
      code: 'STREAM_NOT_FOUND',
    });
    await running();
    await engine.media.openRelay({ relayId: 'r', sessionId: 's', target });
    await assert.rejects(engine.media.openRelay({ relayId: 'r', sessionId: 's', target }), {
      code: 'CONFLICT',
    });
  });
});
