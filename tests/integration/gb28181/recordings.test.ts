import assert from 'node:assert/strict';
import { type ArchivedFile, type Fault, fixedArchive } from '../../../bff/simulator/src/index.ts';
import { FlvClient } from '../../support/media/flv-client.ts';
import { readTags } from '../../support/media/flv-tags.ts';
import { recordedAt } from '../../support/media/osd-reader.ts';
import { attachDevice, type ListedDevice, type RecordedDevice } from '../../support/recorded-device.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';

const PASSWORD = 'Gb28181-demo';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Noon of 14 January 2026 in Beijing. */
const NOON = Date.UTC(2026, 0, 14, 4);
/** Twenty seconds, a gap of an hour, and ten minutes with an alarm in their midst. */
const FILES: readonly ArchivedFile[] = [
  { beginMs: NOON, endMs: NOON + 20_000, kind: 'time' },
  { beginMs: NOON + HOUR, endMs: NOON + HOUR + 5 * MINUTE, kind: 'time' },
  { beginMs: NOON + HOUR + 5 * MINUTE, endMs: NOON + HOUR + 6 * MINUTE, kind: 'alarm' },
  { beginMs: NOON + HOUR + 6 * MINUTE, endMs: NOON + HOUR + 10 * MINUTE, kind: 'time' },
];

interface Opened {
  readonly id: string;
  readonly url: string;
  readonly segments: readonly { readonly beginMs: number; readonly endMs: number }[];
}

interface View {
  readonly state: string;
  readonly positionMs: number;
  readonly scale: number;
  readonly endedBy: string | undefined;
}

interface DownloadView {
  readonly id: string;
  readonly state: string;
  readonly bytes: number;
  readonly announcedBytes: number | undefined;
  readonly mediaMs: number;
  readonly totalMs: number;
  readonly progress: number;
  readonly failure: string | undefined;
}

/** Somebody who watches a recording and notes which moments are shown. */
class Watcher {
  readonly client: FlvClient;
  /** When each key picture was recorded, in the order in which they came. */
  readonly moments: number[] = [];

  constructor(url: string) {
    this.client = FlvClient.http(url);
    this.client.onTag = (tag) => {
      const at = recordedAt(tag);
      if (at !== undefined) this.moments.push(at);
    };
  }

  /** The moment that is shown now. */
  get now(): number {
    return this.moments.at(-1) ?? Number.NaN;
  }

  async untilShown(what: string, matches: (atMs: number) => boolean, timeoutMs = 15_000): Promise<number> {
    const before = this.moments.length;
    return await until(what, () => this.moments.slice(before).find((at) => matches(at)), timeoutMs);
  }

  /** Distances of the pictures' times in the stream, ms. */
  get steps(): readonly number[] {
    const times = this.client.pictures.map((name) => Number(/@(\d+)/.exec(name)?.[1]));
    return times.slice(1).map((time, index) => time - (times[index] ?? 0));
  }
}

describe('what cameras have recorded, through the whole server', function () {
  this.timeout(60_000);
  let server: ServerProcess;
  let serial = 1;
  const devices: RecordedDevice[] = [];
  const watchers: Watcher[] = [];

  before(async () => {
    server = await ServerProcess.start();
  });

  afterEach(async () => {
    for (const { client } of watchers.splice(0)) client.close();
    await Promise.all(devices.splice(0).map((device) => device.stop()));
    await until('the end of every call', async () => {
      const metrics = await server.metrics();
      return metrics.get('yimu_media_dialogs') === 0 && metrics.get('yimu_rtp_ports_in_use') === 0;
    });
  });

  after(async () => {
    await server.stop();
  });

  async function attach(
    faults: readonly Fault[] = [],
    options: { readonly transport?: 'udp' | 'tcp'; readonly files?: readonly ArchivedFile[] } = {},
  ): Promise<{ readonly device: RecordedDevice; readonly listed: ListedDevice }> {
    serial += 1;
    const attached = await attachDevice(server, {
      gbId: `3402000000132${String(serial).padStart(7, '0')}`,
      password: PASSWORD,
      faults,
      transport: options.transport ?? 'udp',
      archive: fixedArchive(options.files ?? FILES),
    });
    devices.push(attached.device);
    return attached;
  }

  async function records(
    { gbId }: ListedDevice,
    beginMs: number,
    endMs: number,
    kind = 'all',
  ): Promise<{
    readonly items: readonly (ArchivedFile & { readonly fileSize: number })[];
    readonly segments: Opened['segments'];
    readonly days: readonly number[];
    readonly complete: boolean;
  }> {
    const query = `device=${gbId}&channelNo=1&beginMs=${String(beginMs)}&endMs=${String(endMs)}&kind=${kind}`;
    return (await server.operator('GET', `/recordings?${query}`)) as never;
  }

  async function open(
    { gbId }: ListedDevice,
    beginMs = NOON,
    endMs = NOON + 2 * HOUR,
    kind = 'all',
  ): Promise<Opened> {
    const body = { device: gbId, channelNo: 1, beginMs, endMs, kind };
    return (await server.operator('POST', '/playbacks', body)) as Opened;
  }

  function watch({ url }: Pick<Opened, 'url'>): Watcher {
    const watcher = new Watcher(url);
    watchers.push(watcher);
    return watcher;
  }

  async function control({ id }: Opened, order: object): Promise<View> {
    return (await server.operator('POST', `/playbacks/${id}/control`, order)) as View;
  }

  async function view({ id }: Opened): Promise<View> {
    return (await server.operator('GET', `/playbacks/${id}`)) as View;
  }

  /** What is shown and what the caller is told must be within so much of each other. */
  async function assertTold(opened: Opened, watcher: Watcher, withinMs = 6_000): Promise<void> {
    const { positionMs } = await view(opened);
    assert.ok(
      Math.abs(positionMs - watcher.now) <= withinMs,
      `told ${new Date(positionMs).toISOString()}, shown ${new Date(watcher.now).toISOString()}`,
    );
  }

  it('are listed in parts, of each kind, with days and stretches', async () => {
    const { listed } = await attach();
    const all = await records(listed, NOON - 24 * HOUR, NOON + 24 * HOUR);
    assert.deepEqual(
      all.items.map(({ beginMs, endMs, kind }) => ({ beginMs, endMs, kind })),
      FILES,
    );
    assert.ok(all.items.every(({ fileSize }) => fileSize > 0));
    assert.deepEqual(all.segments, [
      { beginMs: NOON, endMs: NOON + 20_000 },
      { beginMs: NOON + HOUR, endMs: NOON + HOUR + 10 * MINUTE },
    ]);
    assert.deepEqual(all.days, [NOON - 12 * HOUR]);
    assert.equal(all.complete, true);
    const alarms = await records(listed, NOON, NOON + 2 * HOUR, 'alarm');
    assert.deepEqual(
      alarms.items.map(({ kind }) => kind),
      ['alarm'],
    );
  });

  it('of which more are announced than come are told as not complete', async () => {
    const { listed } = await attach(['lying-records']);
    const told = await records(listed, NOON, NOON + 2 * HOUR);
    assert.equal(told.items.length, FILES.length);
    assert.equal(told.complete, false);
  });

  it('of which there are none are not played', async () => {
    const { listed } = await attach();
    await assert.rejects(open(listed, NOON - 5 * HOUR, NOON - 4 * HOUR), /RECORDING_NOT_FOUND/);
  });

  it('cost the camera nothing until they are watched, and are shown from the moment that was asked for', async () => {
    const { device, listed } = await attach();
    const opened = await open(listed, NOON + HOUR + MINUTE);
    assert.match(opened.url, /\/v3\/openpb\/[A-Z0-9]{9}_1_20260114130100_20260114140000\.flv\?/);
    assert.equal((await view(opened)).state, 'waiting');
    assert.equal(device.of('invite').length, 0);
    const watcher = watch(opened);
    const first = await watcher.untilShown('the first picture', () => true);
    assert.ok(Math.abs(first - (NOON + HOUR + MINUTE)) <= 4_000, new Date(first).toISOString());
    assert.equal((await view(opened)).state, 'playing');
    await assertTold(opened, watcher);
  });

  it('go on over a gap without the viewer noticing: the clock jumps', async () => {
    const { device, listed } = await attach();
    const opened = await open(listed, NOON + 12_000);
    const watcher = watch(opened);
    await watcher.untilShown('the first stretch', (at) => at < NOON + 20_000);
    await watcher.untilShown('the second stretch', (at) => at >= NOON + HOUR - 4_000, 30_000);
    assert.equal(watcher.client.ended, false);
    assert.equal(device.of('invite').length, 2);
    await assertTold(opened, watcher);
    assert.ok(
      watcher.steps.every((step) => step > 0 && step < 1_500),
      String(watcher.steps.filter((step) => step >= 1_500)),
    );
  });

  for (const transport of ['udp', 'tcp'] as const)
    it(`are paused, resumed, sought, sped up, slowed down and reversed (signalling over ${transport})`, async () => {
      const { device, listed } = await attach([], { transport });
      const opened = await open(listed, NOON + HOUR);
      const watcher = watch(opened);
      await watcher.untilShown('the first picture', () => true);

      assert.equal((await control(opened, { do: 'pause' })).state, 'paused');
      const packets = device.packetsSent;
      const { positionMs: held } = await view(opened);
      await until('a second', () => device.packetsSent === packets);
      assert.equal((await view(opened)).positionMs, held);
      assert.equal((await control(opened, { do: 'resume' })).state, 'playing');

      await control(opened, { do: 'seek', toMs: NOON + HOUR + 4 * MINUTE });
      const sought = await watcher.untilShown('the place', (at) => at > NOON + HOUR + 3 * MINUTE);
      assert.ok(Math.abs(sought - (NOON + HOUR + 4 * MINUTE)) <= 4_000, new Date(sought).toISOString());
      await assertTold(opened, watcher);

      assert.equal((await control(opened, { do: 'scale', scale: 8 })).scale, 8);
      await watcher.untilShown('half a minute more', (at) => at > sought + 30_000);
      await assertTold(opened, watcher, 20_000);

      await control(opened, { do: 'scale', scale: -4 });
      const turned = watcher.now;
      await watcher.untilShown('what was before', (at) => at < turned - 8_000, 20_000);

      await control(opened, { do: 'scale', scale: 0.5 });
      await control(opened, { do: 'scale', scale: 1 });
      await watcher.untilShown('another picture', () => true);
      assert.equal(watcher.client.ended, false);
      assert.equal(device.of('invite').length, 1, 'all of it in one call');
      assert.ok(watcher.steps.every((step) => step > 0 && step <= 3_000));
      const orders = device.of('playback').map(({ order }) => order);
      assert.deepEqual(orders.slice(0, 5), ['PAUSE', 'PLAY', 'PLAY from 240', 'PLAY 8x', orders[4]]);
      assert.match(orders[4] ?? '', /^PLAY -4x from \d+$/);
    });

  it('are sought by another call where the camera cannot, and at the pace of before', async () => {
    const { device, listed } = await attach(['no-seek']);
    const opened = await open(listed, NOON + HOUR);
    const watcher = watch(opened);
    await watcher.untilShown('the first picture', () => true);
    await control(opened, { do: 'seek', toMs: NOON + HOUR + 8 * MINUTE });
    await watcher.untilShown('the place', (at) => at >= NOON + HOUR + 8 * MINUTE - 4_000);
    assert.equal(watcher.client.ended, false);
    assert.equal(device.of('invite').length, 2);
    await assertTold(opened, watcher);
  });

  it('are sought over a gap, and a place within one is what follows it', async () => {
    const { listed } = await attach();
    const opened = await open(listed);
    const watcher = watch(opened);
    await watcher.untilShown('the first picture', () => true);
    const { positionMs } = await control(opened, { do: 'seek', toMs: NOON + 30 * MINUTE });
    assert.ok(Math.abs(positionMs - (NOON + HOUR)) < 2_000);
    await watcher.untilShown('the second stretch', (at) => at >= NOON + HOUR - 4_000);
    await control(opened, { do: 'seek', toMs: NOON + 4_000 });
    await watcher.untilShown('the first again', (at) => at < NOON + 20_000);
    assert.equal(watcher.client.ended, false);
  });

  it('that a camera plays at one pace alone say so, and go on', async () => {
    const { listed } = await attach(['one-pace']);
    const opened = await open(listed, NOON + HOUR);
    const watcher = watch(opened);
    await watcher.untilShown('the first picture', () => true);
    await assert.rejects(control(opened, { do: 'scale', scale: 2 }), /DEVICE_REFUSED/);
    await assert.rejects(control(opened, { do: 'scale', scale: 3 }), /INVALID_ARGUMENT/);
    assert.equal((await view(opened)).scale, 1);
    await watcher.untilShown('another picture', () => true);
  });

  for (const faults of [[], ['bye-at-end'], ['no-media-status']] as readonly (readonly Fault[])[])
    it(`end with their last picture when the camera ${faults[0] ?? 'tells MediaStatus 121'}`, async () => {
      const { listed } = await attach(faults);
      const opened = await open(listed, NOON + 14_000, NOON + 20_000);
      const watcher = watch(opened);
      await until('the end', () => watcher.client.ended, 30_000);
      assert.ok(watcher.now >= NOON + 16_000, new Date(watcher.now).toISOString());
      const { state, endedBy } = await view(opened);
      assert.deepEqual([state, endedBy], ['ended', undefined]);
    });

  it('are each their own: two callers stand at two places', async () => {
    const { device, listed } = await attach();
    const [one, two] = [await open(listed, NOON + HOUR), await open(listed, NOON + HOUR)];
    const [first, second] = [watch(one), watch(two)];
    await Promise.all([first, second].map((watcher) => watcher.untilShown('a picture', () => true)));
    await control(two, { do: 'seek', toMs: NOON + HOUR + 8 * MINUTE });
    await second.untilShown('the place', (at) => at > NOON + HOUR + 7 * MINUTE);
    await first.untilShown('another picture', () => true);
    assert.ok(first.now < NOON + HOUR + 2 * MINUTE);
    assert.equal(device.of('invite').length, 2);
  });

  it('are shared where the camera gives one at a time: who asks for the same period joins, another is refused', async () => {
    const { device, listed } = await attach(['one-playback']);
    const [one, two] = [await open(listed, NOON + HOUR), await open(listed, NOON + HOUR)];
    const first = watch(one);
    await first.untilShown('a picture', () => true);
    const second = watch(two);
    await second.untilShown('a picture', () => true);
    assert.equal(device.calls, 1);
    assert.equal((await view(two)).state, 'playing');
    const other = FlvClient.http((await open(listed, NOON + HOUR + MINUTE)).url);
    await until('a refusal', () => other.status > 0);
    assert.equal(other.status, 503);
    other.close();
  });

  it('end when nobody watches any more, and when the operator ends them', async () => {
    const { device, listed } = await attach();
    const opened = await open(listed, NOON + HOUR);
    const watcher = watch(opened);
    await watcher.untilShown('a picture', () => true);
    await server.operator('DELETE', `/playbacks/${opened.id}`);
    await until('the end of the viewer', () => watcher.client.ended);
    await device.until('bye', ({ by }) => by === 'platform');
    await assert.rejects(view(opened), /STREAM_NOT_FOUND/);
    const again = FlvClient.http(opened.url);
    await until('a refusal', () => again.status > 0);
    assert.notEqual(again.status, 200);
    again.close();
  });

  it('are downloaded at a speed, over gaps, with size and progress, into a file that plays', async () => {
    const { device, listed } = await attach();
    const ordered = (await server.operator('POST', '/downloads', {
      device: listed.gbId,
      channelNo: 1,
      beginMs: NOON,
      endMs: NOON + HOUR + 20_000,
      speed: 8,
    })) as DownloadView;
    assert.equal(ordered.totalMs, 40_000);
    const seen: DownloadView[] = [];
    const done = await until(
      'the download',
      async () => {
        const now = (await server.operator('GET', `/downloads/${ordered.id}`)) as DownloadView;
        seen.push(now);
        return now.state === 'waiting' || now.state === 'running' ? undefined : now;
      },
      45_000,
    );
    assert.equal(done.state, 'done', JSON.stringify(done));
    assert.ok(
      seen.some(({ progress, bytes }) => progress > 0.05 && progress < 1 && bytes > 10_000),
      JSON.stringify(seen.slice(0, 20)),
    );
    assert.ok(seen.some(({ announcedBytes }) => (announcedBytes ?? 0) > 100_000));
    const { url, key } = server.control;
    const response = await fetch(`${url}/console-api/v1/downloads/${ordered.id}/file`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const file = Buffer.from(await response.arrayBuffer());
    assert.equal(file.length, done.bytes);
    assert.equal(file.toString('latin1', 0, 3), 'FLV');
    const names = readTags(file.subarray(13));
    const pictures = names.filter((name) => /^(?:key|picture)@/.test(name));
    assert.ok(pictures.length > 0.9 * 40 * 25, String(pictures.length));
    const last = Number(/@(\d+)/.exec(pictures.at(-1) ?? '')?.[1]);
    assert.ok(last > 36_000 && last < 48_000, `${String(last)} ms`);
    assert.equal(device.of('invite').length, 2);
    await server.operator('DELETE', `/downloads/${ordered.id}`);
    await assert.rejects(server.operator('GET', `/downloads/${ordered.id}`), /RECORDING_NOT_FOUND/);
  });

  it('whose download is cancelled leave neither call nor file', async () => {
    const { device, listed } = await attach();
    const { id } = (await server.operator('POST', '/downloads', {
      device: listed.gbId,
      channelNo: 1,
      beginMs: NOON + HOUR,
      endMs: NOON + HOUR + 10 * MINUTE,
      speed: 1,
    })) as DownloadView;
    await until('its begin', async () => {
      const { bytes } = (await server.operator('GET', `/downloads/${id}`)) as DownloadView;
      return bytes > 0;
    });
    await server.operator('DELETE', `/downloads/${id}`);
    await device.until('bye', ({ by }) => by === 'platform');
    await until('no bytes', async () => (await server.metrics()).get('yimu_download_bytes') === 0);
  });
});
