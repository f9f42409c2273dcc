import type { CascadeRepository } from './cascade.ts';
import type { CapabilityRepository } from './learning.ts';
import type {
  AlarmRepository,
  HistoryRepository,
  PositionRecord,
  PresenceRecord,
  WishRepository,
} from './report-repositories.ts';
import type { PresetRepository } from './presets.ts';
import type { ProfileRepository } from './profile.ts';
import type { RegistrationRepository } from './registrations.ts';
import type { MediaTransport } from './signalling.ts';
import type { UpgradeRepository } from './upgrades.ts';

/** A device as it is kept. */
export interface DeviceRecord {
  readonly id: number;
  /** 20 digits. */
  readonly gbId: string;
  /** Nine of A–Z and 0–9, made once and never given to another device. */
  readonly serial: string;
  /** The operator's name for it. */
  readonly name: string | undefined;
  /** The device's own name for itself. */
  readonly reportedName: string | undefined;
  /** Sealed digest hashes; undefined without password. */
  readonly credential: string | undefined;
  readonly passwordless: boolean;
  /** How this device sends media; undefined = the order of the settings. */
  readonly mediaTransport: MediaTransport | undefined;
  readonly manufacturer: string | undefined;
  readonly model: string | undefined;
  readonly firmware: string | undefined;
  /** The number that the next new channel gets. */
  readonly nextChannelNo: number;
  readonly lastSeenAtMs: number | undefined;
  readonly createdAtMs: number;
}

/** Where an entry of a catalogue hangs in the tree of its device. */
export interface Place {
  /** IDs joined by `/`, neither the device's own nor the entry's; undefined beneath the device itself. */
  readonly parentIds: string | undefined;
  /** 2 to 8 digits. */
  readonly civilCode: string | undefined;
  /** The 215 that a virtual organisation or a camera belongs to. */
  readonly businessGroupId: string | undefined;
}

/** What an entry without a picture is, by its code (GB/T 28181-2016 annex D and O, -2022 annex E and J). */
export type NodeKind = 'region' | 'system' | 'business-group' | 'virtual-organisation' | 'device';

/** A channel as it is kept. Its number belongs to its gbId for ever, retired or not. */
export interface ChannelRecord extends Place {
  readonly id: number;
  readonly deviceId: number;
  readonly no: number;
  readonly gbId: string;
  readonly name: string | undefined;
  readonly manufacturer: string | undefined;
  readonly model: string | undefined;
  readonly online: boolean;
  readonly ptzType: number | undefined;
  /** Made by us because the device told no catalogue: the first channel it tells takes this one's place. */
  readonly assumed: boolean;
  /** Complete catalogues in a row in which it was missing. */
  readonly missed: number;
  /** Gone from the device; kept for its number. */
  readonly retired: boolean;
  readonly createdAtMs: number;
}

/** What a catalogue holds beside cameras: regions, groups, systems and devices without a picture. */
export interface CatalogueNodeRecord extends Place {
  readonly deviceId: number;
  /** 20 digits, or 2 to 8 of a region. */
  readonly gbId: string;
  readonly kind: NodeKind;
  readonly name: string | undefined;
  readonly online: boolean;
  /** Complete catalogues in a row in which it was missing. */
  readonly missed: number;
}

/** What changes without an operator's order and may be lost in a crash: written behind, in batches. */
export type DeviceFactsRow = Pick<
  DeviceRecord,
  'id' | 'reportedName' | 'manufacturer' | 'model' | 'firmware' | 'lastSeenAtMs'
>;

/** What an operator decides about a device. */
export type DeviceSettingsRow = Pick<
  DeviceRecord,
  'id' | 'name' | 'credential' | 'passwordless' | 'mediaTransport'
>;

export interface ChannelChanges {
  readonly deviceId: number;
  readonly nextChannelNo: number;
  readonly added: readonly Omit<ChannelRecord, 'id'>[];
  readonly changed: readonly ChannelRecord[];
  readonly removedIds: readonly number[];
  /** New nodes of the tree and changed ones. */
  readonly savedNodes: readonly CatalogueNodeRecord[];
  readonly removedNodes: readonly string[];
}

/** Devices and channels at rest. Each call is one transaction and durable when it resolves. */
export interface DeviceRepository {
  loadDevices(): Promise<readonly DeviceRecord[]>;
  loadChannels(): Promise<readonly ChannelRecord[]>;
  loadNodes(): Promise<readonly CatalogueNodeRecord[]>;
  /** Rejects with ALREADY_EXISTS when gbId is known, CONFLICT when the serial was ever in use. */
  insert(device: Omit<DeviceRecord, 'id'>): Promise<DeviceRecord>;
  /** All or none, in order; rejects as `insert` does. */
  insertMany(devices: readonly Omit<DeviceRecord, 'id'>[]): Promise<readonly DeviceRecord[]>;
  /** Leaves alone what the device told meanwhile, and the number that its next channel gets. */
  update(device: DeviceSettingsRow): Promise<void>;
  /** Takes the channels along; the serial stays used. */
  remove(id: number): Promise<void>;
  /** Resolves with the ids of `added`, in order. */
  saveChannels(changes: ChannelChanges): Promise<readonly number[]>;
  saveFacts(rows: readonly DeviceFactsRow[]): Promise<void>;
}

/** An application that calls the client-facing API. */
export interface AppRecord {
  readonly id: number;
  readonly appKey: string;
  /** `scrypt$N$r$p$salt$hash`. */
  readonly secretHash: string;
  readonly name: string;
  readonly disabled: boolean;
  readonly createdAtMs: number;
}

export interface TokenRecord {
  /** SHA-256 of the token, hex: the token itself is kept nowhere. */
  readonly tokenHash: string;
  readonly appId: number;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

export interface AccessRepository {
  loadApps(): Promise<readonly AppRecord[]>;
  insertApp(app: Omit<AppRecord, 'id'>): Promise<AppRecord>;
  updateApp(app: AppRecord): Promise<void>;
  loadTokens(validAfterMs: number): Promise<readonly TokenRecord[]>;
  insertToken(token: TokenRecord): Promise<void>;
  /** Removes the named tokens, and every token that expired before `expiredBeforeMs`. */
  removeTokens(tokenHashes: readonly string[], expiredBeforeMs: number): Promise<void>;
}

/** A key that signs play addresses. */
export interface GrantKeyRecord {
  readonly no: number;
  /** 32 bytes, sealed. */
  readonly sealedKey: string;
  readonly createdAtMs: number;
}

/**
 * A cancelled play address (`grantId` set), or the moment before which all addresses of a channel are
 * void (`grantId` empty).
 */
export interface GrantCancellation {
  /** `{serial}_{no}`. */
  readonly channelName: string;
  readonly grantId: string;
  /** Addresses issued up to this second are void. */
  readonly issuedUntilS: number;
  /** After this nobody needs to remember it. */
  readonly forgetAtMs: number;
}

export interface GrantRepository {
  loadKeys(): Promise<readonly GrantKeyRecord[]>;
  insertKey(key: GrantKeyRecord): Promise<void>;
  removeKey(no: number): Promise<void>;
  loadCancellations(nowMs: number): Promise<readonly GrantCancellation[]>;
  saveCancellation(cancellation: GrantCancellation): Promise<void>;
  removeCancellations(forgetBeforeMs: number): Promise<void>;
}

export interface Repositories {
  readonly cascade: CascadeRepository;
  readonly capabilities: CapabilityRepository;
  readonly alarms: AlarmRepository;
  readonly positions: HistoryRepository<PositionRecord>;
  readonly presence: HistoryRepository<PresenceRecord>;
  readonly wishes: WishRepository;
  readonly devices: DeviceRepository;
  readonly access: AccessRepository;
  readonly grants: GrantRepository;
  readonly profiles: ProfileRepository;
  readonly registrations: RegistrationRepository;
  readonly presets: PresetRepository;
  readonly upgrades: UpgradeRepository;
}
