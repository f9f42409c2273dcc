import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EzvizClient } from '../support/ezviz-client.ts';
import { FlvViewer } from '../support/flv-viewer.ts';
import { attachDevice, type ListedDevice, RecordedDevice } from '../support/recorded-device.ts';
import { RawDevice } from '../integration/gb28181/raw-device.ts';
import { SipPeer } from '../integration/gb28181/sip-peer.ts';
import { type MetricValues, ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

const UPPER = { YIMU_SIP_ID: '34020000002000000001', YIMU_SIP_DOMAIN: '3402000000' };
const LOWER = { YIMU_SIP_ID: '34020100002000000009', YIMU_SIP_DOMAIN: '3402010000' };
const PASSWORD = 'cascade-of-the-tests';
const CAMERA = '34020100001320000011';
const OWN = '34020000001320000911';
const BELL = '34020100001340000021';
const BELL_OWN = '34020000001340000921';

const NOTHING_RUNS = [
  'yimu_rtp_ports_in_use',
  'yimu_streams',
  'yimu_viewers',
  'yimu_leases',
  'yimu_relays',
  'yimu_upward_streams',
  'yimu_upper_sessions',
  'yimu_upper_questions',
  'yimu_upper_movements',
  'yimu_sip_dialogs',
  'yimu_media_dialogs',
  'yimu_ssrc_in_use',
];

function nothingRuns(values: MetricValues): boolean {
  return NOTHING_RUNS.every((name) => values.get(name) === 0);
}

interface UpperView {
  readonly id: number;
  readonly shares: number;
  readonly registration: { readonly phase: string; readonly lastError: string | null };
}

/** Yimu as its own upper platform: two real processes, a simulated camera at the lower one. */
describe('cascade: a camera of one server at another server', function () {
  this.timeout(120_000);
  let upper: ServerProcess;
  let lower: ServerProcess;
  let camera: RecordedDevice;
  let listed: ListedDevice;
  let client: EzvizClient;
  let upperId: number;
  const dirs: string[] = [];
  const viewers: FlvViewer[] = [];
  const peers: SipPeer[] = [];

  function dir(): string {
    const made = mkdtempSync(join(tmpdir(), 'yimu-cascade-'));
    dirs.push(made);
    return made;
  }

  async function registration(): Promise<UpperView['registration']> {
    return ((await lower.operator('GET', `/upper-platforms/${String(upperId)}`)) as UpperView).registration;
  }

  async function untilRegistered(): Promise<void> {
    await until(
      'the lower one is registered',
      async () => (await registration()).phase === 'registered',
      30_000,
    );
  }

  /** The lower platform as the upper one lists it. */
  async function atUpper(): Promise<ListedDevice | undefined> {
    const { devices } = (await upper.operator('GET', '/devices')) as {
      readonly devices: readonly ListedDevice[];
    };
    return devices.find(({ gbId }) => gbId === LOWER.YIMU_SIP_ID);
  }

  async function untilShown(
    gbId: string,
    online: boolean,
  ): Promise<{ readonly serial: string; readonly no: number }> {
    return await until(
      `${gbId} is ${online ? 'online' : 'away'} at the upper one`,
      async () => {
        const device = await atUpper();
        const channel = device?.channels.find((candidate) => candidate.gbId === gbId);
        return device !== undefined && channel?.online === online
          ? { serial: device.deviceSerial, no: channel.channelNo }
          : undefined;
      },
      30_000,
    );
  }

  async function play(): Promise<FlvViewer> {
    const { serial, no } = await untilShown(OWN, true);
    const { url } = await client.liveUrl({ deviceSerial: serial, channelNo: no });
    const viewer = await FlvViewer.play(url);
    viewers.push(viewer);
    return viewer;
  }

  async function untilQuiet(): Promise<void> {
    for (const viewer of viewers.splice(0)) viewer.close();
    await upper.metricsUntil(nothingRuns, 40_000);
    await lower.metricsUntil(nothingRuns, 40_000);
  }

  before(async () => {
    upper = await ServerProcess.start(UPPER, { dataDir: dir() });
    lower = await ServerProcess.start(LOWER, { dataDir: dir() });
    await upper.operator('POST', '/devices', { gbId: LOWER.YIMU_SIP_ID, password: PASSWORD });
    await upper.operator('PUT', `/devices/${LOWER.YIMU_SIP_ID}/subscriptions`, {
      subscriptions: [{ kind: 'catalog' }, { kind: 'alarm' }],
    });
    ({ device: camera, listed } = await attachDevice(lower, { gbId: CAMERA, password: PASSWORD }));
    const { accessToken } = (await upper.operator('POST', '/tokens')) as { readonly accessToken: string };
    client = new EzvizClient(upper.control.url, accessToken);
  });

  after(async () => {
    for (const viewer of viewers.splice(0)) viewer.close();
    for (const peer of peers) peer.close();
    await camera.stop();
    assert.equal(await lower.stop(), 0, lower.log);
    assert.equal(await upper.stop(), 0, upper.log);
    for (const made of dirs) rmSync(made, { recursive: true, force: true });
  });

  it('is refused with a wrong password, and says so', async () => {
    const { port } = upper.control.sip;
    const added = (await lower.operator('POST', '/upper-platforms', {
      ...{ gbId: UPPER.YIMU_SIP_ID, host: '127.0.0.1', port, password: 'wrong', name: '市局' },
      ...{ keepaliveS: 5, localGbId: LOWER.YIMU_SIP_ID },
    })) as UpperView;
    upperId = added.id;
    assert.ok(!JSON.stringify(added).includes('wrong'), 'no password in the answer');
    const { lastError } = await until('it is refused', async () => {
      const state = await registration();
      return state.phase === 'waiting' ? state : undefined;
    });
    assert.match(lastError ?? '', /password/);
    assert.equal((await atUpper())?.online, false);
  });

  it('registers when the password is set right', async () => {
    await lower.operator('PATCH', `/upper-platforms/${String(upperId)}`, { password: PASSWORD });
    await untilRegistered();
    assert.equal((await atUpper())?.online, true);
  });

  it('shows the camera under its own ID as soon as it is shared', async () => {
    const [channel] = listed.channels;
    assert.ok(channel);
    await lower.operator('POST', `/upper-platforms/${String(upperId)}/channels`, {
      channels: [{ device: CAMERA, channelNo: channel.channelNo, gbId: OWN }],
    });
    await untilShown(OWN, true);
  });

  it('plays at the upper one, and one INVITE to the camera serves both', async () => {
    const viewer = await play();
    await viewer.untilFrames(40);
    assert.ok(viewer.counts.keyFrames > 0);
    assert.equal(camera.of('invite').length, 1);
    const { accessToken } = (await lower.operator('POST', '/tokens')) as { readonly accessToken: string };
    const below = new EzvizClient(lower.control.url, accessToken);
    const { url } = await below.liveUrl({ deviceSerial: listed.deviceSerial, channelNo: 1 });
    const local = await FlvViewer.play(url);
    viewers.push(local);
    await local.untilFrames(20);
    assert.equal(camera.of('invite').length, 1, 'the viewer below joins the stream that goes up');
    await untilQuiet();
    await camera.until('bye');
  });

  it('turns the camera from the upper one, with the very octets', async () => {
    const { serial, no } = await untilShown(OWN, true);
    const at = { deviceSerial: serial, channelNo: no };
    assert.equal((await client.call('device/ptz/start', { ...at, direction: 2, speed: 1 })).code, '200');
    const moved = await camera.until('ptz', ({ stop }) => !stop);
    assert.match(moved.bytes, /^A50F0102/i);
    assert.equal(moved.channel, listed.channels[0]?.gbId);
    assert.equal((await client.call('device/ptz/stop', { ...at, direction: 2 })).code, '200');
    await camera.until('ptz', ({ stop }) => stop);
  });

  it('lists the recordings of the camera at the upper one, and plays one, at twice its pace too', async () => {
    const { serial, no } = await untilShown(OWN, true);
    const endMs = Math.floor(Date.now() / 86_400_000) * 86_400_000;
    const period = { device: serial, channelNo: no, beginMs: endMs - 7_200_000, endMs };
    const query = new URLSearchParams(Object.entries(period).map(([name, value]) => [name, String(value)]));
    const found = (await upper.operator('GET', `/recordings?${query.toString()}`)) as {
      readonly files?: readonly unknown[];
      readonly items?: readonly unknown[];
    };
    assert.ok((found.files ?? found.items ?? []).length > 0, JSON.stringify(found).slice(0, 300));
    const { id, url } = (await upper.operator('POST', '/playbacks', period)) as {
      readonly id: string;
      readonly url: string;
    };
    const viewer = await FlvViewer.play(url);
    viewers.push(viewer);
    await viewer.untilFrames(20);
    await upper.operator('POST', `/playbacks/${id}/control`, { do: 'scale', scale: 2 });
    const order = await camera.until('playback', ({ order: told }) => told.includes('2'));
    assert.equal(order.status, 200);
    await upper.operator('DELETE', `/playbacks/${id}`);
    await untilQuiet();
  });

  it('tells an alarm of a device below to the upper one', async () => {
    await lower.operator('POST', '/devices', { gbId: BELL, password: PASSWORD });
    const { sip } = lower.control;
    const peer = await SipPeer.udp(sip.port);
    peers.push(peer);
    const bell = new RawDevice(sip, peer, BELL, PASSWORD);
    assert.equal((await bell.register()).status, 200);
    const sn = /<SN>(\d+)</.exec((await bell.takeMessage('Catalog')).text)?.[1] ?? '';
    const item = `<Item><DeviceID>${CAMERA.slice(0, 10)}1320000099</DeviceID><Name>m</Name><Status>ON</Status></Item>`;
    await bell.tell(
      `<?xml version="1.0"?><Response><CmdType>Catalog</CmdType><SN>${sn}</SN><DeviceID>${BELL}</DeviceID><SumNum>1</SumNum><DeviceList Num="1">${item}</DeviceList></Response>`,
    );
    await until('its channel', async () => {
      const shared = await lower
        .operator('POST', `/upper-platforms/${String(upperId)}/channels`, {
          channels: [{ device: BELL, channelNo: 1, gbId: BELL_OWN }],
        })
        .catch(() => undefined);
      return shared !== undefined;
    });
    await bell.tell(
      `<?xml version="1.0"?><Notify><CmdType>Alarm</CmdType><SN>9</SN><DeviceID>${CAMERA.slice(0, 10)}1320000099</DeviceID><AlarmPriority>2</AlarmPriority><AlarmMethod>5</AlarmMethod><AlarmTime>2026-01-15T10:31:05</AlarmTime><Info><AlarmType>2</AlarmType></Info></Notify>`,
    );
    const alarm = await until('the alarm is at the upper one', async () => {
      const { alarms } = (await upper.operator('GET', '/alarms')) as {
        readonly alarms: readonly {
          readonly device: string;
          readonly sourceGbId: string;
          readonly type: number;
        }[];
      };
      return alarms[0];
    });
    assert.deepEqual([alarm.device, alarm.sourceGbId, alarm.type], [LOWER.YIMU_SIP_ID, BELL_OWN, 2]);
  });

  it('tells that the camera went away, and that it is back', async () => {
    await camera.stop();
    await untilShown(OWN, false);
    camera = new RecordedDevice(lower, { gbId: CAMERA, password: PASSWORD });
    await camera.start();
    await untilShown(OWN, true);
  });

  it('comes back by itself when the lower one was started anew', async () => {
    const { port } = lower.control.sip;
    const { dataDir } = lower;
    assert.equal(await lower.stop(), 0, lower.log);
    await until('it is away', async () => (await atUpper())?.online === false);
    lower = await ServerProcess.start({ ...LOWER, YIMU_SIP_PORT: String(port) }, { dataDir });
    await untilRegistered();
    await camera.restart();
    const viewer = await play();
    await viewer.untilFrames(20);
    await untilQuiet();
  });

  it('comes back when the upper one was killed in the middle of a picture and started anew', async () => {
    const viewer = await play();
    await viewer.untilFrames(10);
    const { port } = upper.control.sip;
    const { dataDir } = upper;
    await upper.stop('SIGKILL');
    // What a killed server has left is not the new one's.
    rmSync(join(dataDir, 'control.json'));
    for (const gone of viewers.splice(0)) gone.close();
    upper = await ServerProcess.start({ ...UPPER, YIMU_SIP_PORT: String(port) }, { dataDir });
    const { accessToken } = (await upper.operator('POST', '/tokens')) as { readonly accessToken: string };
    client = new EzvizClient(upper.control.url, accessToken);
    await until('the lower one is back', async () => (await atUpper())?.online, 60_000);
    // Whoever watched is gone: what ran for it ends.
    await lower.metricsUntil(nothingRuns, 60_000);
    const again = await play();
    await again.untilFrames(20);
    await untilQuiet();
  });

  it('takes a camera out of sight, and everything back when the upper one is removed', async () => {
    await lower.operator('DELETE', `/upper-platforms/${String(upperId)}/channels`, { gbIds: [OWN] });
    await until('the camera is gone there', async () => {
      const shown = (await atUpper())?.channels.find(({ gbId }) => gbId === OWN);
      return !shown?.online;
    });
    await lower.operator('DELETE', `/upper-platforms/${String(upperId)}`);
    await until('the registration is taken back', async () => (await atUpper())?.online === false);
    const { platforms } = (await lower.operator('GET', '/upper-platforms')) as {
      readonly platforms: unknown[];
    };
    assert.deepEqual(platforms, []);
    await lower.metricsUntil((values) => nothingRuns(values) && values.get('yimu_upper_registered') === 0);
    await upper.metricsUntil(nothingRuns);
  });
});
