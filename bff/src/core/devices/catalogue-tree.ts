import type { CatalogueNodeRecord, ChannelRecord, NodeKind } from '../ports/repositories.ts';
import type { Device } from './device.ts';
import type { DeviceRegistry } from './device-registry.ts';

/** Beyond so many steps from the root a node hangs on the root: no real tree is so deep. */
const MAX_DEPTH = 32;

/** One node of the tree of a device; the device itself is the root. */
export interface TreeNode {
  /** 20 digits, or 2 to 8 of a region. */
  readonly gbId: string;
  readonly kind: NodeKind | 'channel';
  readonly name: string;
  readonly online: boolean;
  /** Of channels. */
  readonly channelNo: number | undefined;
  readonly civilCode: string | undefined;
  readonly businessGroupId: string | undefined;
  /** Nodes that it hangs on: at least one. Only a channel has several. */
  readonly parents: readonly string[];
}

/** The trees that devices told: regions, systems, business groups, virtual organisations, devices and channels. */
export class CatalogueTree {
  readonly #registry: DeviceRegistry;

  constructor(registry: DeviceRegistry) {
    this.#registry = registry;
  }

  /** Every node, parents before no particular child: whoever draws it links them by `parents`. */
  nodesOf(device: Device): readonly TreeNode[] {
    return treeOf(device, this.#registry.nodes(device.id), this.#registry.channels(device.id));
  }
}

/**
 * Hangs what a catalogue named on one another (GB/T 28181-2016 annex O, -2022 annex J). Each node has a way to the
 * root: parents that nobody named, an entry that is its own parent, and circles end at the device (real devices have
 * all of them).
 */
export function treeOf(
  device: Pick<Device, 'gbId' | 'online'>,
  nodes: readonly CatalogueNodeRecord[],
  channels: readonly ChannelRecord[],
): readonly TreeNode[] {
  const root = device.gbId;
  const known = new Set([...nodes, ...channels].map(({ gbId }) => gbId));
  const parentOf = new Map<string, string>();
  for (const node of nodes) parentOf.set(node.gbId, placesOf(node, known, node.kind)[0] ?? root);
  const places = new Map(channels.map((channel) => [channel.gbId, placesOf(channel, known, 'channel')]));
  for (const [gbId, parents] of places) if (!parentOf.has(gbId)) parentOf.set(gbId, parents[0] ?? root);
  breakCircles(parentOf, root);
  // A second way leads through nodes only: through another camera it might come back.
  const isAboveChannels = (gbId: string): boolean => wayUp(parentOf, gbId).every((step) => !places.has(step));
  const parentsOfChannel = (gbId: string): readonly string[] => {
    const first = parentOf.get(gbId) ?? root;
    const others = places.get(gbId)?.filter((id) => id !== first && isAboveChannels(id)) ?? [];
    return first === root ? [first] : [first, ...others];
  };
  return [
    ...nodes.map((node): TreeNode => ({
      gbId: node.gbId,
      kind: node.kind,
      name: node.name ?? node.gbId,
      online: device.online && node.online,
      channelNo: undefined,
      civilCode: node.civilCode,
      businessGroupId: node.businessGroupId,
      parents: [parentOf.get(node.gbId) ?? root],
    })),
    ...channels.map((channel): TreeNode => ({
      gbId: channel.gbId,
      kind: 'channel',
      name: channel.name ?? channel.gbId,
      online: device.online && channel.online,
      channelNo: channel.no,
      civilCode: channel.civilCode,
      businessGroupId: channel.businessGroupId,
      parents: parentsOfChannel(channel.gbId),
    })),
  ];
}

/** What an entry hangs on, best first; empty for the root. */
function placesOf(
  entry: Pick<ChannelRecord, 'gbId' | 'parentIds' | 'civilCode' | 'businessGroupId'>,
  known: ReadonlySet<string>,
  kind: TreeNode['kind'],
): readonly string[] {
  if (kind === 'region') return [regionAbove(entry.gbId.slice(0, -2), known)].flatMap((id) => id ?? []);
  const parents = entry.parentIds?.split('/').filter((id) => known.has(id)) ?? [];
  if (parents.length > 0) return parents;
  const { businessGroupId, civilCode } = entry;
  if (businessGroupId !== undefined && known.has(businessGroupId)) return [businessGroupId];
  // Systems and groups hang on their system; devices and channels without any on their region.
  if (kind !== 'channel' && kind !== 'device') return [];
  return [regionAbove(civilCode ?? '', known)].flatMap((id) => id ?? []);
}

/** The nearest region that was named, by the digits of a code. */
function regionAbove(code: string, known: ReadonlySet<string>): string | undefined {
  for (let length = code.length; length >= 2; length -= 2) {
    const region = code.slice(0, length);
    if (known.has(region)) return region;
  }
  return undefined;
}

/** Hangs on the root what does not lead there, in a circle or beyond {@link MAX_DEPTH} steps. */
function breakCircles(parentOf: Map<string, string>, root: string): void {
  const depths = new Map<string, number>([[root, 0]]);
  for (const gbId of parentOf.keys()) {
    const way = wayUp(parentOf, gbId, depths);
    const depth = depths.get(parentOf.get(way.at(-1) ?? gbId) ?? root);
    if (depth === undefined || depth + way.length > MAX_DEPTH) {
      parentOf.set(gbId, root);
      depths.set(gbId, 1);
    } else way.forEach((step, index) => depths.set(step, depth + way.length - index));
  }
}

/** A node and those above it, up to the first whose parent has none or is one of `ends`. */
function wayUp(
  parentOf: ReadonlyMap<string, string>,
  from: string,
  ends: ReadonlyMap<string, number> = new Map(),
): readonly string[] {
  const way: string[] = [];
  for (
    let at: string | undefined = from;
    at !== undefined && way.length <= MAX_DEPTH;
    at = parentOf.get(at)
  ) {
    if (ends.has(at)) break;
    way.push(at);
  }
  return way;
}
