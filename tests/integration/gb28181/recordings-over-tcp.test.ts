import assert from 'node:assert/strict';
import { type ArchivedFile, type Fault, fixedArchive } from '../../../bff/simulator/src/index.ts';
import { FlvClient } from '../../support/media/flv-client.ts';
import { recordedAt } from '../../support/media/osd-reader.ts';
import { attachDevice, type ListedDevice, type RecordedDevice } from '../../support/recorded-device.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';

const HOUR = 3_600_000;
/** Noon of 14 January 2026 in Beijing. */
const NOON = Date.UTC(2026, 0, 14, 4);
/** Twenty seconds, a gap of an hour, and ten minutes. */
const FILES: readonly ArchivedFile[] = [
  { beginMs: NOON, endMs: NOON + 20_000, kind: 'time' },
  { beginMs: NOON + HOUR, endMs: NOON + HOUR + 600_000, kind: 'time' },
];

interface Opened {
  readonly id: string;
  readonly url: string;
}

interface DownloadView {
  readonly id: string;
  readonly state: string;
  readonly bytes: number;
  readonly mediaMs: number;
  readonly failure: string | undefined;
}

for (const transport of ['tcp-passive', 'tcp-active'] as const)
  describe(`what cameras have recorded, by media over ${transport} (GB/T 28181-2016 annex C)`, function () {
    this.timeout(60_000);
    let server: ServerProcess;
    let serial = transport === 'tcp-passive' ? 100 : 200;
    const devices: RecordedDevice[] = [];
    const clients: FlvClient[] = [];

    before(async () => {
      server = await ServerProcess.start();
    });

    afterEach(async () => {
      for (const client of clients.splice(0)) client.close();
      await Promise.all(devices.splice(0).map((device) => device.stop()));
      await until('the end of every call', async () => {
        const metrics = await server.metrics();
        return metrics.get('yimu_media_dialogs') === 0 && metrics.get('yimu_rtp_ports_in_use') === 0;
      });
    });

    after(async () => {
      await server.stop();
    });

    async function attach(faults: readonly Fault[] = []): Promise<{
      readonly device: RecordedDevice;
      readonly listed: ListedDevice;
    }> {
      serial += 1;
      const attached = await attachDevice(server, {
        gbId: `3402000000132${String(serial).padStart(7, '0')}`,
        password: 'Gb28181-demo',
        faults,
        archive: fixedArchive(FILES),
      });
      devices.push(attached.device);
      await server.operator('PUT', `/devices/${attached.listed.gbId}/profile`, {
        mediaTransports: [transport],
      });
      return attached;
    }

    async function watch(
      { gbId }: ListedDevice,
      beginMs: number,
      endMs: number,
    ): Promise<{ readonly opened: Opened; readonly client: FlvClient; readonly moments: readonly number[] }> {
      const body = { device: gbId, channelNo: 1, beginMs, endMs };
      const opened = (await server.operator('POST', '/playbacks', body)) as Opened;
      const client = FlvClient.http(opened.url);
      clients.push(client);
      const moments: number[] = [];
      client.onTag = (tag) => {
        const at = recordedAt(tag);
        if (at !== undefined) moments.push(at);
      };
      await until('the first picture', () => moments.length > 0, 15_000);
      return { opened, client, moments };
    }

    it('go on over a gap: the second call has a connection of its own', async () => {
      const { device, listed } = await attach();
      const { client, moments } = await watch(listed, NOON + 12_000, NOON + 2 * HOUR);
      assert.ok((moments[0] ?? 0) < NOON + 20_000);
      await until('the second stretch', () => (moments.at(-1) ?? 0) >= NOON + HOUR - 4_000, 30_000);
      assert.equal(client.ended, false);
      assert.equal(device.of('invite').length, 2);
    });

    it('are paused, sought and sped up', async () => {
      const { device, listed } = await attach();
      const { opened, client, moments } = await watch(listed, NOON + HOUR, NOON + 2 * HOUR);
      const control = async (order: object): Promise<unknown> =>
        await server.operator('POST', `/playbacks/${opened.id}/control`, order);
      await control({ do: 'pause' });
      await control({ do: 'resume' });
      await control({ do: 'seek', toMs: NOON + HOUR + 240_000 });
      await until('the place', () => (moments.at(-1) ?? 0) > NOON + HOUR + 230_000, 15_000);
      await control({ do: 'scale', scale: 8 });
      await until('half a minute more', () => (moments.at(-1) ?? 0) > NOON + HOUR + 270_000, 15_000);
      assert.equal(client.ended, false);
      assert.equal(device.of('invite').length, 1);
    });

    it('are sought by another call where the camera cannot', async () => {
      const { device, listed } = await attach(['no-seek']);
      const { opened, client, moments } = await watch(listed, NOON + HOUR, NOON + 2 * HOUR);
      const order = { do: 'seek', toMs: NOON + HOUR + 480_000 };
      await server.operator('POST', `/playbacks/${opened.id}/control`, order);
      await until('the place', () => (moments.at(-1) ?? 0) >= NOON + HOUR + 476_000, 15_000);
      assert.equal(client.ended, false);
      assert.equal(device.of('invite').length, 2);
    });

    for (const faults of [[], ['bye-at-end'], ['no-media-status']] as readonly (readonly Fault[])[])
      it(`end with their last picture when the camera ${faults[0] ?? 'tells MediaStatus 121'}`, async () => {
        const { listed } = await attach(faults);
        const { opened, client, moments } = await watch(listed, NOON + 14_000, NOON + 20_000);
        await until('the end', () => client.ended, 30_000);
        assert.ok((moments.at(-1) ?? 0) >= NOON + 16_000, String(moments.at(-1)));
        const view = (await server.operator('GET', `/playbacks/${opened.id}`)) as {
          readonly state: string;
          readonly endedBy?: string;
        };
        assert.deepEqual([view.state, view.endedBy], ['ended', undefined]);
      });

    it('are downloaded over a gap', async () => {
      const { device, listed } = await attach();
      const period = { beginMs: NOON, endMs: NOON + HOUR + 20_000 };
      const body = { device: listed.gbId, channelNo: 1, ...period, speed: 8 };
      const { id } = (await server.operator('POST', '/downloads', body)) as DownloadView;
      const done = await until(
        'the download',
        async () => {
          const now = (await server.operator('GET', `/downloads/${id}`)) as DownloadView;
          return now.state === 'waiting' || now.state === 'running' ? undefined : now;
        },
        45_000,
      );
      assert.equal(done.state, 'done', JSON.stringify(done));
      assert.ok(done.mediaMs > 36_000 && done.bytes > 100_000, JSON.stringify(done));
      assert.equal(device.of('invite').length, 2);
      await server.operator('DELETE', `/downloads/${id}`);
    });
  });
