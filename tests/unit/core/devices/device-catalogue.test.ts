import assert from 'node:assert/strict';
import { DeviceCatalogue } from '../../../../bff/src/core/devices/device-catalogue.ts';
import { DeviceRegistry } from '../../../../bff/src/core/devices/device-registry.ts';
import type {
  CatalogChange,
  CatalogEntry,
  ChannelChanges,
  Repositories,
} from '../../../../bff/src/core/index.ts';
import { Instruments, silentLogger } from '../../../../bff/src/kernel/index.ts';
import { hasCode } from '../../../support/core/has-code.ts';
import { memoryRepositories } from '../../../support/core/memory-repositories.ts';
import { aDeviceRecord, channelGbId } from '../../../support/core/records.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { until } from '../../../support/until.ts';

interface Bench {
  readonly catalogue: DeviceCatalogue;
  readonly registry: DeviceRegistry;
  readonly repository: Repositories['devices'];
  readonly id: number;
  readonly figure: (name: string) => number | undefined;
}

async function bench(maxChannels = 100): Promise<Bench> {
  const registry = new DeviceRegistry();
  const repository = memoryRepositories().devices;
  const instruments = new Instruments();
  const device = await repository.insert(aDeviceRecord());
  registry.put(device);
  const catalogue = new DeviceCatalogue({
    registry,
    repository,
    clock: new FakeClock(),
    logger: silentLogger,
    instruments,
    maxChannels,
  });
  return {
    catalogue,
    registry,
    repository,
    id: device.id,
    figure: (name) => instruments.read().find((one) => one.name === name)?.samples[0]?.value,
  };
}

const entries = (...numbers: readonly number[]): readonly CatalogEntry[] =>
  numbers.map((no) => ({
    channelGbId: channelGbId(no),
    name: `通道${String(no)}`,
    manufacturer: undefined,
    model: undefined,
    online: true,
    ptzType: undefined,
  }));

describe('catalogues on their way into the registry', () => {
  it('are at rest before they are in memory, with the ids that the database gave', async () => {
    const { catalogue, registry, repository, id } = await bench();
    const seen: number[] = [];
    const saveChannels = repository.saveChannels.bind(repository);
    repository.saveChannels = (changes) => {
      seen.push(registry.channels(id).length);
      return saveChannels(changes);
    };
    await catalogue.merge(id, entries(2, 1), true);
    assert.deepEqual(seen, [0]);
    const kept = await repository.loadChannels();
    assert.deepEqual(
      registry.channels(id).map((channel) => [channel.no, channel.gbId, channel.id]),
      kept.map((channel) => [channel.no, channel.gbId, channel.id]),
    );
    assert.equal(registry.byId(id)?.nextChannelNo, 3);
    assert.equal((await repository.loadDevices())[0]?.nextChannelNo, 3);
  });

  it('leave memory as it was when the database does not take them', async () => {
    const { catalogue, registry, repository, id } = await bench();
    const saveChannels = repository.saveChannels.bind(repository);
    repository.saveChannels = () => Promise.reject(new Error('gone'));
    await assert.rejects(catalogue.merge(id, entries(1), true));
    assert.deepEqual(registry.channels(id), []);
    repository.saveChannels = saveChannels;
    await catalogue.merge(id, entries(1), true);
    assert.deepEqual(
      registry.channels(id).map(({ no }) => no),
      [1],
    );
  });

  it('cost the database nothing when nothing changed', async () => {
    const { catalogue, repository, id } = await bench();
    await catalogue.merge(id, entries(1), true);
    repository.saveChannels = () => Promise.reject(new Error('asked'));
    await catalogue.merge(id, entries(1), true);
  });

  it('of one device are merged one after another: parts that come at once share no number', async () => {
    const { catalogue, registry, id } = await bench();
    await Promise.all([1, 2, 3, 4].map((no) => catalogue.merge(id, entries(no), false)));
    assert.deepEqual(
      registry.channels(id).map(({ no, gbId }) => [no, gbId]),
      [1, 2, 3, 4].map((no) => [no, channelGbId(no)]),
    );
  });

  /** A bench whose database takes nothing before `release` is called; `calls` is what it was asked to store. */
  async function busy(
    maxChannels?: number,
  ): Promise<Bench & { readonly calls: readonly ChannelChanges[]; readonly release: () => void }> {
    const made = await bench(maxChannels);
    const { repository } = made;
    const calls: ChannelChanges[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const saveChannels = repository.saveChannels.bind(repository);
    repository.saveChannels = async (changes) => {
      calls.push(changes);
      await gate;
      return await saveChannels(changes);
    };
    return { ...made, calls, release };
  }

  const about = (event: CatalogChange['event'], ...numbers: readonly number[]): readonly CatalogChange[] =>
    entries(...numbers).map((entry) => ({ event, entry }));

  it('that are whole and come faster than they are stored are dropped and counted', async () => {
    const { catalogue, id, calls, release, figure } = await busy();
    const merges = Array.from({ length: 40 }, (_, index) => catalogue.merge(id, entries(index + 1), true));
    release();
    await Promise.all(merges);
    assert.equal(calls.length, 16);
    assert.equal(figure('yimu_core_catalog_parts_dropped_total'), 24);
  });

  it('that come in parts faster than they are stored are taken together, and none is lost', async () => {
    const { catalogue, registry, id, calls, release, figure } = await busy(1_000);
    const first = catalogue.merge(id, entries(1), false);
    await until('the database is busy', () => calls.length === 1);
    const others = Array.from({ length: 399 }, (_, index) => catalogue.merge(id, entries(index + 2), false));
    const offs = Array.from({ length: 400 }, (_, index) =>
      catalogue.applyCatalogueEvent(id, about('OFF', index + 1)),
    );
    release();
    await Promise.all([first, ...others, ...offs]);
    assert.deepEqual([calls.length, figure('yimu_core_catalog_parts_dropped_total')], [2, 0]);
    const channels = registry.channels(id);
    assert.deepEqual([channels.length, channels.filter(({ online }) => online).length], [400, 0]);
  });

  it('are taken in the order in which they came, whole ones and parts', async () => {
    const { catalogue, registry, id, calls, release } = await busy();
    const changes = [catalogue.merge(id, entries(1, 2), false)];
    await until('the database is busy', () => calls.length === 1);
    await Promise.all([
      ...changes,
      catalogue.applyCatalogueEvent(id, about('DEL', 1)),
      catalogue.merge(id, entries(1, 2), true),
      catalogue.applyCatalogueEvent(id, about('DEL', 2)),
      Promise.resolve().then(release),
    ]);
    assert.deepEqual(
      registry.channels(id).map(({ gbId }) => gbId),
      [channelGbId(1)],
    );
  });

  it('that do not fit into what waits wait behind it', async () => {
    const { catalogue, registry, id, calls, release, figure } = await busy(3);
    const first = catalogue.merge(id, entries(1), false);
    await until('the database is busy', () => calls.length === 1);
    const others = [2, 3, 1, 2].map((no) => catalogue.merge(id, entries(no), false));
    release();
    await Promise.all([first, ...others]);
    assert.deepEqual([registry.channels(id).length, figure('yimu_core_catalog_parts_dropped_total')], [3, 0]);
  });

  it('that name more channels than allowed are cut and counted', async () => {
    const { catalogue, registry, id, figure } = await bench(2);
    await catalogue.merge(id, entries(1, 2, 3, 4), true);
    assert.equal(registry.channels(id).length, 2);
    assert.equal(figure('yimu_core_catalog_entries_refused_total'), 2);
  });

  it('of a device that is gone change nothing', async () => {
    const { catalogue, registry, repository, id } = await bench();
    assert.equal(await catalogue.merge(99, entries(1), true), false);
    const saveChannels = repository.saveChannels.bind(repository);
    repository.saveChannels = (changes) => {
      registry.remove(id);
      return saveChannels(changes);
    };
    await catalogue.merge(id, entries(1), true);
    assert.deepEqual(registry.channels(id), []);
    await repository.remove(id);
    registry.put(aDeviceRecord({ id }));
    await assert.rejects(catalogue.merge(id, entries(2), true), hasCode('STORAGE_FAILED'));
  });

  it('say whether a missing channel has to be confirmed', async () => {
    const { catalogue, id } = await bench();
    assert.equal(await catalogue.merge(id, entries(1, 2), true), false);
    assert.equal(await catalogue.merge(id, entries(1), true), true);
    assert.equal(await catalogue.merge(id, entries(1), true), false);
  });
});

describe('a device that tells no catalogue', () => {
  it('is its own first channel, once', async () => {
    const { catalogue, registry, id } = await bench();
    await catalogue.assumeChannel(id);
    await catalogue.assumeChannel(id);
    assert.deepEqual(
      registry.channels(id).map(({ no, gbId, assumed }) => [no, gbId, assumed]),
      [[1, '34020000001320000001', true]],
    );
    assert.equal(registry.byId(id)?.nextChannelNo, 2);
  });

  it('that has channels gets none', async () => {
    const { catalogue, registry, id } = await bench();
    await catalogue.merge(id, entries(1), true);
    await catalogue.assumeChannel(id);
    assert.equal(registry.channels(id).length, 1);
  });
});
