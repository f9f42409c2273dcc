import assert from 'node:assert/strict';
import { placeOf, sortEntries } from '../../../../bff/src/core/devices/catalogue-place.ts';
import { mergeNodes, nodesAfter, type NodesPlan } from '../../../../bff/src/core/devices/merge-nodes.ts';
import type { CatalogEntry, CatalogueNodeRecord } from '../../../../bff/src/core/index.ts';
import { channelGbId } from '../../../support/core/records.ts';

const PLATFORM = '34020000002000000001';
const GROUP = '34020000002150000001';
const ORGANISATION = '34020000002160000001';
const RECORDER = '34020000001180000009';

function entry(gbId: string, parentId?: string, over: Partial<CatalogEntry> = {}): CatalogEntry {
  return {
    channelGbId: gbId,
    name: '名',
    manufacturer: undefined,
    model: undefined,
    online: true,
    ptzType: undefined,
    place:
      parentId === undefined ? undefined : { parentId, civilCode: undefined, businessGroupId: undefined },
    ...over,
  };
}

const plan = (
  kept: readonly CatalogueNodeRecord[],
  entries: readonly CatalogEntry[],
  complete = true,
  maxNodes = 10,
): NodesPlan =>
  mergeNodes({
    ...{ deviceId: 1, deviceGbId: PLATFORM, kept, complete, maxNodes },
    told: sortEntries(entries, PLATFORM).nodes,
  });

describe('what a catalogue names', () => {
  it('cameras are channels; regions, groups, systems and devices without picture are nodes; the rest is nothing', () => {
    const ids = [
      channelGbId(1),
      '34',
      '3402',
      '340200',
      '34020001',
      GROUP,
      ORGANISATION,
      '34020000002000000002',
      '34020000001340000001',
      '34020000001370000001',
      '340',
      'x',
      '',
      '3402000000131000000',
    ];
    const { lenses, nodes } = sortEntries(
      ids.map((id) => entry(id)),
      PLATFORM,
    );
    assert.deepEqual([...lenses.keys()], [channelGbId(1)]);
    assert.deepEqual([...nodes.keys()], ids.slice(1, 10));
  });

  it('a recorder that others hang on is a node, one that nobody names is a camera', () => {
    const camera = entry(channelGbId(1), RECORDER);
    assert.deepEqual([...sortEntries([entry(RECORDER), camera], PLATFORM).nodes.keys()], [RECORDER]);
    assert.deepEqual([...sortEntries([entry(RECORDER)], PLATFORM).lenses.keys()], [RECORDER]);
    const known = sortEntries([entry(RECORDER)], PLATFORM, new Set([RECORDER]));
    assert.deepEqual([...known.lenses.keys()], []);
  });

  it('ParentID may name several; the device, itself, strangers to the form and more than four are left out', () => {
    const many = Array.from({ length: 6 }, (_, index) => `3402000000216000000${String(index)}`);
    const parentIds = (parentId: string): string | undefined =>
      placeOf(entry(channelGbId(1), parentId), PLATFORM)?.parentIds;
    assert.equal(parentIds(`${RECORDER}/${ORGANISATION}`), `${RECORDER}/${ORGANISATION}`);
    assert.equal(parentIds(` ${ORGANISATION} / ${PLATFORM} /null/${channelGbId(1)}/`), ORGANISATION);
    assert.equal(parentIds(many.join('/')), many.slice(0, 4).join('/'));
    assert.equal(parentIds(PLATFORM), undefined);
    assert.equal(placeOf(entry(channelGbId(1)), PLATFORM), undefined);
  });
});

describe('merging the nodes of a tree', () => {
  it('goes only after two complete catalogues without it, and stays after any that are not', () => {
    let kept = nodesAfter([], plan([], [entry(GROUP), entry(ORGANISATION)]));
    kept = nodesAfter(kept, plan(kept, [entry(GROUP)], false));
    kept = nodesAfter(kept, plan(kept, [entry(GROUP)], false));
    assert.equal(kept.length, 2);
    const once = plan(kept, [entry(GROUP)]);
    assert.equal(once.unconfirmed, true);
    kept = nodesAfter(kept, once);
    assert.equal(kept.length, 2);
    const back = nodesAfter(kept, plan(kept, [entry(GROUP), entry(ORGANISATION)]));
    assert.ok(back.every(({ missed }) => missed === 0));
    kept = nodesAfter(kept, plan(kept, [entry(GROUP)]));
    assert.deepEqual(
      kept.map(({ gbId }) => gbId),
      [GROUP],
    );
  });

  it('writes nothing when nothing changed, and what is known stays when an entry does not say it', () => {
    const told = entry(ORGANISATION, PLATFORM, {
      place: { parentId: undefined, civilCode: '340200', businessGroupId: GROUP },
    });
    const kept = nodesAfter([], plan([], [told]));
    assert.deepEqual(plan(kept, [told]), { saved: [], removed: [], refused: 0, unconfirmed: false });
    const [later] = nodesAfter(kept, plan(kept, [entry(ORGANISATION, undefined, { online: false })]));
    assert.deepEqual([later?.online, later?.businessGroupId, later?.civilCode], [false, GROUP, '340200']);
  });

  it('takes no more than its limit', () => {
    const many = Array.from({ length: 12 }, (_, index) => entry(String(10 + index)));
    const { saved, refused } = plan([], many);
    assert.deepEqual([saved.length, refused], [10, 2]);
  });
});
