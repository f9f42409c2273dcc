import { chinaTime } from '../archive/china-time.ts';
import { encodeGb18030 } from './gb18030.ts';
import type { ChannelProfile, DeviceProfile, NodeProfile, PlaceProfile } from './profile.ts';

/** What a device reads of a command of the platform (GB/T 28181 annex A). */
export interface Command {
  readonly root: 'Query' | 'Control' | 'Notify' | 'Response';
  readonly type: string;
  readonly sn: string;
  readonly deviceId: string;
  /** The 16 hexadecimal digits of a PTZCmd. */
  readonly ptz: string | undefined;
  /** The whole body, one character an octet. */
  readonly text: string;
}

const DECLARATION = '<?xml version="1.0" encoding="GB2312"?>';

/** `undefined` when the body is not a command. */
export function readCommand(body: Uint8Array): Command | undefined {
  const text = Buffer.from(body).toString('latin1');
  const root = /<(Query|Control|Notify|Response)[\s>]/.exec(text)?.[1];
  const type = elementOf(text, 'CmdType');
  if (root !== 'Query' && root !== 'Control' && root !== 'Notify' && root !== 'Response') return undefined;
  if (type === undefined) return undefined;
  return {
    root,
    type,
    sn: elementOf(text, 'SN') ?? '0',
    deviceId: elementOf(text, 'DeviceID') ?? '',
    ptz: elementOf(text, 'PTZCmd'),
    text,
  };
}

/** Text of the first element of a name. */
export function elementOf(text: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]?.trim();
}

/** §9.6: the device is well, or what of it is not. */
export function keepaliveBody(deviceId: string, sn: number, faultyGbIds: readonly string[] = []): Buffer {
  const head = elements([
    ['CmdType', 'Keepalive'],
    ['SN', String(sn)],
    ['DeviceID', deviceId],
    ['Status', faultyGbIds.length === 0 ? 'OK' : 'ERROR'],
  ]);
  if (faultyGbIds.length === 0) return document('Notify', head);
  const info = elements(faultyGbIds.map((id) => ['DeviceID', id]));
  return document('Notify', `${head}<Info>\r\n${info}</Info>\r\n`);
}

/** A.2.5 e: all of a recording was sent. */
export function mediaStatusBody(channelId: string, sn: number): Buffer {
  return xml('Notify', [
    ['CmdType', 'MediaStatus'],
    ['SN', String(sn)],
    ['DeviceID', channelId],
    ['NotifyType', '121'],
  ]);
}

/** A.2.6 c: the parts of a catalogue, `itemsPerPart` channels each. */
export function catalogParts(profile: DeviceProfile, sn: string, itemsPerPart: number): Buffer[] {
  const parts: Buffer[] = [];
  const entries = [
    ...(profile.nodes ?? []).map((node) => nodeItem(node)),
    ...profile.channels.map((channel) => catalogItem(profile, channel)),
  ];
  const total = entries.length;
  for (let at = 0; at < total || at === 0; at += itemsPerPart) {
    const items = entries.slice(at, at + itemsPerPart);
    const list = `<DeviceList Num="${String(items.length)}">\r\n${items.join('')}</DeviceList>\r\n`;
    const head = elements([
      ['CmdType', 'Catalog'],
      ['SN', sn],
      ['DeviceID', profile.gbId],
      ['SumNum', String(total)],
    ]);
    parts.push(document('Response', head + list));
  }
  return parts;
}

function catalogItem(profile: DeviceProfile, channel: ChannelProfile): string {
  return `<Item>\r\n${elements([
    ['DeviceID', channel.gbId],
    ['Name', channel.name],
    ['Manufacturer', profile.manufacturer],
    ['Model', profile.model],
    ['Owner', 'Owner'],
    ['CivilCode', channel.place?.civilCode ?? profile.gbId.slice(0, 6)],
    ['Address', 'Address'],
    ['Parental', '0'],
    ['ParentID', channel.place?.parentId ?? profile.gbId],
    ['SafetyWay', '0'],
    ['RegisterWay', '1'],
    ['Secrecy', '0'],
    ['Status', 'ON'],
  ])}<Info>\r\n${elements([
    ['PTZType', String(channel.ptzType)],
    ...groupField(channel.place),
  ])}</Info>\r\n</Item>\r\n`;
}

/** Regions say nothing but who they are (annex O). */
function nodeItem({ gbId, name, place }: NodeProfile): string {
  return `<Item>\r\n${elements([
    ['DeviceID', gbId],
    ['Name', name],
    ...(place.parentId === undefined ? [] : [['ParentID', place.parentId] as const]),
    ...groupField(place),
  ])}</Item>\r\n`;
}

function groupField(place: PlaceProfile | undefined): Fields {
  return place?.businessGroupId === undefined ? [] : [['BusinessGroupID', place.businessGroupId]];
}

/** A.2.6 e. */
export function deviceInfoBody(profile: DeviceProfile, sn: string): Buffer {
  return xml('Response', [
    ['CmdType', 'DeviceInfo'],
    ['SN', sn],
    ['DeviceID', profile.gbId],
    ['DeviceName', profile.name],
    ['Result', 'OK'],
    ['Manufacturer', profile.manufacturer],
    ['Model', profile.model],
    ['Firmware', profile.firmware],
    ['Channel', String(profile.channels.length)],
  ]);
}

/** DeviceStatus of A.2.6; the time is Beijing's. */
export function deviceStatusBody(
  profile: DeviceProfile,
  sn: string,
  now: { readonly encodes: boolean; readonly records: boolean; readonly atMs: number },
): Buffer {
  return xml('Response', [
    ['CmdType', 'DeviceStatus'],
    ['SN', sn],
    ['DeviceID', profile.gbId],
    ['Result', 'OK'],
    ['Online', 'ONLINE'],
    ['Status', 'OK'],
    ['Encode', now.encodes ? 'ON' : 'OFF'],
    ['Record', now.records ? 'ON' : 'OFF'],
    ['DeviceTime', chinaTime(now.atMs)],
  ]);
}

type Fields = readonly (readonly [name: string, value: string])[];

/** A body of flat elements. */
export function xml(root: string, fields: Fields): Buffer {
  return document(root, elements(fields));
}

/** A body with what stands inside its root. */
export function document(root: string, inner: string): Buffer {
  return encodeGb18030(`${DECLARATION}\r\n<${root}>\r\n${inner}</${root}>\r\n`);
}

export function elements(fields: Fields): string {
  return fields.map(([name, value]) => `<${name}>${escape(value)}</${name}>\r\n`).join('');
}

function escape(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
