import type { LensSteering, PtzMove, PtzSteering } from '@yimu/shared';

/** How a camera sends its media. */
export type MediaTransport = 'udp' | 'tcp-passive' | 'tcp-active';

export interface DevicePresence {
  readonly gbId: string;
  readonly online: boolean;
  readonly transport: 'udp' | 'tcp' | undefined;
  readonly address: string | undefined;
  readonly registeredAtMs: number | undefined;
  readonly lastSeenAtMs: number | undefined;
  /** When its registration ends, UTC, ms. */
  readonly expiresAtMs?: number | undefined;
}

export interface CatalogEntry {
  readonly channelGbId: string;
  readonly name: string;
  readonly manufacturer: string | undefined;
  readonly model: string | undefined;
  readonly online: boolean;
  readonly ptzType: number | undefined;
  /** Absent when the device says nothing of it. */
  readonly place?:
    | {
        /** One ID, or several joined by `/`. */
        readonly parentId: string | undefined;
        readonly civilCode: string | undefined;
        readonly businessGroupId: string | undefined;
      }
    | undefined;
}

/** One entry of an incremental catalogue; all but ADD and UPDATE may say nothing but the ID. */
export interface CatalogChange {
  readonly event: 'ON' | 'OFF' | 'VLOST' | 'DEFECT' | 'ADD' | 'DEL' | 'UPDATE';
  readonly entry: CatalogEntry;
}

export interface CatalogResult {
  readonly entries: readonly CatalogEntry[];
  readonly complete: boolean;
}

export interface DeviceFacts {
  readonly name: string | undefined;
  readonly manufacturer: string | undefined;
  readonly model: string | undefined;
  readonly firmware: string | undefined;
}

export type PtzOrder =
  | PtzSteering
  | LensSteering
  | { readonly do: 'move'; readonly move: PtzMove; readonly speed: number }
  | { readonly do: 'stop'; readonly lens: boolean };

export interface SsrcReservation {
  readonly text: string;
  readonly value: number;
  release(): void;
}

/** Which recordings of a channel. */
export type RecordingKind = 'time' | 'alarm' | 'manual' | 'all';

/** A recording instead of what the camera sees now; times in UTC, ms. */
export interface HistoryPeriod {
  readonly session: 'playback' | 'download';
  readonly beginMs: number;
  readonly endMs: number;
  readonly kind: RecordingKind;
  /** How many times its own pace a download comes. */
  readonly speed?: number;
}

/** What a device is asked to do with a recording that it plays. */
export type PlaybackOrder =
  | { readonly do: 'pause' }
  | { readonly do: 'resume' }
  /** Seconds from the begin of the period of the call. */
  | { readonly do: 'seek'; readonly atS: number }
  /** Negative: backwards, from `fromS`. */
  | { readonly do: 'scale'; readonly scale: number; readonly fromS?: number };

export interface InviteOrder {
  /** Absent: live. */
  readonly history?: HistoryPeriod;
  readonly deviceGbId: string;
  readonly channelGbId: string;
  readonly transport: MediaTransport;
  readonly streamNumber: 0 | 1;
  readonly ssrc: SsrcReservation;
  readonly receiver: { readonly address: string; readonly port: number };
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** A call that a device answered and that is not over yet. */
export interface EstablishedCall {
  readonly callId: string;
  readonly ssrc: number;
  readonly remoteMedia: { readonly address: string; readonly port: number };
  /** Bytes of a download as the device says them. */
  readonly fileSize: number | undefined;
  /** Resolves when the device has consented; refusals are those of {@link SignallingPort}. */
  control(order: PlaybackOrder): Promise<void>;
  /** All of the recording was sent; the last packets may be on the way for a long time yet. */
  onFileEnd(handler: () => void): void;
  /** Sends BYE; idempotent, never rejects. */
  close(): Promise<void>;
  onEnded(handler: (by: 'local' | 'remote' | 'error') => void): void;
}

export interface SignallingEvents {
  readonly presence: [presence: DevicePresence, cause: string];
  readonly catalogPart: [gbId: string, entries: readonly CatalogEntry[]];
  /** What a subscription to a catalogue told. */
  readonly catalogChanged: [gbId: string, changes: readonly CatalogChange[]];
  /** A device that is known tried to register with a wrong password. */
  readonly passwordRefused: [gbId: string];
}

/**
 * The core's door to the devices. Refusals are CoreErrors: DEVICE_OFFLINE, DEVICE_TIMEOUT,
 * DEVICE_REFUSED, DEVICE_BUSY, CHANNEL_NOT_FOUND, NOT_SUPPORTED_BY_DEVICE, QUOTA_EXCEEDED.
 */
export interface SignallingPort {
  on<Name extends keyof SignallingEvents>(
    name: Name,
    listener: (...args: SignallingEvents[Name]) => void,
  ): () => void;
  presence(gbId: string): DevicePresence;
  forget(gbId: string): void;
  queryCatalog(gbId: string): Promise<CatalogResult>;
  queryDeviceFacts(gbId: string): Promise<DeviceFacts>;
  ptz(deviceGbId: string, channelGbId: string, order: PtzOrder): Promise<void>;
  reserveSsrc(kind: 'live' | 'history'): SsrcReservation;
  invite(order: InviteOrder): Promise<EstablishedCall>;
}
