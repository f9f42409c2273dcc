import assert from 'node:assert/strict';
import { type Fault, fixedArchive } from '../../../bff/simulator/src/index.ts';
import { EzvizClient } from '../../support/ezviz-client.ts';
import { type FlvRefusal, FlvViewer } from '../../support/flv-viewer.ts';
import { attachDevice, type ListedDevice, type RecordedDevice } from '../../support/recorded-device.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';

/** Noon of 14 January 2026 in Beijing. */
const NOON = Date.UTC(2026, 0, 14, 4);
/** What the process itself says that it holds of a stream. */
const HELD = [
  'yimu_media_dialogs',
  'yimu_sip_dialogs',
  'yimu_ssrc_in_use',
  'yimu_rtp_ports_in_use',
  'yimu_streams',
  'yimu_viewers',
  'yimu_viewers_waiting',
  'yimu_leases',
  'yimu_live_sessions',
];
/** The grace after the last viewer, and a BYE. */
const OVER_WITHIN_MS = 30_000;

describe('a camera that answers 200 and sends nothing by the way of media that was agreed', function () {
  this.timeout(90_000);
  let server: ServerProcess;
  let client: EzvizClient;
  let serial = 300;
  const devices: RecordedDevice[] = [];

  before(async () => {
    server = await ServerProcess.start({ YIMU_MEDIA_TRANSPORTS: 'udp,tcp-passive,tcp-active' });
    const { accessToken } = (await server.operator('POST', '/tokens')) as { readonly accessToken: string };
    client = new EzvizClient(server.control.url, accessToken);
  });

  afterEach(async () => {
    await nothingHeld();
    await Promise.all(devices.splice(0).map((device) => device.stop()));
  });

  after(async () => {
    await server.stop();
  });

  async function nothingHeld(): Promise<void> {
    await server.metricsUntil((values) => HELD.every((name) => values.get(name) === 0), OVER_WITHIN_MS);
  }

  async function attach(faults: readonly Fault[]): Promise<{
    readonly device: RecordedDevice;
    readonly listed: ListedDevice;
    readonly open: () => Promise<FlvViewer | FlvRefusal>;
  }> {
    serial += 1;
    const { device, listed } = await attachDevice(server, {
      gbId: `3402000000132${String(serial).padStart(7, '0')}`,
      password: 'Gb28181-demo',
      faults,
      archive: fixedArchive([{ beginMs: NOON, endMs: NOON + 60_000, kind: 'time' }]),
    });
    devices.push(device);
    const camera = { deviceSerial: listed.deviceSerial, channelNo: 1 };
    return { device, listed, open: async () => await FlvViewer.open((await client.liveUrl(camera)).url) };
  }

  const ways = (device: RecordedDevice): readonly string[] =>
    device.of('invite').map(({ transport }) => transport);

  it('is asked by the next one, its first call ended by BYE before; the next start begins with what worked', async () => {
    const { device, open } = await attach(['udp-unsent']);
    const first = await open();
    assert.ok(first instanceof FlvViewer, JSON.stringify(first));
    await first.untilFrames(5);
    assert.deepEqual(ways(device), ['udp', 'tcp-passive']);
    const byes = device.of('bye');
    assert.deepEqual(
      byes.map(({ callId, by, packetsSent }) => [callId, by, packetsSent]),
      [[device.of('invite')[0]?.callId, 'platform', 0]],
    );
    const order = device.events
      .map(({ event }) => event)
      .filter((event) => ['invite', 'bye'].includes(event));
    assert.deepEqual(order, ['invite', 'bye', 'invite']);
    const held = await server.metrics();
    assert.deepEqual(
      ['yimu_media_dialogs', 'yimu_ssrc_in_use', 'yimu_rtp_ports_in_use'].map((name) => held.get(name)),
      [1, 1, 1],
    );
    first.close();
    await nothingHeld();

    const second = await open();
    assert.ok(second instanceof FlvViewer, JSON.stringify(second));
    await second.untilFrames(5);
    assert.deepEqual(ways(device), ['udp', 'tcp-passive', 'tcp-passive']);
    second.close();
  });

  it('is asked by every one, and the viewer is told that nothing came before he is refused for having waited', async () => {
    const { device, open } = await attach(['no-media']);
    const refusal = await open();
    assert.ok(!(refusal instanceof FlvViewer));
    assert.equal(refusal.code, 'MEDIA_NO_RTP');
    assert.deepEqual(ways(device), ['udp', 'tcp-passive', 'tcp-active']);
    await until('every call is ended', () => device.of('bye').length === 3);
  });

  it('shows its recordings by the next one, and brings them as files', async () => {
    const { device, listed } = await attach(['udp-unsent']);
    const order = { device: listed.gbId, channelNo: 1, beginMs: NOON, endMs: NOON + 20_000 };
    const { id } = (await server.operator('POST', '/downloads', { ...order, speed: 16 })) as {
      readonly id: string;
    };
    const done = await until(
      'the download',
      async () => {
        const now = (await server.operator('GET', `/downloads/${id}`)) as { readonly state: string };
        return now.state === 'waiting' || now.state === 'running' ? undefined : now;
      },
      45_000,
    );
    assert.equal(done.state, 'done', JSON.stringify(done));
    assert.deepEqual(ways(device), ['udp', 'tcp-passive']);
    const { url } = (await server.operator('POST', '/playbacks', order)) as { readonly url: string };
    const viewer = await FlvViewer.play(url);
    await viewer.untilFrames(5);
    assert.deepEqual(ways(device), ['udp', 'tcp-passive', 'tcp-passive'], 'what a download taught');
    viewer.close();
    await server.operator('DELETE', `/downloads/${id}`);
  });
});
