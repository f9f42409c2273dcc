import { cleanText } from '../clean-text.ts';
import type { CatalogueNodeRecord } from '../ports/repositories.ts';
import type { CatalogEntry } from '../ports/signalling.ts';
import { nodeKindOf, placeOf } from './catalogue-place.ts';
import { MISSES_TO_GO, NAME_LENGTH } from './catalogue-limits.ts';

interface MergeNodesInput {
  readonly deviceId: number;
  readonly deviceGbId: string;
  readonly kept: readonly CatalogueNodeRecord[];
  readonly told: ReadonlyMap<string, CatalogEntry>;
  /** Whether absence from `told` means anything. */
  readonly complete: boolean;
  readonly maxNodes: number;
}

export interface NodesPlan {
  readonly saved: readonly CatalogueNodeRecord[];
  readonly removed: readonly string[];
  /** Nodes that found no room. */
  readonly refused: number;
  /** A node was missing once: a second catalogue has to confirm it. */
  readonly unconfirmed: boolean;
}

export const NO_NODES_CHANGE: NodesPlan = { saved: [], removed: [], refused: 0, unconfirmed: false };

/** Works out what a catalogue changes in the tree above its cameras. Pure. */
export function mergeNodes(input: MergeNodesInput): NodesPlan {
  const { kept, told, complete, maxNodes } = input;
  const byGbId = new Map(kept.map((node) => [node.gbId, node]));
  const saved: CatalogueNodeRecord[] = [];
  const removed: string[] = [];
  let room = maxNodes - kept.length;
  let refused = 0;
  for (const [gbId, entry] of told) {
    const known = byGbId.get(gbId);
    if (known === undefined && room <= 0) {
      refused += 1;
      continue;
    }
    const next = nodeOf(input, gbId, entry, known);
    if (known === undefined) room -= 1;
    if (known === undefined || differs(known, next)) saved.push(next);
  }
  if (complete) {
    for (const node of kept) {
      if (told.has(node.gbId)) continue;
      if (node.missed + 1 >= MISSES_TO_GO) removed.push(node.gbId);
      else saved.push({ ...node, missed: node.missed + 1 });
    }
  }
  return { saved, removed, refused, unconfirmed: saved.some(({ missed }) => missed > 0) };
}

/** What is kept after a plan. */
export function nodesAfter(
  kept: readonly CatalogueNodeRecord[],
  { saved, removed }: NodesPlan,
): readonly CatalogueNodeRecord[] {
  if (saved.length + removed.length === 0) return kept;
  const byGbId = new Map(kept.map((node) => [node.gbId, node]));
  for (const gbId of removed) byGbId.delete(gbId);
  for (const node of saved) byGbId.set(node.gbId, node);
  return [...byGbId.values()];
}

function nodeOf(
  { deviceId, deviceGbId }: MergeNodesInput,
  gbId: string,
  entry: CatalogEntry,
  known: CatalogueNodeRecord | undefined,
): CatalogueNodeRecord {
  const place = placeOf(entry, deviceGbId) ?? known;
  return {
    deviceId,
    gbId,
    kind: nodeKindOf(gbId),
    name: cleanText(entry.name, NAME_LENGTH) ?? known?.name,
    online: entry.online,
    parentIds: place?.parentIds,
    civilCode: place?.civilCode,
    businessGroupId: place?.businessGroupId,
    missed: 0,
  };
}

function differs(a: CatalogueNodeRecord, b: CatalogueNodeRecord): boolean {
  return (
    a.name !== b.name ||
    a.online !== b.online ||
    a.parentIds !== b.parentIds ||
    a.civilCode !== b.civilCode ||
    a.businessGroupId !== b.businessGroupId ||
    a.missed !== b.missed
  );
}
