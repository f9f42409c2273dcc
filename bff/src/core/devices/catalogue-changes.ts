import type { CatalogueNodeRecord, ChannelRecord } from '../ports/repositories.ts';
import type { CatalogChange, CatalogEntry } from '../ports/signalling.ts';

/** What an incremental catalogue comes down to (GB/T 28181-2016 annex P.4.2.2). */
export interface FoldedChanges {
  /** ADD and UPDATE: whole entries. */
  readonly entries: readonly CatalogEntry[];
  /** ON, OFF, VLOST and DEFECT: whether a channel is there; nothing else of it is said. */
  readonly online: ReadonlyMap<string, boolean>;
  /** DEL. */
  readonly gone: ReadonlySet<string>;
}

/** Folds the changes of one notification in their order: of what contradicts itself, the last holds. */
export function foldChanges(changes: readonly CatalogChange[]): FoldedChanges {
  const entries = new Map<string, CatalogEntry>();
  const online = new Map<string, boolean>();
  const gone = new Set<string>();
  for (const { event, entry } of changes) {
    const { channelGbId } = entry;
    if (event === 'ADD' || event === 'UPDATE') {
      entries.set(channelGbId, entry);
      online.delete(channelGbId);
      gone.delete(channelGbId);
    } else if (event === 'DEL') {
      entries.delete(channelGbId);
      online.delete(channelGbId);
      gone.add(channelGbId);
    } else {
      const whole = entries.get(channelGbId);
      if (whole) entries.set(channelGbId, { ...whole, online: event === 'ON' });
      else if (!gone.has(channelGbId)) online.set(channelGbId, event === 'ON');
    }
  }
  return { entries: [...entries.values()], online, gone };
}

/** Channels that change by a status or a deletion; one that is deleted keeps its number. */
export function changedChannels(
  kept: readonly ChannelRecord[],
  { online, gone }: FoldedChanges,
): readonly ChannelRecord[] {
  return kept.flatMap((channel) => {
    if (gone.has(channel.gbId)) return channel.retired ? [] : [{ ...channel, retired: true }];
    const told = online.get(channel.gbId);
    return told === undefined || told === channel.online ? [] : [{ ...channel, online: told }];
  });
}

/** Nodes of the tree that change by a status. */
export function changedNodes(
  kept: readonly CatalogueNodeRecord[],
  { online }: FoldedChanges,
): readonly CatalogueNodeRecord[] {
  return kept.flatMap((node) => {
    const told = online.get(node.gbId);
    return told === undefined || told === node.online ? [] : [{ ...node, online: told }];
  });
}
