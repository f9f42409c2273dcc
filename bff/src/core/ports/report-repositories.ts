import type { ToldPosition } from './reports.ts';

/** An alarm as it is kept. */
export interface AlarmRecord {
  readonly id: number;
  readonly deviceId: number;
  readonly sourceGbId: string;
  readonly priority: number | undefined;
  readonly method: number | undefined;
  readonly type: number | undefined;
  readonly eventType: number | undefined;
  /** When it happened by the device's clock, UTC ms; by ours when that cannot be read. */
  readonly atMs: number;
  readonly receivedAtMs: number;
  /** When it was told last. */
  readonly lastAtMs: number;
  /** How often it was told within the window. */
  readonly times: number;
  readonly description: string | undefined;
  readonly longitude: number | undefined;
  readonly latitude: number | undefined;
  readonly read: boolean;
}

/** Which alarms; what is absent does not matter. */
export interface AlarmFilter {
  readonly deviceId?: number | undefined;
  readonly sourceGbId?: string | undefined;
  readonly methods?: readonly number[] | undefined;
  readonly types?: readonly number[] | undefined;
  /** Bounds of `atMs`, the first included. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly read?: boolean | undefined;
  readonly ids?: readonly number[] | undefined;
}

/** Alarms at rest. Each call is one transaction and durable when it resolves. */
export interface AlarmRepository {
  /** Resolves with the ids of the new ones, in order. */
  write(
    added: readonly Omit<AlarmRecord, 'id'>[],
    repeated: readonly Pick<AlarmRecord, 'id' | 'times' | 'lastAtMs'>[],
  ): Promise<readonly number[]>;
  /** Newest first; those with a lower id than `beforeId` when it is given. */
  list(
    filter: AlarmFilter,
    page: { readonly beforeId?: number | undefined; readonly limit: number },
  ): Promise<readonly AlarmRecord[]>;
  count(filter: AlarmFilter): Promise<number>;
  /** Resolves with how many are changed. */
  setRead(filter: AlarmFilter, read: boolean): Promise<number>;
  /** Resolves with how many are gone. */
  remove(filter: AlarmFilter): Promise<number>;
  /** Forgets those that came before, and the oldest beyond `keep`. */
  prune(receivedBeforeMs: number, keep: number): Promise<void>;
}

export interface PositionRecord extends Omit<ToldPosition, 'atMs'> {
  readonly id: number;
  readonly deviceId: number;
  readonly atMs: number;
}

/** Something that happened to a device's presence. */
export interface PresenceRecord {
  readonly id: number;
  readonly deviceId: number;
  readonly atMs: number;
  /** `faults`: `detail` lists what is out of order; `well`: nothing is any more;
   * `video-offered`: a camera asks to be watched. */
  readonly kind: 'online' | 'offline' | 'moved' | 'faults' | 'well' | 'video-offered';
  /**
   * Of `offline`: `unregistered`, `expired`, `keepalive-lost`, `flow-closed`, `forgotten`; `not-back`: it was here
   * before the server started anew, and did not come back.
   */
  readonly cause: string | undefined;
  /** Of `online` and `moved`: the address; of `faults`: IDs, and `+n` for n more, joined by blanks; of `video-offered`: the camera. */
  readonly detail: string | undefined;
}

/** Which records of a history. */
export interface HistoryFilter {
  readonly deviceId?: number | undefined;
  readonly sourceGbId?: string | undefined;
  /** Bounds of `atMs`, the first included. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** What happened to devices, bounded. */
export interface HistoryRepository<T> {
  add(records: readonly Omit<T, 'id'>[]): Promise<void>;
  /** Newest first; those with a lower id than `beforeId` when it is given. */
  list(
    filter: HistoryFilter,
    page: { readonly beforeId?: number | undefined; readonly limit: number },
  ): Promise<readonly T[]>;
  removeDevice(deviceId: number): Promise<void>;
  /** Forgets what is older, and of each device the oldest beyond `keepPerDevice`. */
  prune(beforeMs: number, keepPerDevice: number): Promise<void>;
}

/** What an operator wants a device to tell. */
export interface WishRecord {
  readonly deviceId: number;
  /** JSON array of subscriptions. */
  readonly wanted: string;
  /** Armed whenever it registers. */
  readonly arm: boolean;
}

export interface WishRepository {
  load(): Promise<readonly WishRecord[]>;
  save(wish: WishRecord): Promise<void>;
  remove(deviceId: number): Promise<void>;
}
