import type { DeviceProfile } from '@yimu/shared';

/** What an operator set of how a device is dealt with, as it is kept. */
export interface ProfileRecord {
  readonly deviceId: number;
  /** JSON of a part of `DeviceProfile`. */
  readonly settings: string;
  /** UTC, ms. */
  readonly changedAtMs: number;
}

/** Profiles at rest. Each call is one transaction and durable when it resolves. */
export interface ProfileRepository {
  load(): Promise<readonly ProfileRecord[]>;
  /** Takes the place of what was there. */
  save(profile: ProfileRecord): Promise<void>;
  /** With the device its profile goes by itself. */
  remove(deviceId: number): Promise<void>;
}

/** How a device is dealt with, and why. */
export interface ResolvedProfile {
  /** The maker whose habits are taken into account; undefined when it has none that are known. */
  readonly vendor: string | undefined;
  /** What would hold without an operator. */
  readonly learnt: DeviceProfile;
  readonly profile: DeviceProfile;
}

/** Where profiles take effect. */
export interface ProfilePort {
  /** Looked up in memory. */
  of(gbId: string): ResolvedProfile;
  /** The profile alone; of a device that is registered without looking for its maker. */
  profileOf(gbId: string): DeviceProfile;
  /** What is known of a device has changed: it holds at once. */
  refresh(gbId: string): void;
}
