import type { PtzMove } from '@yimu/shared';

/** What the platform knows of a device before it registers. Looked up in memory, never in a database. */
export interface DeviceCredential {
  readonly gbId: string;
  /** MD5(gbId:realm:password) in hex; undefined with `passwordless`. */
  readonly ha1Md5: string | undefined;
  /** SHA-256(gbId:realm:password) in hex, for devices flagged for it (RFC 8760). */
  readonly ha1Sha256: string | undefined;
  /** Registers without digest. Off unless an operator asked for it for this device. */
  readonly passwordless: boolean;
}

/** Finds a credential without I/O; undefined for an ID that nobody provisioned. */
export interface CredentialSource {
  find(gbId: string): DeviceCredential | undefined;
}

/** A device that is registered now. */
export interface Registration {
  readonly gbId: string;
  readonly transport: 'udp' | 'tcp';
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly registeredAtMs: number;
  readonly expiresAtMs: number;
  readonly lastSeenAtMs: number;
  /** X-GB-Ver as claimed: `1.0`, `1.1`, `2.0`, `3.0`; undefined when absent. */
  readonly gbVersion: string | undefined;
  readonly userAgent: string | undefined;
}

export type OfflineCause = 'unregistered' | 'expired' | 'keepalive-lost' | 'flow-closed' | 'forgotten';

/** One item of a catalogue (annex A.2.1 e). */
export interface CatalogItem {
  readonly channelId: string;
  readonly name: string;
  readonly manufacturer: string | undefined;
  readonly model: string | undefined;
  readonly civilCode: string | undefined;
  readonly address: string | undefined;
  readonly parentId: string | undefined;
  readonly parental: boolean;
  /** ON, OK, ONLINE in any case, or missing: true. */
  readonly online: boolean;
  /** 1 dome, 2 half dome, 3 fixed, 4 remote fixed, 5–7 in 2022; undefined when not said. */
  readonly ptzType: number | undefined;
  readonly longitude: number | undefined;
  readonly latitude: number | undefined;
}

export interface CatalogAnswer {
  readonly items: readonly CatalogItem[];
  /** SumNum as the device said it. */
  readonly announced: number;
  /** False when parts were missing at the deadline: such a catalogue must not delete anything. */
  readonly complete: boolean;
}

export interface DeviceInfoAnswer {
  readonly name: string | undefined;
  readonly manufacturer: string | undefined;
  readonly model: string | undefined;
  readonly firmware: string | undefined;
  readonly channelCount: number | undefined;
}

/** A movement, or the end of all movements (annex A.3). */
export type PtzCommand =
  | {
      readonly do: 'move';
      readonly move: PtzMove;
      /** 1–255; zoom uses its upper four bits. */ readonly speed: number;
    }
  | { readonly do: 'stop'; /** Focus and iris have a stop of their own. */ readonly lens: boolean };

export type MediaTransport = 'udp' | 'tcp-passive' | 'tcp-active';

/** A reserved SSRC: ten decimal digits for `y=`, and the same number as 32 bits. */
export interface SsrcLease {
  readonly text: string;
  readonly value: number;
  /** Gives the number back; it is not handed out again for 30 s. Idempotent. */
  release(): void;
}

export interface PlayOrder {
  readonly deviceGbId: string;
  readonly channelGbId: string;
  readonly transport: MediaTransport;
  /** 0 main, 1 sub. */
  readonly streamNumber: 0 | 1;
  readonly ssrc: SsrcLease;
  /** Where the device shall send, or (tcp-active) the address that dials. */
  readonly receiver: { readonly address: string; readonly port: number };
  /** Limit from INVITE to the final response, ms. */
  readonly timeoutMs: number;
  /** Aborting cancels the INVITE, or ends the dialog if it was answered meanwhile. */
  readonly signal?: AbortSignal;
}

/** One established media session of a device (INVITE with 200 and ACK). */
export interface MediaDialog {
  readonly callId: string;
  /** The SSRC that the device will really use: its own `y=` if it answered with one. */
  readonly ssrc: number;
  /** Address of the answer's c= and m= lines, to dial with tcp-active. */
  readonly remoteMedia: { readonly address: string; readonly port: number };
  /** Sends BYE; idempotent, never rejects. */
  close(): Promise<void>;
  onEnded(handler: (by: 'local' | 'remote' | 'error') => void): void;
}

export type GbFailureReason =
  'not-registered' | 'timeout' | 'transport' | 'rejected' | 'bad-answer' | 'cancelled' | 'busy' | 'exhausted';

/** Why the device did not do what was asked, with the SIP status when there was one. */
export class GbFailure extends Error {
  readonly reason: GbFailureReason;
  readonly status: number | undefined;

  constructor(reason: GbFailureReason, message: string, status?: number, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'GbFailure';
    this.reason = reason;
    this.status = status;
  }
}

export interface GbEvents {
  readonly online: [registration: Registration, how: 'registered' | 'refreshed' | 'moved'];
  readonly offline: [gbId: string, cause: OfflineCause];
  /** A catalogue part that nobody asked for: to be merged, never to replace. */
  readonly catalogPart: [gbId: string, items: readonly CatalogItem[]];
  /** MediaStatus 121 and others, matched to no open dialog. */
  readonly refusedRegistration: [gbId: string, why: 'unknown-id' | 'wrong-password' | 'budget' | 'bad-id'];
}

/** The facade of the GB/T 28181 floor, platform side. */
export interface Gb28181Platform {
  start(): Promise<void>;
  close(): Promise<void>;
  on<Name extends keyof GbEvents>(name: Name, listener: (...args: GbEvents[Name]) => void): () => void;
  registration(gbId: string): Registration | undefined;
  readonly registeredCount: number;
  /** Drops a registration, e.g. because the device was removed or its password changed. */
  forget(gbId: string): void;
  /** Rejects with GbFailure. One job per device at a time; callers join a running one. */
  queryCatalog(gbId: string): Promise<CatalogAnswer>;
  queryDeviceInfo(gbId: string): Promise<DeviceInfoAnswer>;
  /** Resolves when the device's SIP 200 came: "sent", which is all that GB/T 28181 says of a PTZCmd. */
  ptz(gbId: string, channelGbId: string, command: PtzCommand): Promise<void>;
  reserveSsrc(kind: 'live' | 'history'): SsrcLease;
  play(order: PlayOrder): Promise<MediaDialog>;
}
