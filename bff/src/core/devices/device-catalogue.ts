import { type Clock, type Counter, type Instruments, KeyedQueue, type Logger } from '../../kernel/index.ts';
import type {
  CatalogueNodeRecord,
  ChannelRecord,
  DeviceRecord,
  DeviceRepository,
} from '../ports/repositories.ts';
import type { CatalogChange, CatalogEntry } from '../ports/signalling.ts';
import { changedChannels, changedNodes, type FoldedChanges, foldChanges } from './catalogue-changes.ts';
import { sortEntries } from './catalogue-place.ts';
import type { DeviceRegistry } from './device-registry.ts';
import { assumedChannel, mergeCatalogue, type MergePlan } from './merge-catalogue.ts';
import { mergeNodes, NO_NODES_CHANGE, nodesAfter, type NodesPlan } from './merge-nodes.ts';

/** Changes of one device that may wait; a device that talks faster than we store is not listened to. */
const MAX_WAITING_PER_DEVICE = 16;

interface Deps {
  readonly registry: DeviceRegistry;
  readonly repository: DeviceRepository;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly instruments: Instruments;
  readonly maxChannels: number;
}

interface Kept {
  readonly device: DeviceRecord;
  readonly channels: readonly ChannelRecord[];
  readonly nodes: readonly CatalogueNodeRecord[];
}

/** What a device told while an earlier change was stored: it is taken at once when its turn comes. */
interface Gathered {
  readonly changes: CatalogChange[];
  readonly stored: Promise<unknown>;
}

interface Plan {
  readonly channels: MergePlan;
  readonly nodes: NodesPlan;
}

/** Puts catalogues into the registry: first to the database, since numbers must not move, then to memory. */
export class DeviceCatalogue {
  readonly #deps: Deps;
  readonly #queue = new KeyedQueue();
  readonly #waiting = new Map<number, number>();
  /** By device; gone when its turn has come, or when something waits that must not come before it. */
  readonly #gathered = new Map<number, Gathered>();
  readonly #refusedEntries: Counter;
  readonly #droppedParts: Counter;
  readonly #strangers: Counter;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#refusedEntries = deps.instruments.counter(
      'yimu_core_catalog_entries_refused_total',
      'Catalogue entries beyond the limit of channels per device',
    );
    this.#droppedParts = deps.instruments.counter(
      'yimu_core_catalog_parts_dropped_total',
      'Catalogue parts dropped because the device sent them faster than they are stored',
    );
    this.#strangers = deps.instruments.counter(
      'yimu_core_catalog_events_of_strangers_total',
      'Events of catalogues about channels that the device never named',
    );
  }

  /** Resolves with whether some channel has to be confirmed as gone by another catalogue. */
  async merge(deviceId: number, entries: readonly CatalogEntry[], complete: boolean): Promise<boolean> {
    if (!complete) {
      await this.applyCatalogueEvent(deviceId, firstOfEach(entries).map(toldWhole));
      return false;
    }
    // What is told from now on is later than this.
    this.#gathered.delete(deviceId);
    const plan = await this.#change(deviceId, (kept) => this.#planMerge(kept, entries, complete));
    return plan !== undefined && (plan.channels.unconfirmed || plan.nodes.unconfirmed);
  }

  /**
   * Takes what a subscription to the catalogue told (GB/T 28181-2016 §9.11): ADD and UPDATE are merged, ON, OFF, VLOST
   * and DEFECT change the status of known channels only, DEL retires a channel, whose number stays its own. What comes
   * while an earlier change is stored waits, and is taken together: platforms tell of each of their channels apart.
   */
  async applyCatalogueEvent(deviceId: number, changes: readonly CatalogChange[]): Promise<void> {
    const waiting = this.#gathered.get(deviceId);
    if (waiting !== undefined && waiting.changes.length + changes.length <= this.#deps.maxChannels) {
      waiting.changes.push(...changes);
      await waiting.stored;
      return;
    }
    const all = [...changes];
    const noMore = (): void => {
      if (this.#gathered.get(deviceId)?.changes === all) this.#gathered.delete(deviceId);
    };
    const stored = this.#change(deviceId, (kept) => {
      noMore();
      return this.#planChanges(kept, foldChanges(all));
    });
    this.#gathered.set(deviceId, { changes: all, stored });
    try {
      await stored;
    } finally {
      noMore();
    }
  }

  /** Gives a device without any channel itself as its first one. */
  async assumeChannel(deviceId: number): Promise<void> {
    await this.#change(deviceId, ({ device, channels }) => ({
      channels: {
        added: channels.some((channel) => !channel.retired)
          ? []
          : [assumedChannel(deviceId, device.gbId, device.nextChannelNo, this.#deps.clock.nowMs())],
        changed: [],
        removedIds: [],
        nextChannelNo: device.nextChannelNo + 1,
        refused: 0,
        unconfirmed: false,
      },
      nodes: NO_NODES_CHANGE,
    }));
  }

  #planChanges(kept: Kept, folded: FoldedChanges): Plan {
    const known = new Set([...kept.channels, ...kept.nodes].map(({ gbId }) => gbId));
    const told = [...folded.online.keys(), ...folded.gone];
    this.#strangers.add(told.filter((gbId) => !known.has(gbId)).length);
    const { channels, nodes } = this.#planMerge(kept, folded.entries, false);
    return {
      channels: { ...channels, changed: [...channels.changed, ...changedChannels(kept.channels, folded)] },
      nodes: {
        ...nodes,
        saved: [...nodes.saved, ...changedNodes(kept.nodes, folded)],
        removed: kept.nodes.flatMap(({ gbId }) => (folded.gone.has(gbId) ? [gbId] : [])),
      },
    };
  }

  #planMerge({ device, channels, nodes }: Kept, entries: readonly CatalogEntry[], complete: boolean): Plan {
    const { clock, maxChannels, logger } = this.#deps;
    const { id: deviceId, gbId: deviceGbId, nextChannelNo } = device;
    const sorted = sortEntries(entries, deviceGbId, new Set(nodes.map(({ gbId }) => gbId)));
    const plan = {
      channels: mergeCatalogue({
        ...{ deviceId, deviceGbId, nextChannelNo, maxChannels, complete, entries },
        kept: channels,
        lenses: sorted.lenses,
        nowMs: clock.nowMs(),
      }),
      nodes: mergeNodes({
        ...{ deviceId, deviceGbId },
        kept: nodes,
        told: sorted.nodes,
        // A catalogue without a single entry deletes nothing.
        complete: complete && entries.length > 0,
        maxNodes: maxChannels,
      }),
    };
    const refused = plan.channels.refused + plan.nodes.refused;
    if (refused > 0) {
      this.#refusedEntries.add(refused);
      logger.warn({ deviceId, refused }, 'device names more channels than allowed');
    }
    return plan;
  }

  async #change(deviceId: number, plan: (kept: Kept) => Plan): Promise<Plan | undefined> {
    const waiting = this.#waiting.get(deviceId) ?? 0;
    if (waiting >= MAX_WAITING_PER_DEVICE) {
      this.#droppedParts.add();
      return undefined;
    }
    this.#waiting.set(deviceId, waiting + 1);
    try {
      return await this.#queue.run(String(deviceId), () => this.#apply(deviceId, plan));
    } finally {
      const left = (this.#waiting.get(deviceId) ?? 1) - 1;
      if (left === 0) this.#waiting.delete(deviceId);
      else this.#waiting.set(deviceId, left);
    }
  }

  async #apply(deviceId: number, makePlan: (kept: Kept) => Plan): Promise<Plan | undefined> {
    const { registry, repository } = this.#deps;
    const device = registry.byId(deviceId);
    if (!device) return undefined;
    const kept = { device, channels: registry.allChannels(deviceId), nodes: registry.nodes(deviceId) };
    const plan = makePlan(kept);
    const { added, changed, removedIds } = plan.channels;
    const { saved, removed } = plan.nodes;
    if (added.length + changed.length + removedIds.length + saved.length + removed.length === 0) return plan;
    const next = added.length > 0 ? plan.channels.nextChannelNo : device.nextChannelNo;
    const ids = await repository.saveChannels({
      ...{ deviceId, nextChannelNo: next, added, changed, removedIds },
      savedNodes: saved,
      removedNodes: removed,
    });
    const current = registry.byId(deviceId);
    if (!current) return undefined;
    registry.put({ ...current, nextChannelNo: next });
    registry.setChannels(deviceId, channelsAfter(kept.channels, plan.channels, ids));
    registry.setNodes(deviceId, nodesAfter(kept.nodes, plan.nodes));
    return plan;
  }
}

/** Of entries with one ID the first is the one that is shown (Q33). */
function firstOfEach(entries: readonly CatalogEntry[]): readonly CatalogEntry[] {
  const first = new Map<string, CatalogEntry>();
  for (const entry of entries) if (!first.has(entry.channelGbId)) first.set(entry.channelGbId, entry);
  return [...first.values()];
}

function toldWhole(entry: CatalogEntry): CatalogChange {
  return { event: 'UPDATE', entry };
}

/** What is kept after a plan; `ids` are those of the added ones. */
function channelsAfter(
  kept: readonly ChannelRecord[],
  { added, changed, removedIds }: MergePlan,
  ids: readonly number[],
): readonly ChannelRecord[] {
  const byId = new Map(kept.map((channel) => [channel.id, channel]));
  for (const id of removedIds) byId.delete(id);
  for (const channel of changed) byId.set(channel.id, channel);
  added.forEach((channel, index) => {
    const id = ids[index];
    if (id !== undefined) byId.set(id, withId(id, channel));
  });
  return [...byId.values()];
}

/** Written out: what is spread behind another field is kept outside of its object, which takes twice the memory. */
function withId(id: number, channel: Omit<ChannelRecord, 'id'>): ChannelRecord {
  return {
    id,
    deviceId: channel.deviceId,
    no: channel.no,
    gbId: channel.gbId,
    name: channel.name,
    manufacturer: channel.manufacturer,
    model: channel.model,
    online: channel.online,
    ptzType: channel.ptzType,
    parentIds: channel.parentIds,
    civilCode: channel.civilCode,
    businessGroupId: channel.businessGroupId,
    assumed: channel.assumed,
    missed: channel.missed,
    retired: channel.retired,
    createdAtMs: channel.createdAtMs,
  };
}
