import type { CatalogueNodeRecord, ChannelRecord, DeviceRecord } from '../ports/repositories.ts';

const NONE: readonly ChannelRecord[] = [];
const NO_NODES: readonly CatalogueNodeRecord[] = [];

/** Devices and channels in memory: the truth while the process runs. Records are never changed in place. */
export class DeviceRegistry {
  readonly #byId = new Map<number, DeviceRecord>();
  readonly #idByGbId = new Map<string, number>();
  readonly #idBySerial = new Map<string, number>();
  /** All channels of a device by ascending number, retired ones too. */
  readonly #channels = new Map<number, readonly ChannelRecord[]>();
  /** Of devices that have any. */
  readonly #nodes = new Map<number, readonly CatalogueNodeRecord[]>();
  readonly #watchers: ((deviceId: number) => void)[] = [];
  #liveChannels = 0;

  get size(): number {
    return this.#byId.size;
  }

  /** Channels that are not retired. */
  get channelCount(): number {
    return this.#liveChannels;
  }

  byId(id: number): DeviceRecord | undefined {
    return this.#byId.get(id);
  }

  byGbId(gbId: string): DeviceRecord | undefined {
    const id = this.#idByGbId.get(gbId);
    return id === undefined ? undefined : this.#byId.get(id);
  }

  bySerial(serial: string): DeviceRecord | undefined {
    const id = this.#idBySerial.get(serial);
    return id === undefined ? undefined : this.#byId.get(id);
  }

  put(device: DeviceRecord): void {
    const before = this.#byId.get(device.id);
    this.#byId.set(device.id, device);
    // What a device told changes none of its names: the way that every registration takes.
    if (before?.gbId === device.gbId && before.serial === device.serial) return;
    this.#idByGbId.set(device.gbId, device.id);
    this.#idBySerial.set(device.serial, device.id);
  }

  remove(id: number): void {
    const device = this.#byId.get(id);
    if (!device) return;
    this.setChannels(id, NONE);
    this.#channels.delete(id);
    this.#nodes.delete(id);
    this.#byId.delete(id);
    this.#idByGbId.delete(device.gbId);
    this.#idBySerial.delete(device.serial);
  }

  /** In the order in which devices were added. */
  all(): IterableIterator<DeviceRecord> {
    return this.#byId.values();
  }

  /** Retired channels too, by ascending number. */
  allChannels(deviceId: number): readonly ChannelRecord[] {
    return this.#channels.get(deviceId) ?? NONE;
  }

  /** What viewers may see, by ascending number. */
  channels(deviceId: number): readonly ChannelRecord[] {
    const all = this.allChannels(deviceId);
    return all.some((channel) => channel.retired) ? all.filter((channel) => !channel.retired) : all;
  }

  /** What its catalogue holds beside cameras. */
  nodes(deviceId: number): readonly CatalogueNodeRecord[] {
    return this.#nodes.get(deviceId) ?? NO_NODES;
  }

  setNodes(deviceId: number, nodes: readonly CatalogueNodeRecord[]): void {
    if (nodes.length === 0) this.#nodes.delete(deviceId);
    else this.#nodes.set(deviceId, nodes);
  }

  /** Hears of every change of a device's channels. */
  watchChannels(watcher: (deviceId: number) => void): void {
    this.#watchers.push(watcher);
  }

  setChannels(deviceId: number, channels: readonly ChannelRecord[]): void {
    this.#liveChannels += countLive(channels) - countLive(this.allChannels(deviceId));
    this.#channels.set(
      deviceId,
      [...channels].sort((a, b) => a.no - b.no),
    );
    for (const watcher of this.#watchers) watcher(deviceId);
  }
}

function countLive(channels: readonly ChannelRecord[]): number {
  return channels.reduce((count, channel) => count + (channel.retired ? 0 : 1), 0);
}
