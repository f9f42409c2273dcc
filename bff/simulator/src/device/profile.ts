/** One camera behind a device. */
export interface ChannelProfile {
  readonly gbId: string;
  readonly name: string;
  /** 1 dome, 3 fixed (A.2.1 e). */
  readonly ptzType: number;
  /** Name of the clip that it sends. */
  readonly clip: string;
  /** Where it hangs in the catalogue; beneath the device when absent. */
  readonly place?: PlaceProfile;
}

/** Where an entry hangs in a catalogue (GB/T 28181-2016 annex O). */
export interface PlaceProfile {
  /** Several joined by `/`. */
  readonly parentId?: string;
  readonly civilCode?: string;
  readonly businessGroupId?: string;
}

/** An entry of a catalogue that is no camera: a region, a business group, a virtual organisation. */
export interface NodeProfile {
  readonly gbId: string;
  readonly name: string;
  readonly place: PlaceProfile;
}

/** Editions of GB/T 28181 that a device can know. */
export const EDITIONS = ['2016', '2022'] as const;
export type Edition = (typeof EDITIONS)[number];

/** What a simulated device says of itself. */
export interface DeviceProfile {
  readonly gbId: string;
  readonly name: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly firmware: string;
  readonly channels: readonly ChannelProfile[];
  /** Edition of GB/T 28181 that it knows; 2016 when absent. */
  readonly edition?: Edition;
  /** What its catalogue holds beside cameras. */
  readonly nodes?: readonly NodeProfile[];
  /** Entries in one message of its catalogue. */
  readonly itemsPerPart?: number;
}

export const PROFILE_NAMES = ['ipc', 'nvr', 'platform'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

const NVR_CLIPS = ['nvr-1', 'nvr-2', 'nvr-3', 'nvr-4'];
/** Network mark and serial number: the last seven digits of an ID (annex D). */
const SERIAL_DIGITS = 7;

/**
 * Builds the profile of an IPC (one dome), an NVR (four cameras) or a platform whose cameras hang in a tree (100 of
 * them), unless `channels` says otherwise.
 */
export function makeProfile(
  kind: ProfileName,
  gbId: string,
  options: { readonly name?: string; readonly channels?: number; readonly edition?: Edition } = {},
): DeviceProfile {
  if (kind === 'platform') return platformProfile(gbId, options);
  const count = options.channels ?? (kind === 'ipc' ? 1 : NVR_CLIPS.length);
  return {
    gbId,
    name: options.name ?? (kind === 'ipc' ? '试用球机' : '试用录像机'),
    manufacturer: 'Yimu',
    model: kind === 'ipc' ? 'SIM-IPC' : 'SIM-NVR',
    firmware: '1.0.0',
    ...(options.edition === undefined ? {} : { edition: options.edition }),
    channels: Array.from({ length: count }, (_, index) => ({
      gbId: cameraId(gbId, count, index),
      name: kind === 'ipc' ? '球机' : `录像机通道${String(index + 1)}`,
      ptzType: kind === 'ipc' ? 1 : 3,
      clip: kind === 'ipc' ? 'ipc' : (NVR_CLIPS[index % NVR_CLIPS.length] ?? 'ipc'),
    })),
  };
}

const PLATFORM_CHANNELS = 100;
const CHANNELS_PER_ORGANISATION = 100;

/** Regions, one business group, and virtual organisations of a hundred cameras, ten of them beneath each upper one. */
function platformProfile(
  gbId: string,
  {
    name,
    channels: count = PLATFORM_CHANNELS,
    edition,
  }: { readonly name?: string; readonly channels?: number; readonly edition?: Edition },
): DeviceProfile {
  const group = nodeId(gbId, '215', 1);
  const region = gbId.slice(0, 6);
  const organisations = Math.ceil(count / CHANNELS_PER_ORGANISATION);
  const uppers = Math.ceil(organisations / 10);
  const organisationOf = (index: number): string => nodeId(gbId, '216', 1 + uppers + index);
  return {
    gbId,
    name: name ?? '试用平台',
    manufacturer: 'Yimu',
    model: 'SIM-PLATFORM',
    firmware: '1.0.0',
    ...(edition === undefined ? {} : { edition }),
    nodes: [
      ...[2, 4, 6].map((length) => ({
        gbId: gbId.slice(0, length),
        name: `区划${gbId.slice(0, length)}`,
        place: {},
      })),
      { gbId: group, name: '业务分组', place: { parentId: gbId } },
      ...Array.from({ length: uppers }, (_, index) => ({
        gbId: nodeId(gbId, '216', 1 + index),
        name: `片区${String(index + 1)}`,
        place: { parentId: group, businessGroupId: group },
      })),
      ...Array.from({ length: organisations }, (_, index) => ({
        gbId: organisationOf(index),
        name: `虚拟组织${String(index + 1)}`,
        place: { parentId: nodeId(gbId, '216', 1 + Math.floor(index / 10)), businessGroupId: group },
      })),
    ],
    channels: Array.from({ length: count }, (_, index) => ({
      gbId: cameraId(gbId, count, index),
      name: `平台通道${String(index + 1)}`,
      ptzType: 3,
      clip: NVR_CLIPS[index % NVR_CLIPS.length] ?? 'ipc',
      place: {
        parentId: `${gbId}/${organisationOf(Math.floor(index / CHANNELS_PER_ORGANISATION))}`,
        civilCode: region,
        businessGroupId: group,
      },
    })),
  };
}

function nodeId(deviceId: string, type: string, serial: number): string {
  return `${deviceId.slice(0, 10)}${type}${String(serial).padStart(SERIAL_DIGITS, '0')}`;
}

/** Type 137 (audio output) of a device; every device has one loudspeaker. */
export function loudspeakerId(deviceId: string): string {
  return `${deviceId.slice(0, 10)}137${deviceId.slice(-SERIAL_DIGITS)}`;
}

/**
 * Type 131 (camera) in the device's own region. Devices with as many channels each, whose IDs count up, get
 * channels whose IDs count up too: no two are alike.
 */
function cameraId(deviceId: string, channels: number, index: number): string {
  const serial = (Number(deviceId.slice(-SERIAL_DIGITS)) * channels + index) % 10 ** SERIAL_DIGITS;
  return `${deviceId.slice(0, 10)}131${String(serial).padStart(SERIAL_DIGITS, '0')}`;
}
