import { type Camera, type Device, toChannel } from '../devices/device.ts';
import type { DeviceRegistry } from '../devices/device-registry.ts';
import type { Devices } from '../devices/devices.ts';
import type { ShareRecord, ShownItem, UpperRecord } from '../ports/cascade.ts';
import { groupIdOf, organisationIdOf } from './own-ids.ts';
import type { ShareBook } from './share-book.ts';

interface Deps {
  readonly registry: DeviceRegistry;
  readonly devices: Pick<Devices, 'byId'>;
  readonly shares: ShareBook;
}

/** What upper platforms see: the shared channels that exist now, each under its ID there. */
export class ShownCatalogue {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The camera behind a share; undefined while its device does not have it. */
  camera({ deviceId, channelId }: ShareRecord): Camera | undefined {
    const device = this.#deps.devices.byId(deviceId);
    const record = this.#deps.registry.channels(deviceId).find(({ id }) => id === channelId);
    return device && record && { device, channel: toChannel(record, device) };
  }

  cameraOf(upper: UpperRecord, gbId: string): Camera | undefined {
    const share = this.#deps.shares.of(upper.id).get(gbId);
    return share && this.camera(share);
  }

  item(upper: UpperRecord, gbId: string): ShownItem | undefined {
    const camera = this.cameraOf(upper, gbId);
    return camera && itemOf(upper, gbId, camera);
  }

  /** Items of one device, or of all, groups and organisations before what hangs in them. */
  items(upper: UpperRecord, ofDeviceId?: number): readonly ShownItem[] {
    const byDevice = new Map<number, ShareRecord[]>();
    for (const share of this.#deps.shares.of(upper.id).values()) {
      if (ofDeviceId !== undefined && share.deviceId !== ofDeviceId) continue;
      const ofDevice = byDevice.get(share.deviceId);
      if (ofDevice) ofDevice.push(share);
      else byDevice.set(share.deviceId, [share]);
    }
    const shown = [...byDevice].flatMap(([deviceId, shares]) => this.#itemsOf(upper, deviceId, shares));
    return upper.organisations && shown.length > 0 ? [groupOf(upper), ...shown] : shown;
  }

  /**
   * A question about our own ID is about all, one about a region, group or organisation about what is in it, one about
   * a channel about it.
   */
  subtree(upper: UpperRecord, gbId: string): readonly ShownItem[] | undefined {
    const region = regionOf(upper);
    if (gbId === upper.localGbId || gbId === upper.gbId) return [...region, ...this.items(upper)];
    if (/^\d{2,8}$/.test(gbId))
      return [...region, ...this.items(upper)].filter(
        (item) => item.gbId.startsWith(gbId) || item.civilCode?.startsWith(gbId) === true,
      );
    const item = this.item(upper, gbId);
    if (item !== undefined) return [item];
    const within = upper.organisations ? this.items(upper).filter((item) => isWithin(item, gbId)) : [];
    return within.length > 0 ? within : undefined;
  }

  #itemsOf(upper: UpperRecord, deviceId: number, shares: readonly ShareRecord[]): readonly ShownItem[] {
    const device = this.#deps.devices.byId(deviceId);
    if (device === undefined) return [];
    const records = new Map(this.#deps.registry.channels(deviceId).map((record) => [record.id, record]));
    const items = shares.flatMap(({ channelId, gbId }) => {
      const record = records.get(channelId);
      return record === undefined
        ? []
        : [itemOf(upper, gbId, { device, channel: toChannel(record, device) })];
    });
    return upper.organisations && items.length > 0 ? [organisationOf(upper, device), ...items] : items;
  }
}

const NODE: Omit<ShownItem, 'gbId' | 'name'> = {
  manufacturer: undefined,
  model: undefined,
  civilCode: undefined,
  address: undefined,
  parentId: undefined,
  businessGroupId: undefined,
  online: true,
  ptzType: undefined,
};

/** The administrative region as a node of its own (annex O). */
function regionOf({ civilCode, name }: UpperRecord): readonly ShownItem[] {
  return civilCode === undefined ? [] : [{ ...NODE, gbId: civilCode, name }];
}

/** The business group hangs on our system, its organisations in it (annex O). */
function groupOf({ localGbId, name }: UpperRecord): ShownItem {
  return { ...NODE, gbId: groupIdOf(localGbId), name, parentId: localGbId };
}

function organisationOf({ localGbId }: UpperRecord, { id, name }: Device): ShownItem {
  const group = groupIdOf(localGbId);
  return {
    ...NODE,
    gbId: organisationIdOf(localGbId, id),
    name,
    parentId: group,
    businessGroupId: group,
  };
}

/** Of a group or organisation, or it itself. */
function isWithin({ gbId, parentId, businessGroupId }: ShownItem, node: string): boolean {
  return gbId === node || businessGroupId === node || parentId?.split('/').includes(node) === true;
}

function itemOf(upper: UpperRecord, gbId: string, { device, channel }: Camera): ShownItem {
  const { localGbId, organisations } = upper;
  return {
    gbId,
    name: channel.name,
    manufacturer: channel.manufacturer ?? device.manufacturer,
    model: channel.model ?? device.model,
    civilCode: upper.civilCode ?? localGbId.slice(0, 6),
    address: undefined,
    parentId: organisations ? `${localGbId}/${organisationIdOf(localGbId, device.id)}` : localGbId,
    businessGroupId: organisations ? groupIdOf(localGbId) : undefined,
    online: channel.online,
    ptzType: channel.ptzType,
  };
}
