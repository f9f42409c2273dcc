import type { ChannelRecord, DeviceRecord } from '../ports/repositories.ts';
import type { DevicePresence } from '../ports/signalling.ts';
import { refuse } from '../refuse.ts';

/** A device as use-cases show it: no secret in it. */
export interface Device {
  readonly id: number;
  readonly gbId: string;
  readonly serial: string;
  /** The operator's name, else the device's own, else its serial. */
  readonly name: string;
  readonly online: boolean;
  /** It is offline, and its last registration was refused for its password. */
  readonly passwordRefused: boolean;
  readonly passwordless: boolean;
  readonly mediaTransport: DeviceRecord['mediaTransport'];
  readonly manufacturer: string | undefined;
  readonly model: string | undefined;
  readonly firmware: string | undefined;
  /** Address it registered from; undefined when it is offline. */
  readonly address: string | undefined;
  readonly signallingTransport: 'udp' | 'tcp' | undefined;
  readonly lastSeenAtMs: number | undefined;
  readonly createdAtMs: number;
}

/** One lens of a device. */
export interface Channel {
  readonly id: number;
  readonly no: number;
  readonly gbId: string;
  readonly name: string;
  readonly manufacturer: string | undefined;
  readonly model: string | undefined;
  /** Whether its device is there and did not say that the lens is away. */
  readonly online: boolean;
  /** PTZType of the catalogue (GB/T 28181-2016 A.2.5); undefined when not said. */
  readonly ptzType: number | undefined;
}

/** A channel together with its device: what every order to a camera needs. */
export interface Camera {
  readonly device: Device;
  readonly channel: Channel;
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
}

export interface PageRequest {
  readonly offset: number;
  readonly limit: number;
}

/** PTZType 3 fixed, 2 half dome, 6 and 7 (2022: several lenses) do not turn; unknown is trusted. */
const TURNING_PTZ_TYPES: ReadonlySet<number> = new Set([0, 1, 4, 5]);

/** Whether a camera of this PTZType can be steered. A device that does not say is believed to be. */
export function canTurn(ptzType: number | undefined): boolean {
  return ptzType === undefined || TURNING_PTZ_TYPES.has(ptzType);
}

/** Refuses with DEVICE_OFFLINE, or with the reason why the device could not come online. */
export function requireOnline({ online, passwordRefused }: Device): void {
  if (!online) throw refuse(passwordRefused ? 'DEVICE_PASSWORD_WRONG' : 'DEVICE_OFFLINE');
}

/** The device as use-cases show it. */
export function toDevice(record: DeviceRecord, presence: DevicePresence, passwordRefused: boolean): Device {
  return {
    id: record.id,
    gbId: record.gbId,
    serial: record.serial,
    name: record.name ?? record.reportedName ?? record.serial,
    online: presence.online,
    passwordRefused: passwordRefused && !presence.online,
    passwordless: record.passwordless,
    mediaTransport: record.mediaTransport,
    manufacturer: record.manufacturer,
    model: record.model,
    firmware: record.firmware,
    address: presence.address,
    signallingTransport: presence.transport,
    lastSeenAtMs: presence.lastSeenAtMs ?? record.lastSeenAtMs,
    createdAtMs: record.createdAtMs,
  };
}

/** The channel as use-cases show it. */
export function toChannel(record: ChannelRecord, device: Device): Channel {
  return {
    id: record.id,
    no: record.no,
    gbId: record.gbId,
    name: record.name ?? `${device.name}-${String(record.no)}`,
    manufacturer: record.manufacturer,
    model: record.model,
    online: device.online && record.online,
    ptzType: record.ptzType,
  };
}
