import { type BodyNode, writeBody } from '../manscdp/body-writer.ts';
import { writeGbTime } from '../manscdp/gb-time.ts';
import type { CatalogChange, SharedItem, UpperAlarm, UpperDirection, UpperPosition } from './types.ts';

type Edition = '2.0' | '3.0';

/** What pairs a body with its question. */
export interface BodyHead {
  readonly cmdType: string;
  readonly sn: number;
  readonly deviceId: string;
}

function headNodes({ cmdType, sn, deviceId }: BodyHead): readonly BodyNode[] {
  return [
    ['CmdType', cmdType],
    ['SN', String(sn)],
    ['DeviceID', deviceId],
  ];
}

/** §9.6. */
export function keepaliveBody(edition: Edition, sn: number, deviceId: string): Uint8Array {
  return writeBody('Notify', edition, [
    ...headNodes({ cmdType: 'Keepalive', sn, deviceId }),
    ['Status', 'OK'],
    ['Info', []],
  ]);
}

/** A bare result (annex A.2.6 a). */
export function resultBody(edition: Edition, head: BodyHead, result: 'OK' | 'ERROR'): Uint8Array {
  return writeBody('Response', edition, [...headNodes(head), ['Result', result]]);
}

/** Annex A.2.6 d. */
export function deviceInfoBody(
  edition: Edition,
  head: BodyHead,
  facts: {
    readonly name: string;
    readonly manufacturer: string | undefined;
    readonly model: string | undefined;
    readonly firmware: string | undefined;
    readonly channels: number | undefined;
  },
): Uint8Array {
  return writeBody('Response', edition, [
    ...headNodes(head),
    ['DeviceName', facts.name],
    ['Result', 'OK'],
    ...optional('Manufacturer', facts.manufacturer),
    ...optional('Model', facts.model),
    ...optional('Firmware', facts.firmware),
    ...optional('Channel', facts.channels),
  ]);
}

/** Annex A.2.6 e. */
export function deviceStatusBody(
  edition: Edition,
  head: BodyHead,
  status: { readonly online: boolean; readonly nowMs: number },
): Uint8Array {
  return writeBody('Response', edition, [
    ...headNodes(head),
    ['Result', 'OK'],
    ['Online', status.online ? 'ONLINE' : 'OFFLINE'],
    ['Status', status.online ? 'OK' : 'ERROR'],
    ['DeviceTime', writeGbTime(status.nowMs)],
  ]);
}

/** Types of business groups and virtual organisations (annex D). */
const GROUP_TYPES: readonly string[] = ['215', '216'];

/**
 * An item with all its fields; a region has ID and name alone, groups and organisations have what they hang in too
 * (annex A.2.1 e, O). The business group of a camera stands within Info in 2016, beside it in 2022.
 */
export function itemNodes(item: SharedItem, edition: Edition): readonly BodyNode[] {
  const { businessGroupId } = item;
  const group = optional('BusinessGroupID', businessGroupId);
  if (item.gbId.length < 20) return [...idNodes(item.gbId), ['Name', item.name]];
  if (GROUP_TYPES.includes(item.gbId.slice(10, 13)))
    return [...idNodes(item.gbId), ['Name', item.name], ...optional('ParentID', item.parentId), ...group];
  const info = [...optional('PTZType', item.ptzType), ...(edition === '2.0' ? group : [])];
  return [
    ...idNodes(item.gbId),
    ['Name', item.name],
    ['Manufacturer', item.manufacturer ?? 'Yimu'],
    ['Model', item.model ?? 'Yimu'],
    ['Owner', '0'],
    ...optional('CivilCode', item.civilCode),
    ['Address', item.address ?? item.name],
    ['Parental', '0'],
    ...optional('ParentID', item.parentId),
    ['SafetyWay', '0'],
    ['RegisterWay', '1'],
    ['Secrecy', '0'],
    ['Status', item.online ? 'ON' : 'OFF'],
    ...(edition === '2.0' ? [] : group),
    ...(info.length === 0 ? [] : [['Info', info] satisfies BodyNode]),
  ];
}

/** Fields of a change: the item for ADD and UPDATE, the ID alone for the rest (annex P.2.1.2). */
export function changeNodes({ event, gbId, item }: CatalogChange, edition: Edition): readonly BodyNode[] {
  const fields = item === undefined ? idNodes(gbId) : itemNodes(item, edition);
  return [...fields.slice(0, 1), ['Event', event], ...fields.slice(1)];
}

/** A part of a catalogue; without items and a total of 0 the list is left out (annexes N, M). */
export function catalogPartBody(
  root: 'Response' | 'Notify',
  edition: Edition,
  head: BodyHead,
  part: { readonly total: number; readonly items: readonly (readonly BodyNode[])[] },
): Uint8Array {
  return writeBody(root, edition, [
    ...headNodes(head),
    ['SumNum', String(part.total)],
    ...(part.items.length === 0 ? [] : [listNode('DeviceList', part.items)]),
  ]);
}

/** Annex A.2.5 b. */
export function alarmBody(edition: Edition, sn: number, alarm: UpperAlarm): Uint8Array {
  const info: BodyNode[] = [
    ...optional('AlarmType', alarm.type),
    ...(alarm.eventType === undefined
      ? []
      : [['AlarmTypeParam', [['EventType', String(alarm.eventType)]]] satisfies BodyNode]),
  ];
  return writeBody('Notify', edition, [
    ...headNodes({ cmdType: 'Alarm', sn, deviceId: alarm.gbId }),
    ['AlarmPriority', String(alarm.priority)],
    ['AlarmMethod', String(alarm.method)],
    ['AlarmTime', writeGbTime(alarm.atMs)],
    ...optional('AlarmDescription', alarm.description),
    ...optional('Longitude', alarm.longitude),
    ...optional('Latitude', alarm.latitude),
    ...(info.length === 0 ? [] : [['Info', info] satisfies BodyNode]),
  ]);
}

/** The flat form of 2016, which every platform reads (annex A.2.5 f). */
export function positionBody(edition: Edition, sn: number, position: UpperPosition): Uint8Array {
  return writeBody('Notify', edition, [
    ...headNodes({ cmdType: 'MobilePosition', sn, deviceId: position.gbId }),
    ['Time', writeGbTime(position.atMs)],
    ['Longitude', String(position.longitude)],
    ['Latitude', String(position.latitude)],
    ...optional('Speed', position.speedKmh),
    ...optional('Direction', position.directionDeg),
    ...optional('Altitude', position.altitudeM),
  ]);
}

/** -2022 annex A.2.6.15. */
export function directionBody(edition: Edition, sn: number, direction: UpperDirection): Uint8Array {
  return writeBody('Notify', edition, [
    ...headNodes({ cmdType: 'PTZPosition', sn, deviceId: direction.gbId }),
    ...optional('Pan', direction.pan),
    ...optional('Tilt', direction.tilt),
    ...optional('Zoom', direction.zoom),
  ]);
}

/** Annex A.2.5 e: everything was sent. */
export function mediaOverBody(edition: Edition, sn: number, deviceId: string): Uint8Array {
  return writeBody('Notify', edition, [
    ...headNodes({ cmdType: 'MediaStatus', sn, deviceId }),
    ['NotifyType', '121'],
  ]);
}

/** A list with the count of its own items. */
export function listNode(name: string, items: readonly (readonly BodyNode[])[]): BodyNode {
  return [name, items.map((nodes): BodyNode => ['Item', nodes]), { Num: String(items.length) }];
}

function idNodes(gbId: string): readonly BodyNode[] {
  return [['DeviceID', gbId]];
}

function optional(name: string, value: string | number | undefined): readonly BodyNode[] {
  return value === undefined || value === '' ? [] : [[name, String(value)]];
}
