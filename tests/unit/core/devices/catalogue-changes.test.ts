import assert from 'node:assert/strict';
import { DeviceCatalogue } from '../../../../bff/src/core/devices/device-catalogue.ts';
import { DeviceRegistry } from '../../../../bff/src/core/devices/device-registry.ts';
import type { CatalogChange, CatalogEntry } from '../../../../bff/src/core/index.ts';
import { Instruments, silentLogger } from '../../../../bff/src/kernel/index.ts';
import { memoryRepositories } from '../../../support/core/memory-repositories.ts';
import { aDeviceRecord, channelGbId } from '../../../support/core/records.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const PLATFORM = '34020000002000000001';
const GROUP = '34020000002150000001';
const ORGANISATION = '34020000002160000001';

const entry = (gbId: string, over: Partial<CatalogEntry> = {}): CatalogEntry => ({
  channelGbId: gbId,
  name: `名${gbId.slice(-2)}`,
  manufacturer: undefined,
  model: undefined,
  online: true,
  ptzType: undefined,
  ...over,
});

/** As a status event comes: nothing but the ID. */
const bare = (event: CatalogChange['event'], gbId: string): CatalogChange => ({
  event,
  entry: entry(gbId, { name: '' }),
});

async function aCatalogue(): Promise<{
  readonly registry: DeviceRegistry;
  readonly catalogue: DeviceCatalogue;
  readonly id: number;
  readonly apply: (...changes: CatalogChange[]) => Promise<void>;
  readonly seen: () => readonly (readonly [no: number, gbId: string, online: boolean])[];
  readonly figure: (name: string) => number;
}> {
  const registry = new DeviceRegistry();
  const { devices: repository } = memoryRepositories();
  const instruments = new Instruments();
  const device = await repository.insert(aDeviceRecord({ gbId: PLATFORM }));
  registry.put(device);
  const common = { registry, repository, instruments, clock: new FakeClock(), logger: silentLogger };
  const catalogue = new DeviceCatalogue({ ...common, maxChannels: 10 });
  await catalogue.merge(device.id, [entry(channelGbId(1)), entry(channelGbId(2)), entry(GROUP)], true);
  return {
    registry,
    catalogue,
    id: device.id,
    apply: (...changes) => catalogue.applyCatalogueEvent(device.id, changes),
    seen: () => registry.channels(device.id).map(({ no, gbId, online }) => [no, gbId, online] as const),
    figure: (name) => instruments.read().find((one) => one.name === name)?.samples[0]?.value ?? Number.NaN,
  };
}

describe('an incremental catalogue (GB/T 28181-2016 annex P.4.2.2)', () => {
  for (const [event, online] of [
    ['OFF', false],
    ['VLOST', false],
    ['DEFECT', false],
    ['ON', true],
  ] as const) {
    it(`${event} changes whether a channel is there, and nothing else of it`, async () => {
      const { apply, registry, id } = await aCatalogue();
      if (online) await apply(bare('OFF', channelGbId(1)));
      await apply(bare(event, channelGbId(1)));
      const [first] = registry.channels(id);
      assert.equal(first?.online, online);
      assert.equal(first.name, '名01');
    });
  }

  it('ADD gives the next number, UPDATE changes what it says, DEL takes away but keeps the number', async () => {
    const { apply, seen } = await aCatalogue();
    await apply({ event: 'ADD', entry: entry(channelGbId(3)) });
    await apply({ event: 'UPDATE', entry: entry(channelGbId(2), { online: false }) });
    await apply(bare('DEL', channelGbId(1)));
    assert.deepEqual(seen(), [
      [2, channelGbId(2), false],
      [3, channelGbId(3), true],
    ]);
    await apply({ event: 'ADD', entry: entry(channelGbId(1)) });
    assert.deepEqual(seen()[0], [1, channelGbId(1), true]);
  });

  it('nodes of the tree come, change and go', async () => {
    const { apply, registry, id } = await aCatalogue();
    const place = { parentId: PLATFORM, civilCode: undefined, businessGroupId: GROUP };
    await apply({ event: 'ADD', entry: entry(ORGANISATION, { place }) }, bare('OFF', GROUP));
    assert.deepEqual(
      registry.nodes(id).map(({ gbId, online, businessGroupId }) => [gbId, online, businessGroupId]),
      [
        [GROUP, false, undefined],
        [ORGANISATION, true, GROUP],
      ],
    );
    await apply(bare('DEL', ORGANISATION));
    assert.deepEqual(
      registry.nodes(id).map(({ gbId }) => gbId),
      [GROUP],
    );
  });

  it('of what contradicts itself in one notification, the last holds', async () => {
    const { apply, seen } = await aCatalogue();
    await apply(
      { event: 'ADD', entry: entry(channelGbId(3)) },
      bare('OFF', channelGbId(3)),
      bare('DEL', channelGbId(2)),
      { event: 'ADD', entry: entry(channelGbId(2)) },
      bare('OFF', channelGbId(1)),
      bare('ON', channelGbId(1)),
    );
    assert.deepEqual(seen(), [
      [1, channelGbId(1), true],
      [2, channelGbId(2), true],
      [3, channelGbId(3), false],
    ]);
  });

  it('makes no channel of a status or a deletion of a stranger, and counts them', async () => {
    const { apply, seen, figure } = await aCatalogue();
    await apply(bare('ON', channelGbId(8)), bare('DEL', channelGbId(9)));
    assert.equal(seen().length, 2);
    assert.equal(figure('yimu_core_catalog_events_of_strangers_total'), 2);
  });

  it('adds no more than the limit, and counts what found no room', async () => {
    const { apply, seen, figure } = await aCatalogue();
    const many = Array.from({ length: 20 }, (_, index) => ({
      event: 'ADD' as const,
      entry: entry(channelGbId(index + 10)),
    }));
    await apply(...many);
    assert.equal(seen().length, 10);
    assert.equal(figure('yimu_core_catalog_entries_refused_total'), 12);
  });
});
