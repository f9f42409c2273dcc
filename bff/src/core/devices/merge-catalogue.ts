import { cleanText } from '../clean-text.ts';
import type { ChannelRecord, Place } from '../ports/repositories.ts';
import type { CatalogEntry } from '../ports/signalling.ts';
import { MISSES_TO_GO, NAME_LENGTH } from './catalogue-limits.ts';
import { factText } from './fact-text.ts';
import { placeOf, sortEntries } from './catalogue-place.ts';

export interface MergeInput {
  readonly deviceId: number;
  readonly deviceGbId: string;
  /** All channels that are kept, retired ones too. */
  readonly kept: readonly ChannelRecord[];
  readonly entries: readonly CatalogEntry[];
  /** The entries with a picture, when they are taken out already. */
  readonly lenses?: ReadonlyMap<string, CatalogEntry>;
  /** Whether absence from `entries` means anything. */
  readonly complete: boolean;
  readonly nextChannelNo: number;
  readonly maxChannels: number;
  readonly nowMs: number;
}

export interface MergePlan {
  readonly added: readonly Omit<ChannelRecord, 'id'>[];
  readonly changed: readonly ChannelRecord[];
  /** Retired rows that make room when the limit is reached. */
  readonly removedIds: readonly number[];
  readonly nextChannelNo: number;
  /** Entries that found no room: a device that invents channels cannot fill our memory. */
  readonly refused: number;
  /** A channel was missing once: a second catalogue has to confirm it. */
  readonly unconfirmed: boolean;
}

/** Works out what a catalogue changes. Pure; a number once given to a gbId stays with it. */
export function mergeCatalogue(input: MergeInput): MergePlan {
  const byGbId = new Map(input.kept.map((channel) => [channel.gbId, channel]));
  const told = toldLenses(input);
  const changed: ChannelRecord[] = [];
  const added: Omit<ChannelRecord, 'id'>[] = [];
  const spare = input.kept.filter((channel) => channel.retired && !told.has(channel.gbId));
  const removedIds = new Set<number>();
  let assumed = input.kept.find((channel) => channel.assumed && !told.has(channel.gbId));
  let nextChannelNo = input.nextChannelNo;
  let refused = 0;

  for (const [gbId, entry] of told) {
    const known = byGbId.get(gbId);
    if (known) {
      const next = {
        ...known,
        ...toldFacts(entry, input.deviceGbId, known),
        missed: 0,
        retired: false,
        assumed: false,
      };
      if (differs(known, next)) changed.push(next);
      continue;
    }
    if (assumed) {
      changed.push({
        ...assumed,
        gbId,
        ...toldFacts(entry, input.deviceGbId, assumed),
        missed: 0,
        retired: false,
        assumed: false,
      });
      assumed = undefined;
      continue;
    }
    if (input.kept.length + added.length - removedIds.size >= input.maxChannels) {
      const oldest = spare.shift();
      if (!oldest) {
        refused += 1;
        continue;
      }
      removedIds.add(oldest.id);
    }
    added.push(newChannel(input, gbId, nextChannelNo, entry));
    nextChannelNo += 1;
  }
  const missing = input.complete && told.size > 0 ? markMissing(input.kept, told, changed) : [];
  changed.push(...missing.filter((channel) => !removedIds.has(channel.id)));
  const unconfirmed = missing.some((channel) => !channel.retired);
  return { added, changed, removedIds: [...removedIds], nextChannelNo, refused, unconfirmed };
}

/** A part in which a recorder names only itself does not make a camera of it. */
function toldLenses({
  entries,
  lenses,
  deviceGbId,
  kept,
  complete,
}: MergeInput): ReadonlyMap<string, CatalogEntry> {
  const told = lenses ?? sortEntries(entries, deviceGbId).lenses;
  const isSelfOnly = !complete && told.size === 1 && told.has(deviceGbId);
  const hasOthers = kept.some(({ gbId, retired, assumed }) => !retired && !assumed && gbId !== deviceGbId);
  return isSelfOnly && hasOthers ? new Map() : told;
}

/** The channel of a device that tells no catalogue: the device itself. */
export function assumedChannel(
  deviceId: number,
  gbId: string,
  no: number,
  nowMs: number,
): Omit<ChannelRecord, 'id'> {
  return {
    deviceId,
    no,
    gbId,
    name: undefined,
    manufacturer: undefined,
    model: undefined,
    online: true,
    ptzType: undefined,
    parentIds: undefined,
    civilCode: undefined,
    businessGroupId: undefined,
    assumed: true,
    missed: 0,
    retired: false,
    createdAtMs: nowMs,
  };
}

function toldFacts(
  entry: CatalogEntry,
  deviceGbId: string,
  known: ChannelRecord | undefined,
): Pick<ChannelRecord, 'name' | 'manufacturer' | 'model' | 'online' | 'ptzType' | keyof Place> {
  const place = placeOf(entry, deviceGbId) ?? known;
  return {
    name: cleanText(entry.name, NAME_LENGTH) ?? known?.name,
    manufacturer: factText(entry.manufacturer) ?? known?.manufacturer,
    model: factText(entry.model) ?? known?.model,
    online: entry.online,
    ptzType: smallNumber(entry.ptzType) ?? known?.ptzType,
    parentIds: place?.parentIds,
    civilCode: place?.civilCode,
    businessGroupId: place?.businessGroupId,
  };
}

function smallNumber(value: number | undefined): number | undefined {
  return value !== undefined && Number.isInteger(value) && value >= 0 && value <= 99 ? value : undefined;
}

function newChannel(
  input: MergeInput,
  gbId: string,
  no: number,
  entry: CatalogEntry,
): Omit<ChannelRecord, 'id'> {
  return {
    ...assumedChannel(input.deviceId, gbId, no, input.nowMs),
    ...toldFacts(entry, input.deviceGbId, undefined),
    assumed: false,
  };
}

function markMissing(
  kept: readonly ChannelRecord[],
  told: ReadonlyMap<string, CatalogEntry>,
  changed: readonly ChannelRecord[],
): ChannelRecord[] {
  const touched = new Set(changed.map((channel) => channel.id));
  return kept
    .filter((channel) => !channel.retired && !told.has(channel.gbId) && !touched.has(channel.id))
    .map((channel) => {
      const missed = channel.missed + 1;
      return { ...channel, missed, retired: missed >= MISSES_TO_GO };
    });
}

function differs(a: ChannelRecord, b: ChannelRecord): boolean {
  return (
    a.name !== b.name ||
    a.manufacturer !== b.manufacturer ||
    a.model !== b.model ||
    a.online !== b.online ||
    a.ptzType !== b.ptzType ||
    a.parentIds !== b.parentIds ||
    a.civilCode !== b.civilCode ||
    a.businessGroupId !== b.businessGroupId ||
    a.missed !== b.missed ||
    a.retired !== b.retired ||
    a.assumed !== b.assumed
  );
}
