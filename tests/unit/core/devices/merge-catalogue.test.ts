import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type MergeInput,
  mergeCatalogue,
  type MergePlan,
} from '../../../../bff/src/core/devices/merge-catalogue.ts';
import type { CatalogEntry, ChannelRecord } from '../../../../bff/src/core/index.ts';
import { aChannelRecord, channelGbId } from '../../../support/core/records.ts';

const RECORDER = '34020000001180000001';
const CAMERA = '34020000001320000001';

function entry(channelGbIdTold: string, over: Partial<CatalogEntry> = {}): CatalogEntry {
  return {
    channelGbId: channelGbIdTold,
    name: '新名',
    manufacturer: undefined,
    model: undefined,
    online: true,
    ptzType: undefined,
    ...over,
  };
}

function merge(input: Partial<MergeInput>): MergePlan {
  return mergeCatalogue({
    deviceId: 1,
    deviceGbId: RECORDER,
    kept: [],
    entries: [],
    complete: true,
    nextChannelNo: 1,
    maxChannels: 100,
    nowMs: 5,
    ...input,
  });
}

/** What is kept after a plan, as the database would keep it. */
function after(kept: readonly ChannelRecord[], plan: MergePlan): ChannelRecord[] {
  const changed = new Map(plan.changed.map((channel) => [channel.id, channel]));
  return [
    ...kept
      .filter(({ id }) => !plan.removedIds.includes(id))
      .map((channel) => changed.get(channel.id) ?? channel),
    ...plan.added.map((channel) => ({ ...channel, id: channel.no })),
  ];
}

const noOf = (
  channels: readonly Pick<ChannelRecord, 'no' | 'gbId'>[],
): readonly (readonly [string, number])[] => channels.map(({ gbId, no }) => [gbId, no]);

describe('merging a catalogue', () => {
  it('numbers new channels upwards in the order in which they are told', () => {
    const plan = merge({ entries: [entry(channelGbId(9)), entry(channelGbId(4))], nextChannelNo: 3 });
    assert.deepEqual(noOf(plan.added), [
      [channelGbId(9), 3],
      [channelGbId(4), 4],
    ]);
    assert.equal(plan.nextChannelNo, 5);
  });

  it('changes nothing when it tells what is known', () => {
    const kept = [aChannelRecord(1), aChannelRecord(2)];
    const entries = kept.map((channel) => entry(channel.gbId, { name: channel.name ?? '' }));
    assert.deepEqual(merge({ kept, entries, nextChannelNo: 3 }), {
      added: [],
      changed: [],
      removedIds: [],
      nextChannelNo: 3,
      refused: 0,
      unconfirmed: false,
    });
  });

  it('takes over what changed, cleaned, and keeps what is not told any more', () => {
    const kept = [aChannelRecord(1, { model: 'M1', ptzType: 1 })];
    const told = entry(channelGbId(1), {
      name: ' 球机\u0000\u202E ',
      manufacturer: 'x'.repeat(99),
      online: false,
    });
    const [changed] = merge({ kept, entries: [told] }).changed;
    assert.deepEqual(changed, {
      ...kept[0],
      name: '球机',
      manufacturer: 'x'.repeat(64),
      online: false,
    });
    assert.equal(merge({ kept, entries: [entry(channelGbId(1), { name: '\u0001' })] }).changed.length, 0);
  });

  for (const ptzType of [-1, 1.5, 100, Number.NaN]) {
    it(`does not believe a PTZType of ${String(ptzType)}`, () => {
      const plan = merge({ entries: [entry(channelGbId(1), { ptzType })] });
      assert.equal(plan.added[0]?.ptzType, undefined);
    });
  }

  // GB/T 28181-2016 annex D.1, digits 11 to 13.
  const types: readonly [string, string, boolean][] = [
    ['131', 'camera', true],
    ['132', 'network camera', true],
    ['118', 'network video recorder', true],
    ['111', 'DVR', true],
    ['134', 'alarm input', false],
    ['135', 'alarm output', false],
    ['136', 'voice input', false],
    ['137', 'voice output', false],
    ['200', 'signalling server', false],
    ['215', 'business group', false],
    ['216', 'virtual organisation', false],
    ['300', 'user', false],
  ];
  for (const [type, what, lens] of types) {
    it(`takes a ${what} (${type}) for ${lens ? 'a lens' : 'something without picture'}`, () => {
      const { added } = merge({ entries: [entry(`3402000000${type}0000001`)] });
      assert.equal(added.length, lens ? 1 : 0);
    });
  }

  it('leaves out regions and other entries whose id is not 20 digits, and repetitions (Q33)', () => {
    const entries = [entry('34020000'), entry(''), entry(`${channelGbId(1)}0`), entry(channelGbId(1))];
    const plan = merge({ entries: [...entries, entry(channelGbId(1), { name: 'again' })] });
    assert.deepEqual(noOf(plan.added), [[channelGbId(1), 1]]);
    assert.equal(plan.added[0]?.name, '新名');
  });

  it('takes the device itself for a channel only when nothing else is told (Q33)', () => {
    assert.deepEqual(noOf(merge({ deviceGbId: CAMERA, entries: [entry(CAMERA)] }).added), [[CAMERA, 1]]);
    const plan = merge({ entries: [entry(RECORDER), entry(channelGbId(1))] });
    assert.deepEqual(noOf(plan.added), [[channelGbId(1), 1]]);
  });

  for (const [what, parentId] of [
    ['is its own parent', channelGbId(1)],
    ['names the device', RECORDER],
    ['names nobody', undefined],
    ['says null', 'null'],
    ['names an ID of odd length', '3402000000132'],
  ] as const)
    it(`hangs an entry on the device that ${what} (Q32)`, () => {
      const place = { parentId, civilCode: undefined, businessGroupId: undefined };
      const { added } = merge({ entries: [entry(channelGbId(1), { place })] });
      assert.deepEqual([added[0]?.gbId, added[0]?.parentIds], [channelGbId(1), undefined]);
    });

  it('makes no camera of a recorder that only itself is named in a part', () => {
    const itself = [entry(RECORDER)];
    const kept = [aChannelRecord(1)];
    const plan = merge({ kept, entries: itself, complete: false, nextChannelNo: 2 });
    assert.deepEqual([plan.added, plan.changed, plan.nextChannelNo], [[], [], 2]);
    // A camera whose catalogue, or part of one, is itself has no others.
    const camera = { deviceGbId: CAMERA, entries: [entry(CAMERA)], complete: false };
    assert.deepEqual(noOf(merge(camera).added), [[CAMERA, 1]]);
    const assumed = [aChannelRecord(1, { gbId: CAMERA, assumed: true })];
    assert.deepEqual(noOf(merge({ ...camera, kept: assumed }).changed), [[CAMERA, 1]]);
    // One that has gone is no other one.
    const gone = [aChannelRecord(1, { retired: true })];
    assert.deepEqual(noOf(merge({ ...camera, kept: gone, nextChannelNo: 2 }).added), [[CAMERA, 2]]);
  });

  it('gives the place of an assumed channel to the first one that is told', () => {
    const kept = [aChannelRecord(1, { gbId: CAMERA, assumed: true })];
    const plan = merge({
      deviceGbId: CAMERA,
      kept,
      entries: [entry(channelGbId(7)), entry(channelGbId(8))],
      nextChannelNo: 2,
    });
    assert.deepEqual(noOf(plan.changed), [[channelGbId(7), 1]]);
    assert.equal(plan.changed[0]?.assumed, false);
    assert.deepEqual(noOf(plan.added), [[channelGbId(8), 2]]);
  });

  it('keeps the assumed channel, as a true one, when it is told itself', () => {
    const kept = [aChannelRecord(1, { gbId: CAMERA, assumed: true })];
    const plan = merge({ deviceGbId: CAMERA, kept, entries: [entry(CAMERA)], nextChannelNo: 2 });
    assert.deepEqual(noOf(plan.changed), [[CAMERA, 1]]);
    assert.deepEqual([plan.changed[0]?.assumed, plan.added.length], [false, 0]);
  });

  it('retires a channel that two complete catalogues in a row do not tell (Q35)', () => {
    const kept = [aChannelRecord(1), aChannelRecord(2)];
    const entries = [entry(channelGbId(1), { name: '通道1' })];
    const once = merge({ kept, entries, nextChannelNo: 3 });
    assert.deepEqual([once.changed[0]?.missed, once.changed[0]?.retired, once.unconfirmed], [1, false, true]);
    const twice = merge({ kept: after(kept, once), entries, nextChannelNo: 3 });
    assert.deepEqual([twice.changed[0]?.retired, twice.unconfirmed], [true, false]);
    const thrice = merge({ kept: after(after(kept, once), twice), entries, nextChannelNo: 3 });
    assert.deepEqual(thrice.changed, []);
  });

  it('does not take a channel for gone because a catalogue was incomplete or empty (Q34, Q35)', () => {
    const kept = [aChannelRecord(1), aChannelRecord(2)];
    assert.deepEqual(
      merge({ kept, entries: [entry(channelGbId(1), { name: '通道1' })], complete: false }).changed,
      [],
    );
    assert.deepEqual(merge({ kept, entries: [], complete: true }).changed, []);
  });

  it('gives a channel that comes back its old number', () => {
    const kept = [aChannelRecord(1), aChannelRecord(2, { retired: true, missed: 2 })];
    const entries = [entry(channelGbId(1), { name: '通道1' }), entry(channelGbId(2))];
    const plan = merge({ kept, entries, nextChannelNo: 3 });
    assert.deepEqual(noOf(plan.changed), [[channelGbId(2), 2]]);
    assert.deepEqual([plan.changed[0]?.retired, plan.changed[0]?.missed], [false, 0]);
  });

  it('refuses channels beyond the limit, unless retired ones make room', () => {
    const full = [aChannelRecord(1), aChannelRecord(2)];
    const entries = [1, 2, 3].map((no) => entry(channelGbId(no), { name: `通道${String(no)}` }));
    const refused = merge({ kept: full, entries, maxChannels: 2, nextChannelNo: 3 });
    assert.deepEqual([refused.refused, refused.added.length], [1, 0]);
    const spare = [
      aChannelRecord(1),
      aChannelRecord(9, { id: 2, no: 2, gbId: channelGbId(9), retired: true }),
    ];
    const told = [entry(channelGbId(1), { name: '通道1' }), entry(channelGbId(3))];
    const plan = merge({ kept: spare, entries: told, maxChannels: 2, nextChannelNo: 3 });
    assert.deepEqual([plan.removedIds, noOf(plan.added)], [[2], [[channelGbId(3), 3]]]);
  });

  const catalogues = fc.array(
    fc.record({
      told: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 12 }),
      complete: fc.boolean(),
    }),
    { maxLength: 12 },
  );

  it('never moves a number, never gives one twice, and never keeps more than the limit', () => {
    fc.assert(
      fc.property(catalogues, fc.integer({ min: 1, max: 14 }), (sequence, maxChannels) => {
        let kept: ChannelRecord[] = [];
        let nextChannelNo = 1;
        const gbIdOfNo = new Map<number, string>();
        for (const { told, complete } of sequence) {
          const entries = told.map((no) => entry(channelGbId(no)));
          const plan = merge({ kept, entries, complete, maxChannels, nextChannelNo });
          kept = after(kept, plan);
          assert.ok(plan.nextChannelNo >= nextChannelNo);
          nextChannelNo = plan.nextChannelNo;
          assert.ok(kept.length <= maxChannels);
          assert.equal(new Set(kept.map(({ no }) => no)).size, kept.length);
          assert.equal(new Set(kept.map(({ gbId }) => gbId)).size, kept.length);
          for (const { no, gbId } of kept) {
            assert.ok(no < nextChannelNo);
            assert.equal(gbIdOfNo.get(no) ?? gbId, gbId);
            gbIdOfNo.set(no, gbId);
          }
        }
      }),
    );
  });
});
