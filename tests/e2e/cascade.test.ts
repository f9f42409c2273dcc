import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { CascadePair, LOWER, nothingRuns, UPPER } from '../support/cascade-pair.ts';
import { hasProgram } from '../support/media/clip-maker.ts';
import { assertFromClip, seePictures, shownTime } from '../support/media/picture-eye.ts';
import { attachDevice, type ListedDevice, RecordedDevice } from '../support/recorded-device.ts';
import { RawDevice } from '../integration/gb28181/raw-device.ts';
import { SipPeer } from '../integration/gb28181/sip-peer.ts';
import { ServerProcess } from '../support/server-process.ts';
import { NO_FFMPEG, skipTest } from '../support/skip.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'cascade-of-the-tests';
const CAMERA = '34020100001320000011';
const OWN = '34020000001320000911';
const NVR = '34020100001180000031';
/** Own IDs of the recorder's first two cameras, and what each films. */
const OWN_OF_NVR = ['34020000001320000931', '34020000001320000932'] as const;
const BELL = '34020100001340000021';
const BELL_OWN = '34020000001340000921';
const MEDIA_STATUS = 'yimu_manscdp_messages{kind="Notify.MediaStatus"}';
/** A clock that shows seconds, and a machine that is busy. */
const CLOCK_TOLERANCE_MS = 15_000;

interface DownloadView {
  readonly id: string;
  readonly state: string;
  readonly bytes: number;
  readonly announcedBytes?: number;
  readonly totalMs: number;
  readonly progress: number;
}

/** Yimu as its own upper platform: two real processes, simulated devices at the lower one. */
describe('cascade: a camera of one server at another server', function () {
  this.timeout(120_000);
  let pair: CascadePair;
  let camera: RecordedDevice;
  let recorder: RecordedDevice;
  let listed: ListedDevice;
  const peers: SipPeer[] = [];
  /** The end of a day in UTC: recordings lie before it. */
  const endMs = Math.floor(Date.now() / 86_400_000) * 86_400_000;

  let downloaded = Buffer.alloc(0);

  /** Of the upper one. */
  async function playback(period: object): Promise<{ readonly id: string; readonly url: string }> {
    return (await pair.upper.operator('POST', '/playbacks', period)) as {
      readonly id: string;
      readonly url: string;
    };
  }

  before(async () => {
    pair = await CascadePair.start(PASSWORD);
    await pair.upper.operator('PUT', `/devices/${LOWER.YIMU_SIP_ID}/subscriptions`, {
      subscriptions: [{ kind: 'catalog' }, { kind: 'alarm' }],
    });
    const { lower } = pair;
    ({ device: camera, listed } = await attachDevice(lower, { gbId: CAMERA, password: PASSWORD }));
    ({ device: recorder } = await attachDevice(lower, { gbId: NVR, kind: 'nvr', password: PASSWORD }));
  });

  after(async () => {
    for (const peer of peers) peer.close();
    await Promise.all([camera.stop(), recorder.stop()]);
    await pair.stop();
  });

  it('is refused with a wrong password, and says so', async () => {
    const added = await pair.introduce({ password: 'wrong', localGbId: LOWER.YIMU_SIP_ID });
    assert.ok(!JSON.stringify(added).includes('wrong'), 'no password in the answer');
    const { lastError } = await until('it is refused', async () => {
      const state = await pair.registration();
      return state.phase === 'waiting' ? state : undefined;
    });
    assert.match(lastError ?? '', /password/);
    assert.equal((await pair.atUpper())?.online, false);
  });

  it('registers when the password is set right', async () => {
    await pair.lower.operator('PATCH', `/upper-platforms/${String(pair.upperId)}`, { password: PASSWORD });
    await pair.untilRegistered();
    assert.equal((await pair.atUpper())?.online, true);
  });

  it('shows cameras under their own IDs as soon as they are shared', async () => {
    await pair.share([
      { device: CAMERA, channelNo: listed.channels[0]?.channelNo, gbId: OWN },
      ...OWN_OF_NVR.map((gbId, index) => ({ device: NVR, channelNo: index + 1, gbId })),
    ]);
    for (const gbId of [OWN, ...OWN_OF_NVR]) await pair.untilShown(gbId);
  });

  it('plays at the upper one over UDP, and one INVITE to the camera serves both', async () => {
    const viewer = await pair.play(OWN);
    await viewer.untilFrames(40);
    assert.ok(viewer.counts.keyFrames > 0);
    assert.equal(await pair.offeredSetup(), undefined);
    assert.equal(camera.of('invite').length, 1);
    const below = await pair.client(pair.lower);
    const { url } = await below.liveUrl({ deviceSerial: listed.deviceSerial, channelNo: 1 });
    await (await pair.watch(url)).untilFrames(20);
    assert.equal(camera.of('invite').length, 1, 'the viewer below joins the stream that goes up');
  });

  for (const [index, way, setup] of [
    [0, 'tcp-passive', 'passive'],
    [1, 'tcp-active', 'active'],
  ] as const)
    it(`plays over TCP when the upper one is ${setup}`, async () => {
      await pair.askOver(way);
      const viewer = await pair.play(OWN_OF_NVR[index]);
      await viewer.untilFrames(20);
      assert.equal(await pair.offeredSetup(), setup);
    });

  it('shows the pictures of each camera to the sample, with the time of now', async function () {
    if (!hasProgram('ffmpeg')) skipTest(this, NO_FFMPEG);
    for (const [gbId, clip] of [
      [OWN, 'ipc'],
      [OWN_OF_NVR[0], 'nvr-1'],
      [OWN_OF_NVR[1], 'nvr-2'],
    ] as const) {
      const seen = await seePictures(await pair.liveUrl(gbId), 20);
      await assertFromClip(seen, clip);
      for (const picture of seen) assert.ok(Math.abs(shownTime(picture) - Date.now()) < CLOCK_TOLERANCE_MS);
    }
  });

  it('lets the cameras go when nobody watches any more', async () => {
    await pair.untilQuiet();
    await camera.until('bye');
    assert.equal(recorder.of('bye').length, 2);
  });

  it('turns the camera from the upper one, with the very octets', async () => {
    const { serial, no } = await pair.untilShown(OWN);
    const client = await pair.client();
    const at = { deviceSerial: serial, channelNo: no };
    assert.equal((await client.call('device/ptz/start', { ...at, direction: 2, speed: 1 })).code, '200');
    const moved = await camera.until('ptz', ({ stop }) => !stop);
    assert.match(moved.bytes, /^A50F0102/i);
    assert.equal(moved.channel, listed.channels[0]?.gbId);
    assert.equal((await client.call('device/ptz/stop', { ...at, direction: 2 })).code, '200');
    await camera.until('ptz', ({ stop }) => stop);
  });

  it('lists the recordings of the camera at the upper one, and plays one to its end, at twice its pace too', async () => {
    const { serial, no } = await pair.untilShown(OWN);
    const period = { device: serial, channelNo: no, beginMs: endMs - 7_200_000, endMs };
    const query = new URLSearchParams(Object.entries(period).map(([name, value]) => [name, String(value)]));
    const found = (await pair.upper.operator('GET', `/recordings?${query.toString()}`)) as {
      readonly files?: readonly unknown[];
      readonly items?: readonly unknown[];
    };
    assert.ok((found.files ?? found.items ?? []).length > 0, JSON.stringify(found).slice(0, 300));
    await pair.askOver('tcp-active');
    const { id, url } = await playback(period);
    const viewer = await pair.watch(url);
    await viewer.untilFrames(20);
    assert.equal(await pair.offeredSetup(), 'active');
    await pair.upper.operator('POST', `/playbacks/${id}/control`, { do: 'scale', scale: 2 });
    const order = await camera.until('playback', ({ order: told }) => told.includes('2'));
    assert.equal(order.status, 200);
    await pair.upper.operator('POST', `/playbacks/${id}/control`, { do: 'seek', toMs: endMs - 3_000 });
    await until('its end', () => viewer.ended);
    assert.equal((await pair.upper.metrics()).get(MEDIA_STATUS), 1, 'NotifyType 121 came up');
    await pair.untilQuiet();
  });

  it('downloads a recording to the upper one: its size, how far it is, and its end', async () => {
    await pair.askOver('tcp-passive');
    const { serial, no } = await pair.untilShown(OWN);
    const order = { device: serial, channelNo: no, beginMs: endMs - 30_000, endMs, speed: 8 };
    const { id } = (await pair.upper.operator('POST', '/downloads', order)) as DownloadView;
    const seen: DownloadView[] = [];
    const done = await until(
      'the download is over',
      async () => {
        seen.push((await pair.upper.operator('GET', `/downloads/${id}`)) as DownloadView);
        return seen.findLast(({ state }) => state !== 'waiting' && state !== 'running');
      },
      40_000,
    );
    assert.deepEqual([done.state, done.totalMs, done.progress], ['done', 30_000, 1], JSON.stringify(done));
    assert.ok(seen.some(({ progress }) => progress > 0.05 && progress < 0.95));
    assert.ok(seen.some(({ announcedBytes = 0 }) => announcedBytes > 100_000));
    assert.equal(await pair.offeredSetup(), 'passive');
    assert.equal(camera.of('file-end').length, 2, 'the device below sent all of both');
    const { url, key } = pair.upper.control;
    const response = await fetch(`${url}/console-api/v1/downloads/${id}/file`, {
      headers: { authorization: `Bearer ${key}` },
    });
    downloaded = Buffer.from(await response.arrayBuffer());
    assert.equal(downloaded.length, done.bytes);
    await pair.untilQuiet();
  });

  it('shows the pictures that were recorded, played back and downloaded', async function () {
    if (!hasProgram('ffmpeg')) skipTest(this, NO_FFMPEG);
    const { serial, no } = await pair.untilShown(OWN);
    const period = { device: serial, channelNo: no, beginMs: endMs - 30_000, endMs };
    const { id, url } = await playback(period);
    const played = await seePictures(url, 30);
    await pair.upper.operator('DELETE', `/playbacks/${id}`);
    for (const seen of [played, await seePictures(downloaded, 700)]) {
      await assertFromClip(seen, 'ipc');
      const [first, last] = [seen.at(0), seen.at(-1)].map((picture) => picture && shownTime(picture));
      assert.ok(Math.abs((first ?? 0) - period.beginMs) <= 3_000, `from ${String(first)}`);
      assert.ok((last ?? 0) > (first ?? 0) && (last ?? 0) <= endMs, `to ${String(last)}`);
    }
    await pair.askOver('udp');
    await pair.untilQuiet();
  });

  it('tells an alarm of a device below to the upper one', async () => {
    await pair.lower.operator('POST', '/devices', { gbId: BELL, password: PASSWORD });
    const { sip } = pair.lower.control;
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
      const shared = pair.share([{ device: BELL, channelNo: 1, gbId: BELL_OWN }]);
      return await shared.then(
        () => true,
        () => false,
      );
    });
    await bell.tell(
      `<?xml version="1.0"?><Notify><CmdType>Alarm</CmdType><SN>9</SN><DeviceID>${CAMERA.slice(0, 10)}1320000099</DeviceID><AlarmPriority>2</AlarmPriority><AlarmMethod>5</AlarmMethod><AlarmTime>2026-01-15T10:31:05</AlarmTime><Info><AlarmType>2</AlarmType></Info></Notify>`,
    );
    const alarm = await until('the alarm is at the upper one', async () => {
      const { alarms } = (await pair.upper.operator('GET', '/alarms')) as {
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

  it('shows cameras in an organisation for each device, where that is set', async () => {
    const path = `/upper-platforms/${String(pair.upperId)}`;
    await pair.lower.operator('PATCH', path, { organisations: true });
    await pair.untilRegistered();
    const above = await until('the camera hangs in an organisation', async () => {
      const tree = await pair.treeAtUpper();
      const kinds: string[] = [];
      for (let at = tree.get(OWN)?.parents[0]; at !== undefined; at = tree.get(at)?.parents[0])
        kinds.push(tree.get(at)?.kind ?? at);
      return kinds.length > 1 ? kinds : undefined;
    });
    assert.deepEqual(above, ['virtual-organisation', 'business-group', LOWER.YIMU_SIP_ID]);
    await pair.untilShown(OWN);
  });

  it('tells that the camera went away, and that it is back', async () => {
    await camera.stop();
    await pair.untilShown(OWN, false);
    camera = new RecordedDevice(pair.lower, { gbId: CAMERA, password: PASSWORD });
    await camera.start();
    await pair.untilShown(OWN);
  });

  it('comes back by itself when the lower one was started anew', async () => {
    const { port } = pair.lower.control.sip;
    const { dataDir } = pair.lower;
    assert.equal(await pair.lower.stop(), 0, pair.lower.log);
    await until('it is away', async () => (await pair.atUpper())?.online === false);
    pair.lower = await ServerProcess.start({ ...LOWER, YIMU_SIP_PORT: String(port) }, { dataDir });
    await pair.untilRegistered();
    await camera.restart();
    const viewer = await pair.play(OWN);
    await viewer.untilFrames(20);
  });

  it('comes back when the upper one was killed in the middle of a picture and started anew', async () => {
    const viewer = await pair.play(OWN);
    await viewer.untilFrames(10);
    const { port } = pair.upper.control.sip;
    const { dataDir } = pair.upper;
    await pair.upper.stop('SIGKILL');
    // What a killed server has left is not the new one's.
    rmSync(join(dataDir, 'control.json'));
    pair.closeViewers();
    pair.upper = await ServerProcess.start({ ...UPPER, YIMU_SIP_PORT: String(port) }, { dataDir });
    await until('the lower one is back', async () => (await pair.atUpper())?.online, 60_000);
    // Whoever watched is gone: what ran for it ends.
    await pair.lower.metricsUntil(nothingRuns, 60_000);
    const again = await pair.play(OWN);
    await again.untilFrames(20);
    pair.closeViewers();
  });

  it('takes a camera out of sight, and everything back when the upper one is removed', async () => {
    await pair.lower.operator('DELETE', `/upper-platforms/${String(pair.upperId)}/channels`, {
      gbIds: [OWN],
    });
    await until('the camera is gone there', async () => {
      const shown = (await pair.atUpper())?.channels.find(({ gbId }) => gbId === OWN);
      return !shown?.online;
    });
    await pair.lower.operator('DELETE', `/upper-platforms/${String(pair.upperId)}`);
    await until('the registration is taken back', async () => (await pair.atUpper())?.online === false);
    const { platforms } = (await pair.lower.operator('GET', '/upper-platforms')) as {
      readonly platforms: unknown[];
    };
    assert.deepEqual(platforms, []);
    await pair.lower.metricsUntil(
      (values) => nothingRuns(values) && values.get('yimu_upper_registered') === 0,
      40_000,
    );
    await pair.upper.metricsUntil(nothingRuns);
  });
});
