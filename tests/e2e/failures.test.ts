import assert from 'node:assert/strict';
import { EzvizClient } from '../support/ezviz-client.ts';
import { FlvViewer, type FlvRefusal } from '../support/flv-viewer.ts';
import { attachDevice, RecordedDevice } from '../support/recorded-device.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'failures-of-the-tests';

async function refusal(url: string): Promise<FlvRefusal> {
  const opened = await FlvViewer.open(url);
  if (!(opened instanceof FlvViewer)) return opened;
  opened.close();
  throw new Error('it plays');
}

describe('each failure has its own clear error, and nothing leaks', function () {
  this.timeout(60_000);
  let server: ServerProcess;
  let client: EzvizClient;
  const devices: RecordedDevice[] = [];

  before(async () => {
    server = await ServerProcess.start();
    const { accessToken } = (await server.operator('POST', '/tokens')) as { readonly accessToken: string };
    client = new EzvizClient(server.control.url, accessToken);
  });

  after(async () => {
    await Promise.all(devices.map((device) => device.stop()));
    await server.stop();
  });

  async function attach(options: Parameters<typeof attachDevice>[1]): ReturnType<typeof attachDevice> {
    const attached = await attachDevice(server, options);
    devices.push(attached.device);
    return attached;
  }

  it('a wrong token: 10002', async () => {
    const stranger = new EzvizClient(server.control.url, 'at.'.padEnd(64, '0'));
    assert.equal((await stranger.call('device/list')).code, '10002');
  });

  it('an unknown device: 20002, an unknown channel: 20001', async () => {
    assert.equal((await client.call('device/info', { deviceSerial: 'ZZZZZZZZZ' })).code, '20002');
    const { listed } = await attach({ gbId: '34020000001320000021', password: PASSWORD });
    const { code } = await client.call('v2/live/address/get', {
      deviceSerial: listed.deviceSerial,
      channelNo: 99,
      protocol: 4,
    });
    assert.equal(code, '20001');
  });

  it('an altered, a foreign and an expired address: refused by name', async () => {
    const { listed } = await attach({ gbId: '34020000001180000022', kind: 'nvr', password: PASSWORD });
    const { url } = await client.liveUrl({ deviceSerial: listed.deviceSerial, channelNo: 1 });
    const altered = new URL(url);
    const t = altered.searchParams.get('t') ?? '';
    altered.searchParams.set('t', (t.startsWith('0') ? '1' : '0') + t.slice(1));
    assert.deepEqual(pick(await refusal(altered.href)), { status: 403, code: 'GRANT_INVALID' });
    const later = new URL(url);
    later.searchParams.set('expire', String(Number(later.searchParams.get('expire')) + 1));
    assert.equal((await refusal(later.href)).code, 'GRANT_INVALID');
    assert.equal((await refusal(url.replace('_1_1.flv', '_2_1.flv'))).code, 'GRANT_INVALID');

    const short = await client.liveUrl({ deviceSerial: listed.deviceSerial, channelNo: 1, expireTime: 30 });
    const expired = new URL(short.url);
    assert.ok(Number(expired.searchParams.get('expire')) * 1_000 <= Date.now() + 31_000);
    expired.searchParams.set('expire', '1000000000');
    assert.ok(['GRANT_EXPIRED', 'GRANT_INVALID'].includes((await refusal(expired.href)).code));
  });

  it('a disabled address: its viewers are cut and nobody gets in again', async () => {
    const { listed } = await attach({ gbId: '34020000001320000023', password: PASSWORD });
    const camera = { deviceSerial: listed.deviceSerial, channelNo: 1 };
    const { id, url } = await client.liveUrl(camera);
    const viewer = await FlvViewer.play(url);
    await viewer.untilFrames(5);
    assert.equal((await client.call('live/address/disable', { ...camera, urlId: id })).code, '200');
    await until('the viewer is cut', () => viewer.ended);
    assert.match((await refusal(url)).code, /^GRANT_/);
  });

  it('an offline device: 20007', async () => {
    const { device, listed } = await attach({ gbId: '34020000001320000024', password: PASSWORD });
    const { url } = await client.liveUrl({ deviceSerial: listed.deviceSerial, channelNo: 1 });
    await device.stop();
    const { code } = await client.call('v2/live/address/get', {
      deviceSerial: listed.deviceSerial,
      channelNo: 1,
      protocol: 4,
    });
    assert.equal(code, '20007');
    assert.equal((await refusal(url)).code, 'DEVICE_OFFLINE');
  });

  it('a wrong password and an unknown ID: the device is refused, and who wants to watch is told why: 20010', async () => {
    const added = await server.operator('POST', '/devices', {
      gbId: '34020000001320000025',
      password: PASSWORD,
    });
    const { deviceSerial } = added as { readonly deviceSerial: string };
    const wrong = new RecordedDevice(server, { gbId: '34020000001320000025', password: 'not it' });
    const unknown = new RecordedDevice(server, { gbId: '34020000001320000026', password: PASSWORD });
    devices.push(wrong, unknown);
    await wrong.start();
    await unknown.start();
    assert.ok([401, 403].includes((await wrong.until('register-refused')).status ?? 0));
    assert.ok([403, 404].includes((await unknown.until('register-refused')).status ?? 0));
    assert.equal(wrong.of('registered').length + unknown.of('registered').length, 0);
    const { code, msg } = await client.call('v2/live/address/get', {
      deviceSerial,
      channelNo: 1,
      protocol: 4,
    });
    assert.deepEqual([code, msg], ['20010', '设备的注册密码不正确']);
  });

  it('a camera that never sends media: the viewer is told so, and the call is taken back', async () => {
    const { device, listed } = await attach({
      gbId: '34020000001320000027',
      password: PASSWORD,
      faults: ['no-media'],
    });
    const { url } = await client.liveUrl({ deviceSerial: listed.deviceSerial, channelNo: 1 });
    const { status, code, message } = await refusal(url);
    assert.equal(code, 'MEDIA_NO_RTP');
    assert.ok(status >= 500);
    assert.match(message, /[\u4e00-\u9fff]/);
    await device.until('bye');
  });

  it('a camera that is busy, and one that never answers', async () => {
    const busy = await attach({ gbId: '34020000001320000028', password: PASSWORD, faults: ['busy'] });
    const mute = await attach({ gbId: '34020000001320000029', password: PASSWORD, faults: ['mute-invite'] });
    const urls = await Promise.all(
      [busy, mute].map(({ listed }) => client.liveUrl({ deviceSerial: listed.deviceSerial, channelNo: 1 })),
    );
    const codes = await Promise.all(urls.map(async ({ url }) => (await refusal(url)).code));
    assert.deepEqual(codes, ['DEVICE_BUSY', 'DEVICE_TIMEOUT']);
  });

  it('after all of it, ports, dialogs, leases and streams are back at zero', async () => {
    await Promise.all(devices.map((device) => device.stop()));
    await server.metricsUntil(
      (values) =>
        [
          'yimu_devices_registered',
          'yimu_sip_transactions',
          'yimu_sip_dialogs',
          'yimu_media_dialogs',
          'yimu_rtp_ports_in_use',
          'yimu_streams',
          'yimu_viewers',
          'yimu_leases',
        ].every((name) => values.get(name) === 0),
      45_000,
    );
  });
});

function pick({ status, code }: FlvRefusal): { readonly status: number; readonly code: string } {
  return { status, code };
}
