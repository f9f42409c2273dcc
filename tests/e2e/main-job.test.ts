import assert from 'node:assert/strict';
import { EzvizClient } from '../support/ezviz-client.ts';
import { FlvViewer } from '../support/flv-viewer.ts';
import { attachDevice, type RecordedDevice } from '../support/recorded-device.ts';
import { type MetricValues, ServerProcess } from '../support/server-process.ts';

const PASSWORD = 'main-job-of-the-tests';
const NOTHING_RUNS = [
  'yimu_rtp_ports_in_use',
  'yimu_streams',
  'yimu_viewers',
  'yimu_leases',
  'yimu_sip_dialogs',
  'yimu_media_dialogs',
  'yimu_ssrc_in_use',
];

function nothingRuns(values: MetricValues): boolean {
  return NOTHING_RUNS.every((name) => values.get(name) === 0);
}

describe('the main job, from the camera to the viewer', function () {
  this.timeout(60_000);
  let server: ServerProcess;
  let client: EzvizClient;
  const devices: RecordedDevice[] = [];
  const viewers: FlvViewer[] = [];

  /** A viewer that a failed test does not leave behind. */
  async function play(url: string): Promise<FlvViewer> {
    const viewer = await FlvViewer.play(url);
    viewers.push(viewer);
    return viewer;
  }

  afterEach(() => {
    for (const viewer of viewers.splice(0)) viewer.close();
  });

  before(async () => {
    server = await ServerProcess.start();
    const { accessToken } = (await server.operator('POST', '/tokens')) as { readonly accessToken: string };
    client = new EzvizClient(server.control.url, accessToken);
  });

  after(async () => {
    await Promise.all(devices.map((device) => device.stop()));
    assert.equal(await server.stop(), 0, server.log);
  });

  async function attach(options: Parameters<typeof attachDevice>[1]): ReturnType<typeof attachDevice> {
    const attached = await attachDevice(server, options);
    devices.push(attached.device);
    return attached;
  }

  for (const transport of ['udp', 'tcp'] as const) {
    it(`plays a camera that signals over ${transport}, turns it, and lets it go`, async () => {
      const gbId = transport === 'udp' ? '34020000001320000011' : '34020000001320000012';
      const { device, listed } = await attach({ gbId, password: PASSWORD, transport });
      const [channel] = listed.channels;
      assert.ok(channel);
      const camera = { deviceSerial: listed.deviceSerial, channelNo: channel.channelNo };

      const { url } = await client.liveUrl(camera);
      assert.equal(device.of('invite').length, 0, 'an address alone costs the camera nothing');
      const first = await play(url);
      const second = await play(url);
      await first.untilFrames(30);
      await second.untilFrames(10);
      assert.equal(device.of('invite').length, 1, 'one upstream however many viewers');

      assert.equal(
        (await client.call('device/ptz/start', { ...camera, direction: 2, speed: 1 })).code,
        '200',
      );
      const moved = await device.until('ptz', (event) => event.movement?.pan === -1);
      assert.equal(moved.channel, channel.gbId);
      assert.equal((await client.call('device/ptz/stop', { ...camera, direction: 2 })).code, '200');
      const stopped = await device.until('ptz', (event) => event.stop);
      assert.equal(stopped.bytes, 'A50F0100000000B5');

      first.close();
      second.close();
      const bye = await device.until('bye', undefined, 25_000);
      assert.equal(bye.by, 'platform');
      await server.metricsUntil(nothingRuns);
      await device.stop();
      await device.until('unregistered');
    });
  }

  it('stops a camera by itself when the stop never comes', async () => {
    const { device, listed } = await attach({ gbId: '34020000001320000013', password: PASSWORD });
    const camera = { deviceSerial: listed.deviceSerial, channelNo: 1 };
    assert.equal((await client.call('device/ptz/start', { ...camera, direction: 0, speed: 2 })).code, '200');
    await device.until('ptz', (event) => event.movement?.tilt === 1);
    await device.until('ptz', (event) => event.stop, 25_000);
  });

  it('plays each camera of a recorder on its own', async () => {
    const { device, listed } = await attach({
      gbId: '34020000001180000014',
      kind: 'nvr',
      password: PASSWORD,
    });
    assert.equal(listed.channels.length, 4);
    const watching = await Promise.all(
      listed.channels.map(async ({ channelNo }) => {
        const { url } = await client.liveUrl({ deviceSerial: listed.deviceSerial, channelNo });
        return await play(url);
      }),
    );
    await Promise.all(watching.map((viewer) => viewer.untilFrames(10)));
    assert.deepEqual(
      new Set(device.of('invite').map((event) => event.channel)),
      new Set(listed.channels.map((channel) => channel.gbId)),
    );
    for (const viewer of watching) viewer.close();
    await server.metricsUntil(nothingRuns, 25_000);
  });

  it('ends the viewers when the camera hangs up', async () => {
    const { device, listed } = await attach({
      gbId: '34020000001320000015',
      password: PASSWORD,
      faults: ['hang-up'],
    });
    const viewer = await play(
      (await client.liveUrl({ deviceSerial: listed.deviceSerial, channelNo: 1 })).url,
    );
    await viewer.untilFrames(10);
    const bye = await device.until('bye');
    assert.equal(bye.by, 'device');
    await server.metricsUntil(nothingRuns, 25_000);
    assert.equal(viewer.ended, true);
  });

  it('takes media of another SSRC when the camera announces it in its answer', async () => {
    const { listed } = await attach({
      gbId: '34020000001320000016',
      password: PASSWORD,
      faults: ['other-ssrc'],
    });
    const viewer = await play(
      (await client.liveUrl({ deviceSerial: listed.deviceSerial, channelNo: 1 })).url,
    );
    await viewer.untilFrames(10);
    viewer.close();
    await server.metricsUntil(nothingRuns, 25_000);
  });

  it('comes back after the camera was restarted', async () => {
    const { device, listed } = await attach({ gbId: '34020000001320000017', password: PASSWORD });
    await device.restart();
    await device.listed();
    const viewer = await play(
      (await client.liveUrl({ deviceSerial: listed.deviceSerial, channelNo: 1 })).url,
    );
    await viewer.untilFrames(10);
    viewer.close();
    await server.metricsUntil(nothingRuns, 25_000);
  });
});
