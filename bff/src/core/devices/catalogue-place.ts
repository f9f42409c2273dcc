import { isGbId } from '@yimu/shared';
import type { NodeKind, Place } from '../ports/repositories.ts';
import type { CatalogEntry } from '../ports/signalling.ts';

// Digits 11–13 of an ID: what is listed here has no picture.
const NOT_A_LENS = new Set(['133', '134', '135', '136', '137', '138', '140', '141', '142', '143']);
/** Below this the code names recorders, encoders and other front-end devices. */
const FIRST_CAMERA_TYPE = '131';
/** From here on the code names servers, tree nodes and users. */
const FIRST_SERVER_TYPE = '200';
const BUSINESS_GROUP = '215';
const VIRTUAL_ORGANISATION = '216';
const REGION = /^(?:\d\d){1,4}$/;
const MAX_PARENTS = 4;

/** The entries of a catalogue by what they are; of each ID the first. */
export interface SortedEntries {
  /** Entries that can have a picture. */
  readonly lenses: ReadonlyMap<string, CatalogEntry>;
  readonly nodes: ReadonlyMap<string, CatalogEntry>;
}

/**
 * Takes regions, systems, groups and what has no picture apart from the cameras; entries of other IDs are left out.
 * A recorder behind a platform is no camera, a camera that signs itself as recorder is one: others hang on the former,
 * in these entries or, `knownNodes`, in those before.
 */
export function sortEntries(
  entries: readonly CatalogEntry[],
  deviceGbId: string,
  knownNodes: ReadonlySet<string> = new Set(),
): SortedEntries {
  const lenses = new Map<string, CatalogEntry>();
  const nodes = new Map<string, CatalogEntry>();
  const parents = new Set(entries.flatMap((entry) => idsOf(entry.place?.parentId)));
  const isRecorder = (gbId: string): boolean =>
    gbId.slice(10, 13) < FIRST_CAMERA_TYPE && (parents.has(gbId) || knownNodes.has(gbId));
  let self: CatalogEntry | undefined;
  for (const entry of entries) {
    const { channelGbId } = entry;
    const kind = kindOf(channelGbId);
    if (kind === undefined) continue;
    if (channelGbId === deviceGbId) self = entry;
    else if (kind === 'lens' && !isRecorder(channelGbId)) putOnce(lenses, entry);
    else putOnce(nodes, entry);
  }
  // A recorder names itself beside its lenses; a camera may name nothing but itself.
  if (self && lenses.size === 0 && kindOf(deviceGbId) === 'lens') lenses.set(deviceGbId, self);
  return { lenses, nodes };
}

/** The kind of an entry that is no lens. */
export function nodeKindOf(gbId: string): NodeKind {
  const kind = kindOf(gbId);
  return kind === undefined || kind === 'lens' ? 'device' : kind;
}

/** Where an entry hangs; undefined when it does not say, and what was known of it stays. */
export function placeOf({ channelGbId, place }: CatalogEntry, deviceGbId: string): Place | undefined {
  if (place === undefined) return undefined;
  const { civilCode, businessGroupId } = place;
  const parents = idsOf(place.parentId).filter((id) => id !== channelGbId && id !== deviceGbId);
  const parentIds = [...new Set(parents)].slice(0, MAX_PARENTS).join('/');
  const isGroup = businessGroupId !== undefined && isGbId(businessGroupId);
  return {
    parentIds: parentIds === '' ? undefined : parentIds,
    civilCode: civilCode !== undefined && REGION.test(civilCode) ? civilCode : undefined,
    businessGroupId: isGroup && businessGroupId !== channelGbId ? businessGroupId : undefined,
  };
}

/** Usable IDs of a ParentID, which may name several. */
function idsOf(parentId: string | undefined): string[] {
  if (parentId === undefined) return [];
  return parentId.split('/').flatMap((part) => {
    const id = part.trim();
    return isGbId(id) || REGION.test(id) ? [id] : [];
  });
}

function kindOf(gbId: string): NodeKind | 'lens' | undefined {
  if (REGION.test(gbId)) return 'region';
  if (!isGbId(gbId)) return undefined;
  const type = gbId.slice(10, 13);
  if (type === BUSINESS_GROUP) return 'business-group';
  if (type === VIRTUAL_ORGANISATION) return 'virtual-organisation';
  if (type >= FIRST_SERVER_TYPE) return 'system';
  return NOT_A_LENS.has(type) ? 'device' : 'lens';
}

function putOnce(map: Map<string, CatalogEntry>, entry: CatalogEntry): void {
  if (!map.has(entry.channelGbId)) map.set(entry.channelGbId, entry);
}
