import { lastSeenText } from '../texts/failures.ts';
import { membersOf, textOf } from './read-json.ts';

/** What `device/info` says that a viewer wants to know. */
export interface DeviceFacts {
  readonly name: string;
  readonly online: boolean;
  /** The stream is encrypted with a code that only the owner's own app knows. */
  readonly encrypted: boolean;
  /** When an offline device was seen last, '' when nobody knows. */
  readonly lastSeen: string;
}

/** In how many directions a camera turns, and whether it zooms. */
export interface SteerAbility {
  readonly sectors: 0 | 4 | 8;
  readonly zoom: boolean;
}

const CHINA_OFFSET_MS = 8 * 3_600_000;

/** `MM-DD HH:mm` in China time; '' for what is no time. */
export function shortTime(epochMs: number): string {
  if (!Number.isFinite(epochMs) || epochMs <= 0 || epochMs > 8e15) return '';
  return new Date(epochMs + CHINA_OFFSET_MS).toISOString().slice(5, 16).replace('T', ' ');
}

export function readDeviceFacts(data: unknown): DeviceFacts {
  const { deviceName, status, updateTime, isEncrypt } = membersOf(data);
  const seen = shortTime(Number(updateTime));
  const online = Number(status) === 1;
  return {
    name: textOf(deviceName),
    online,
    encrypted: Number(isEncrypt) === 1,
    lastSeen: online || seen === '' ? '' : lastSeenText(seen),
  };
}

/** Flags are texts; a missing one means no, except the finer ones of a camera that turns at all. */
export function readAbility(data: unknown): SteerAbility {
  const flags = membersOf(data);
  const is = (name: string): boolean => textOf(flags[name]) === '1';
  const absent = (name: string): boolean => textOf(flags[name]) === '';
  const turns = is('support_ptz') || is('ptz_left_right') || is('ptz_top_bottom');
  const diagonal = is('ptz_45') || (absent('ptz_45') && is('support_ptz'));
  return {
    sectors: turns ? (diagonal ? 8 : 4) : 0,
    zoom: is('ptz_zoom') || (absent('ptz_zoom') && is('support_ptz')),
  };
}
