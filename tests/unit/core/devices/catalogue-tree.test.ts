import assert from 'node:assert/strict';
import fc from 'fast-check';
import { treeOf } from '../../../../bff/src/core/devices/catalogue-tree.ts';
import { nodeKindOf } from '../../../../bff/src/core/devices/catalogue-place.ts';
import type { CatalogueNodeRecord, ChannelRecord } from '../../../../bff/src/core/index.ts';
import { aChannelRecord } from '../../../support/core/records.ts';

const PLATFORM = '34020000002000000001';
const GROUP = '34020000002150000001';
const NORTH = '34020000002160000001';
const GATE = '34020000002160000002';
const RECORDER = '34020000001180000009';
const camera = (no: number): string => `3402000000131${String(no).padStart(7, '0')}`;

function node(gbId: string, over: Partial<CatalogueNodeRecord> = {}): CatalogueNodeRecord {
  return {
    deviceId: 1,
    gbId,
    kind: nodeKindOf(gbId),
    name: gbId,
    online: true,
    parentIds: undefined,
    civilCode: undefined,
    businessGroupId: undefined,
    missed: 0,
    ...over,
  };
}

const channel = (no: number, over: Partial<ChannelRecord> = {}): ChannelRecord =>
  aChannelRecord(no, { gbId: camera(no), ...over });

/** Parents of each node. */
function parents(
  nodes: readonly CatalogueNodeRecord[],
  channels: readonly ChannelRecord[],
): Readonly<Record<string, readonly string[]>> {
  const tree = treeOf({ gbId: PLATFORM, online: true }, nodes, channels);
  return Object.fromEntries(tree.map((one) => [one.gbId, one.parents]));
}

describe('the tree of a catalogue (GB/T 28181-2016 annex O)', () => {
  it('hangs organisations on their group or on the one above, cameras on device and organisation', () => {
    const found = parents(
      [
        node(GROUP, { parentIds: undefined }),
        node(NORTH, { businessGroupId: GROUP }),
        node(GATE, { businessGroupId: GROUP, parentIds: NORTH }),
        node(RECORDER),
      ],
      [channel(1, { parentIds: `${RECORDER}/${GATE}` }), channel(2, { businessGroupId: GROUP }), channel(3)],
    );
    assert.deepEqual(found, {
      [GROUP]: [PLATFORM],
      [NORTH]: [GROUP],
      [GATE]: [NORTH],
      [RECORDER]: [PLATFORM],
      [camera(1)]: [RECORDER, GATE],
      [camera(2)]: [GROUP],
      [camera(3)]: [PLATFORM],
    });
  });

  it('hangs regions on the digits before, and cameras without parent on their region', () => {
    const found = parents(
      [node('34'), node('3402'), node('34020001', { kind: 'region' })],
      [
        channel(1, { civilCode: '340200' }),
        channel(2, { civilCode: '11' }),
        channel(3, { civilCode: '34020001' }),
      ],
    );
    assert.deepEqual(found, {
      '34': [PLATFORM],
      '3402': ['34'],
      '34020001': ['3402'],
      [camera(1)]: ['3402'],
      [camera(2)]: [PLATFORM],
      [camera(3)]: ['34020001'],
    });
  });

  it('says what each node is, and the number of a channel', () => {
    const tree = treeOf(
      { gbId: PLATFORM, online: false },
      [node(GROUP), node(NORTH), node('34')],
      [channel(7)],
    );
    assert.deepEqual(
      tree.map(({ gbId, kind, channelNo, online }) => [gbId, kind, channelNo, online]),
      [
        [GROUP, 'business-group', undefined, false],
        [NORTH, 'virtual-organisation', undefined, false],
        ['34', 'region', undefined, false],
        [camera(7), 'channel', 7, false],
      ],
    );
  });

  it('unknown parents and circles end at the device (Q32)', () => {
    const found = parents(
      [
        node(NORTH, { parentIds: GATE }),
        node(GATE, { parentIds: NORTH }),
        node(RECORDER, { parentIds: GATE }),
      ],
      [channel(1, { parentIds: '34020000002169999999' })],
    );
    assert.deepEqual(found[camera(1)], [PLATFORM]);
    assert.deepEqual(found[NORTH], [PLATFORM], 'the circle is cut at one place');
    assert.deepEqual(found[GATE], [NORTH]);
    assert.deepEqual(found[RECORDER], [GATE]);
  });

  it('gives every node a way to the root, whatever hangs on what', () => {
    const ids = Array.from({ length: 40 }, (_, index) => `3402000000216${String(index).padStart(7, '0')}`);
    const parentIds = fc.array(fc.constantFrom(...ids, camera(1), camera(2)), { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(parentIds, { minLength: 40, maxLength: 40 }), parentIds, (links, own) => {
        const nodes = ids.map((gbId, index) => {
          const others = links[index]?.filter((id) => id !== gbId) ?? [];
          return node(gbId, { parentIds: others.length === 0 ? undefined : others.join('/') });
        });
        const cameras = [1, 2].map((no) => {
          const others = own.filter((id) => id !== camera(no));
          return channel(no, { parentIds: others.length === 0 ? undefined : others.join('/') });
        });
        const found = parents(nodes, cameras);
        const reach = (gbId: string, seen: ReadonlySet<string>): boolean =>
          gbId === PLATFORM ||
          (!seen.has(gbId) && (found[gbId] ?? []).every((up) => reach(up, new Set([...seen, gbId]))));
        for (const gbId of Object.keys(found)) assert.ok(reach(gbId, new Set()), `${gbId} is in a circle`);
      }),
      { numRuns: 300 },
    );
  });

  it('a chain of ten thousand nodes is no deeper than 33 steps', () => {
    const ids = Array.from(
      { length: 10_000 },
      (_, index) => `3402000000216${String(index).padStart(7, '0')}`,
    );
    const found = parents(
      ids.map((gbId, index) => node(gbId, { parentIds: ids[index + 1] })),
      [],
    );
    for (let start = 0; start < ids.length; start += 997) {
      let steps = 0;
      for (let at = ids[start]; at !== undefined && at !== PLATFORM; at = found[at]?.[0]) steps += 1;
      assert.ok(steps <= 33, `${String(steps)} steps`);
    }
  });
});
