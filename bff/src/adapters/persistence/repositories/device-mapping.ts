import type {
  CatalogueNodeRecord,
  ChannelRecord,
  DeviceFactsRow,
  DeviceRecord,
  DeviceSettingsRow,
  MediaTransport,
} from '../../../core/index.ts';
import type { SameTexts } from '../../../kernel/index.ts';
import type { CatalogueNodeRow } from '../entities/catalogue-node.entity.ts';
import type { ChannelRow } from '../entities/channel.entity.ts';
import type { DeviceRow } from '../entities/device.entity.ts';
import { fromNull, toNull } from './optional.ts';

const TRANSPORTS: readonly MediaTransport[] = ['udp', 'tcp-passive', 'tcp-active'];

/** A row as the core keeps it; `same` keeps one copy of what many rows say. */
export function toDeviceRecord(row: DeviceRow, same?: SameTexts): DeviceRecord {
  return {
    id: row.id,
    gbId: row.gbId,
    serial: row.serial,
    name: fromNull(row.name),
    reportedName: sharedText(row.reportedName, same),
    credential: fromNull(row.credential),
    passwordless: row.passwordless,
    mediaTransport: TRANSPORTS.find((transport) => transport === row.mediaTransport),
    manufacturer: sharedText(row.manufacturer, same),
    model: sharedText(row.model, same),
    firmware: sharedText(row.firmware, same),
    nextChannelNo: row.nextChannelNo,
    lastSeenAtMs: fromNull(row.lastSeenAtMs),
    createdAtMs: row.createdAtMs,
  };
}

/** What is written of a device, without its id. */
export function toDeviceRow(device: Omit<DeviceRecord, 'id'>): Omit<DeviceRow, 'id'> {
  return {
    gbId: device.gbId,
    serial: device.serial,
    nextChannelNo: device.nextChannelNo,
    createdAtMs: device.createdAtMs,
    ...toSettingsRow(device),
    ...toFactsRow(device),
  };
}

/** The part of a device that an operator decides. */
export function toSettingsRow(
  device: Omit<DeviceSettingsRow, 'id'>,
): Pick<DeviceRow, 'name' | 'credential' | 'passwordless' | 'mediaTransport'> {
  return {
    name: toNull(device.name),
    credential: toNull(device.credential),
    passwordless: device.passwordless,
    mediaTransport: toNull(device.mediaTransport),
  };
}

/** The part of a device that is written behind. */
export function toFactsRow(
  facts: Omit<DeviceFactsRow, 'id'>,
): Pick<DeviceRow, 'reportedName' | 'manufacturer' | 'model' | 'firmware' | 'lastSeenAtMs'> {
  return {
    reportedName: toNull(facts.reportedName),
    manufacturer: toNull(facts.manufacturer),
    model: toNull(facts.model),
    firmware: toNull(facts.firmware),
    lastSeenAtMs: toNull(facts.lastSeenAtMs),
  };
}

/** A row as the core keeps it; `same` keeps one copy of what many rows say. */
export function toChannelRecord(row: ChannelRow, same?: SameTexts): ChannelRecord {
  const { name, manufacturer, model, ptzType, parentIds, civilCode, businessGroupId, ...rest } = row;
  return {
    // First: what is added behind a spread object gives each row a hidden class of its own.
    name: sharedText(name, same),
    manufacturer: sharedText(manufacturer, same),
    model: sharedText(model, same),
    ptzType: fromNull(ptzType),
    parentIds: fromNull(parentIds),
    civilCode: fromNull(civilCode),
    businessGroupId: fromNull(businessGroupId),
    ...rest,
  };
}

/** What is written of a channel, without its id. */
export function toChannelRow(channel: Omit<ChannelRecord, 'id'>): Omit<ChannelRow, 'id'> {
  return {
    deviceId: channel.deviceId,
    no: channel.no,
    gbId: channel.gbId,
    name: toNull(channel.name),
    manufacturer: toNull(channel.manufacturer),
    model: toNull(channel.model),
    online: channel.online,
    ptzType: toNull(channel.ptzType),
    parentIds: toNull(channel.parentIds),
    civilCode: toNull(channel.civilCode),
    businessGroupId: toNull(channel.businessGroupId),
    assumed: channel.assumed,
    missed: channel.missed,
    retired: channel.retired,
    createdAtMs: channel.createdAtMs,
  };
}

function sharedText(text: string | null, same: SameTexts | undefined): string | undefined {
  return text === null ? undefined : (same?.of(text) ?? text);
}

const NODE_KINDS = ['region', 'system', 'business-group', 'virtual-organisation', 'device'] as const;

/** A row as the core keeps it. */
export function toNodeRecord(row: CatalogueNodeRow): CatalogueNodeRecord {
  return {
    ...row,
    kind: NODE_KINDS.find((kind) => kind === row.kind) ?? 'device',
    name: fromNull(row.name),
    parentIds: fromNull(row.parentIds),
    civilCode: fromNull(row.civilCode),
    businessGroupId: fromNull(row.businessGroupId),
  };
}

/** What is written of a node of the tree. */
export function toNodeRow(node: CatalogueNodeRecord): CatalogueNodeRow {
  return {
    ...node,
    name: toNull(node.name),
    parentIds: toNull(node.parentIds),
    civilCode: toNull(node.civilCode),
    businessGroupId: toNull(node.businessGroupId),
  };
}
