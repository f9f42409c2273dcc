import { DEFAULT_DEVICE_PROFILE, type DeviceProfile, type DeviceProfileChange } from '@yimu/shared';
import { VENDOR_QUIRKS, type VendorQuirks } from '../vendor-quirks.ts';

/** What is known of a device before it says anything: looked up in memory, never in a database. */
export interface ProfileFacts {
  /** Manufacturer of an earlier DeviceInfo. */
  readonly manufacturer: string | undefined;
  /** What an operator set. */
  readonly change: DeviceProfileChange | undefined;
  /** Its last registration, while that would hold. */
  readonly lastRegistration?: { readonly address: string; readonly endsAtMs: number } | undefined;
}

/** Finds what is known without I/O; undefined for an ID that nobody provisioned. */
export type ProfileSource = (gbId: string) => ProfileFacts | undefined;

const NOTHING: ProfileFacts = { manufacturer: undefined, change: undefined };
const ID_TYPE_AT = 10;
const ID_TYPE_END = 13;

/** How a device is dealt with, and why. */
export interface ResolvedProfile {
  /** The row of the table of makers that holds; undefined when none does. */
  readonly vendor: string | undefined;
  /** What holds without an operator. */
  readonly learnt: DeviceProfile;
  readonly profile: DeviceProfile;
}

/** The profiles of devices, for those who set them. */
export interface ProfileDesk {
  /** What holds for a device, registered or not. Looked up in memory. */
  of(gbId: string): ResolvedProfile;
  /** The profile alone; of a device that is registered without looking for its maker. */
  profileOf(gbId: string): DeviceProfile;
  /** What is known of a device has changed: it holds at once. */
  refresh(gbId: string): void;
}

/** Resolves profiles: what an operator set, else what is learnt from the maker, else the default. */
export class DeviceProfiles {
  readonly #source: ProfileSource;
  /** One object for all devices of a row, so that a hundred thousand take no memory. */
  readonly #learnt = new Map<VendorQuirks, DeviceProfile>(
    VENDOR_QUIRKS.map((row) => [row, Object.freeze(changed(DEFAULT_DEVICE_PROFILE, row.profile))]),
  );

  constructor(source: ProfileSource) {
    this.#source = source;
  }

  /** When the registration ends that a keepalive from this address brings back; undefined when none. */
  revivalOf(gbId: string, address: string): number | undefined {
    const last = this.#source(gbId)?.lastRegistration;
    if (last?.address !== address) return undefined;
    return this.resolve(gbId, undefined).profile.keepaliveRevives ? last.endsAtMs : undefined;
  }

  resolve(gbId: string, userAgent: string | undefined): ResolvedProfile {
    const { manufacturer, change } = this.#source(gbId) ?? NOTHING;
    const row = rowOf(gbId, userAgent, manufacturer);
    const learnt = (row === undefined ? undefined : this.#learnt.get(row)) ?? DEFAULT_DEVICE_PROFILE;
    const profile = change === undefined ? learnt : changed(learnt, change);
    return { vendor: row?.vendor, learnt, profile };
  }
}

function rowOf(
  gbId: string,
  userAgent: string | undefined,
  manufacturer: string | undefined,
): VendorQuirks | undefined {
  const idType = gbId.slice(ID_TYPE_AT, ID_TYPE_END);
  return VENDOR_QUIRKS.find(
    (row) =>
      (row.idType === undefined || row.idType === idType) &&
      (isMatch(row.manufacturer, manufacturer) || isMatch(row.userAgent, userAgent)),
  );
}

function isMatch(pattern: RegExp | undefined, text: string | undefined): boolean {
  return pattern !== undefined && text !== undefined && pattern.test(text);
}

function changed(profile: DeviceProfile, change: DeviceProfileChange): DeviceProfile {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  return given.length === 0
    ? profile
    : { ...profile, ...(Object.fromEntries(given) as Partial<DeviceProfile>) };
}
