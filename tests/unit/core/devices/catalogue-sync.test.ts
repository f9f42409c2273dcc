import assert from 'node:assert/strict';
import type { CatalogResult } from '../../../../bff/src/core/index.ts';
import { CoreError } from '../../../../bff/src/kernel/index.ts';
import { CHANNEL_GB_ID, type CoreOnFakes, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';
import { channelGbId } from '../../../support/core/records.ts';

const gbIdOf = (no: number): string => `3402000000132${String(no).padStart(7, '0')}`;

const catalogue = (complete: boolean, ...gbIds: readonly string[]): CatalogResult => ({
  complete,
  entries: gbIds.map((gbId) => ({
    channelGbId: gbId,
    name: '',
    manufacturer: undefined,
    model: undefined,
    online: true,
    ptzType: undefined,
  })),
});

async function withDevices(count: number, bench: CoreOnFakes): Promise<void> {
  for (let no = 1; no <= count; no += 1)
    await bench.core.devices.add({ gbId: gbIdOf(no), passwordless: true });
}

describe('asking devices for their catalogue', () => {
  it('happens when one comes online, after a random wait, and not at each refresh', async () => {
    const bench = await coreOnFakes({ settings: { catalogJitterMs: 300 } });
    await withDevices(1, bench);
    let asked = 0;
    bench.signalling.catalog = () => {
      asked += 1;
      return Promise.resolve(catalogue(true, channelGbId(1)));
    };
    bench.signalling.comeOnline(gbIdOf(1));
    await bench.clock.advance(301);
    assert.equal(asked, 1);
    bench.signalling.comeOnline(gbIdOf(1), 'refreshed');
    await bench.clock.advance(1_000);
    assert.equal(asked, 1);
    await bench.core.stop();
  });

  it('is done for a few at once', async () => {
    const bench = await coreOnFakes({ settings: { catalogConcurrency: 3, catalogJitterMs: 0 } });
    await withDevices(10, bench);
    let running = 0;
    let most = 0;
    bench.signalling.catalog = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => bench.clock.after(100, resolve));
      running -= 1;
      return catalogue(true, channelGbId(1));
    };
    for (let no = 1; no <= 10; no += 1) bench.signalling.comeOnline(gbIdOf(no));
    await bench.clock.advance(1_000);
    assert.equal(most, 3);
    assert.equal(bench.core.devices.listCameras({ offset: 0, limit: 50 }).total, 10);
    await bench.core.stop();
  });

  it('stores the facts that the device tells about itself, cleaned', async () => {
    const bench = await coreOnFakes();
    bench.signalling.facts = () =>
      Promise.resolve({
        name: ' 门口\u0007 ',
        manufacturer: 'Yimu',
        model: 'M'.repeat(80),
        firmware: undefined,
      });
    await bench.addCamera();
    const device = bench.core.devices.get(GB_ID);
    assert.deepEqual(
      [device.name, device.manufacturer, device.model, device.firmware],
      ['门口', 'Yimu', 'M'.repeat(64), undefined],
    );
    await bench.core.stop();
    assert.equal((await bench.repositories.devices.loadDevices())[0]?.reportedName, '门口');
  });

  it('takes the catalogue of a device that tells no facts about itself', async () => {
    const bench = await coreOnFakes();
    bench.signalling.facts = () => Promise.reject(new CoreError('DEVICE_TIMEOUT', ''));
    const { device } = await bench.addCamera();
    assert.equal(device.model, undefined);
    bench.signalling.facts = () => Promise.reject(new Error('odd'));
    bench.signalling.comeOnline(GB_ID);
    await bench.clock.advance(1_000);
    assert.equal(bench.core.devices.listCameras({ offset: 0, limit: 9 }).total, 1);
    await bench.core.stop();
  });

  it('makes the device its own channel when it tells none, and asks again a few times', async () => {
    const bench = await coreOnFakes({ settings: { catalogRetryMs: 10_000 } });
    await withDevices(1, bench);
    let asked = 0;
    bench.signalling.catalog = () => {
      asked += 1;
      return Promise.reject(new CoreError('DEVICE_TIMEOUT', ''));
    };
    bench.signalling.comeOnline(gbIdOf(1));
    await bench.clock.advance(1_000);
    const [camera] = bench.core.devices.listCameras({ offset: 0, limit: 1 }).items;
    assert.equal(camera?.channel.gbId, gbIdOf(1));
    assert.equal(camera.channel.online, true);
    await bench.clock.advance(120_000);
    assert.equal(asked, 4);
    await bench.core.stop();
  });

  it('gives the assumed channel’s number to the first channel of a catalogue that comes late', async () => {
    const bench = await coreOnFakes({ settings: { catalogRetryMs: 10_000 } });
    await withDevices(1, bench);
    bench.signalling.catalog = () => Promise.reject(new CoreError('DEVICE_TIMEOUT', ''));
    bench.signalling.comeOnline(gbIdOf(1));
    await bench.clock.advance(1_000);
    bench.signalling.catalog = () => Promise.resolve(catalogue(true, CHANNEL_GB_ID));
    await bench.clock.advance(12_000);
    const { items } = bench.core.devices.listCameras({ offset: 0, limit: 9 });
    assert.deepEqual(
      items.map(({ channel }) => [channel.no, channel.gbId]),
      [[1, CHANNEL_GB_ID]],
    );
    await bench.core.stop();
  });

  it('is repeated until an incomplete catalogue is complete and a missing channel is confirmed', async () => {
    const bench = await coreOnFakes({ settings: { catalogRetryMs: 10_000 } });
    await withDevices(1, bench);
    const answers = [
      catalogue(true, channelGbId(1), channelGbId(2)),
      catalogue(false, channelGbId(1)),
      catalogue(true, channelGbId(1)),
      catalogue(true, channelGbId(1)),
    ];
    let asked = 0;
    bench.signalling.catalog = () => Promise.resolve(answers[asked++] ?? catalogue(true));
    bench.signalling.comeOnline(gbIdOf(1));
    await bench.clock.advance(1_000);
    assert.equal(asked, 1);
    bench.signalling.comeOnline(gbIdOf(1));
    await bench.clock.advance(60_000);
    assert.equal(asked, 4);
    assert.deepEqual(
      bench.core.devices.channels(bench.core.devices.get(gbIdOf(1))).map(({ no }) => no),
      [1],
    );
    await bench.core.stop();
  });

  it('takes catalogue parts that devices send without being asked', async () => {
    const bench = await coreOnFakes();
    await bench.addCamera();
    bench.signalling.tellPart(GB_ID, catalogue(false, channelGbId(8)).entries);
    bench.signalling.tellPart('34020000001320009999', catalogue(false, channelGbId(9)).entries);
    await bench.clock.advance(10);
    assert.deepEqual(
      bench.core.devices.listCameras({ offset: 0, limit: 9 }).items.map(({ channel }) => channel.gbId),
      [CHANNEL_GB_ID, channelGbId(8)],
    );
    await bench.core.stop();
  });

  it('survives a database that takes nothing: the catalogue is asked for again', async () => {
    const bench = await coreOnFakes({ settings: { catalogRetryMs: 10_000 } });
    await withDevices(1, bench);
    const { devices } = bench.repositories;
    const saveChannels = devices.saveChannels.bind(devices);
    devices.saveChannels = () => Promise.reject(new CoreError('STORAGE_FAILED', ''));
    bench.signalling.catalog = () => Promise.resolve(catalogue(true, channelGbId(1)));
    bench.signalling.comeOnline(gbIdOf(1));
    bench.signalling.tellPart(gbIdOf(1), catalogue(false, channelGbId(1)).entries);
    await bench.clock.advance(1_000);
    assert.equal(bench.core.devices.listCameras({ offset: 0, limit: 9 }).total, 0);
    devices.saveChannels = saveChannels;
    await bench.clock.advance(12_000);
    assert.equal(bench.core.devices.listCameras({ offset: 0, limit: 9 }).total, 1);
    await bench.core.stop();
  });

  it('leaves a device alone that went offline or was removed meanwhile', async () => {
    const bench = await coreOnFakes({ settings: { catalogJitterMs: 1_000 } });
    await withDevices(3, bench);
    const asked: string[] = [];
    bench.signalling.catalog = (gbId) => {
      asked.push(gbId);
      return Promise.resolve(catalogue(true));
    };
    for (const no of [1, 2, 3]) bench.signalling.comeOnline(gbIdOf(no));
    bench.signalling.goOffline(gbIdOf(1));
    await bench.core.devices.remove(gbIdOf(2));
    await bench.clock.advance(2_000);
    assert.deepEqual(asked, [gbIdOf(3)]);
    await bench.core.stop();
  });

  it('gives way while a crowd registers, and is made up for afterwards', async () => {
    const bench = await coreOnFakes({ settings: { catalogConcurrency: 20, catalogJitterMs: 0 } });
    const seconds = 5;
    const perSecond = 200;
    await withDevices(seconds * perSecond, bench);
    const asked = new Set<string>();
    bench.signalling.catalog = (gbId) => {
      asked.add(gbId);
      return Promise.resolve(catalogue(true, channelGbId(1)));
    };
    for (let no = 1; no <= seconds * perSecond; no += 1) {
      bench.signalling.comeOnline(gbIdOf(no));
      if (no % 50 === 0) await bench.clock.advance(250);
    }
    assert.ok(asked.size < 200, `${String(asked.size)} were asked meanwhile`);
    await bench.clock.advance(20_000);
    assert.equal(asked.size, seconds * perSecond);
    await bench.core.stop();
  });

  it('keeps nobody waiting for a crowd that left again', async () => {
    const bench = await coreOnFakes({ settings: { catalogConcurrency: 1, catalogJitterMs: 1_000 } });
    await withDevices(100, bench);
    const asked: string[] = [];
    bench.signalling.catalog = (gbId) => {
      asked.push(gbId);
      return Promise.resolve(catalogue(true, channelGbId(1)));
    };
    for (let no = 1; no <= 99; no += 1) bench.signalling.comeOnline(gbIdOf(no));
    for (let no = 1; no <= 99; no += 1) bench.signalling.goOffline(gbIdOf(no));
    bench.signalling.comeOnline(gbIdOf(100));
    await bench.clock.advance(2_100);
    assert.deepEqual(asked, [gbIdOf(100)]);
    await bench.core.stop();
  });

  it('ends with the server', async () => {
    const bench = await coreOnFakes({ settings: { catalogConcurrency: 1 } });
    await withDevices(3, bench);
    for (const no of [1, 2, 3]) bench.signalling.comeOnline(gbIdOf(no));
    await bench.core.stop();
    assert.equal(bench.clock.pending, 0);
    await bench.clock.advance(60_000);
    assert.equal(bench.core.devices.listCameras({ offset: 0, limit: 9 }).total, 0);
  });
});
