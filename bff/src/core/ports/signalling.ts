import type { PtzMove } from '@yimu/shared';

/** How a camera sends its media. */
export type MediaTransport = 'udp' | 'tcp-passive' | 'tcp-active';

export interface DevicePresence {
  readonly gbId: string;
  readonly online: boolean;
  readonly transport: 'udp' | 'tcp' | undefined;
  readonly address: string | undefined;
  readonly registeredAtMs: number | undefined;
  readonly lastSeenAtMs: number | undefined;
}

export interface CatalogEntry {
  readonly channelGbId: string;
  readonly name: string;
  readonly manufacturer: string | undefined;
  readonly model: string | undefined;
  readonly online: boolean;
  readonly ptzType: number | undefined;
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
  | { readonly do: 'move'; readonly move: PtzMove; readonly speed: number }
  | { readonly do: 'stop'; readonly lens: boolean };

export interface SsrcReservation {
  readonly text: string;
  readonly value: number;
  release(): void;
}

export interface InviteOrder {
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
  /** Sends BYE; idempotent, never rejects. */
  close(): Promise<void>;
  onEnded(handler: (by: 'local' | 'remote' | 'error') => void): void;
}

export interface SignallingEvents {
  readonly presence: [presence: DevicePresence, cause: string];
  readonly catalogPart: [gbId: string, entries: readonly CatalogEntry[]];
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
