import type { GbFailure } from './gb-failure.ts';
import type { Cascade } from './cascade/types.ts';
import type { FirmwareResult, LensSteering, PtzMove, PtzPosition, PtzSteering } from '@yimu/shared';
import type { GbControl } from './control/types.ts';
import type { PlaybackCommand } from './media/mansrtsp.ts';
import type { DeviceConfigs } from './config/types.ts';
import type { WaitFor } from './inbound/answer-when-stored.ts';
import type { SnapshotsFinished } from './manscdp/snapshot-finished.ts';
import type { DeviceQueries } from './queries/types.ts';
import type { GbRecords } from './records/types.ts';
import type { AlarmReport, PositionReport } from './reports/types.ts';
import type { GbSubscriptions } from './subscriptions/types.ts';
import type { ProfileDesk } from './profile/device-profiles.ts';
import type { SignalTrace } from './trace/types.ts';
import type { GbVoice } from './voice/types.ts';

export { GbFailure, type GbFailureReason } from './gb-failure.ts';

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
  /** One ID, or several joined by `/`: parent device or system, and virtual organisation (2016 annex O). */
  readonly parentId: string | undefined;
  readonly businessGroupId: string | undefined;
  readonly parental: boolean;
  /** ON, OK, ONLINE in any case, or missing: true. */
  readonly online: boolean;
  /** 1 dome, 2 half dome, 3 fixed, 4 remote fixed, 5–7 in 2022; undefined when not said. */
  readonly ptzType: number | undefined;
  readonly longitude: number | undefined;
  readonly latitude: number | undefined;
}

/** What a catalogue notification says of a channel (GB/T 28181-2016 annex P.4.2.2). */
export type CatalogEventName = 'ON' | 'OFF' | 'VLOST' | 'DEFECT' | 'ADD' | 'DEL' | 'UPDATE';

/** One entry of an incremental catalogue. ON, OFF, VLOST, DEFECT and DEL may say nothing but the ID. */
export interface CatalogChange {
  readonly event: CatalogEventName;
  readonly item: CatalogItem;
}

export interface CatalogAnswer {
  readonly items: readonly CatalogItem[];
  /** SumNum as the device said it. */
  readonly announced: number;
  /** False when parts were missing at the deadline: such a catalogue must not delete anything. */
  readonly complete: boolean;
}

/** A movement, or the end of all movements (annex A.3). */
export type PtzCommand =
  | {
      readonly do: 'move';
      readonly move: PtzMove;
      /** 1–255; zoom uses its upper four bits. */ readonly speed: number;
    }
  | PtzSteering
  | LensSteering
  | { readonly do: 'stop'; /** Focus and iris have a stop of their own. */ readonly lens: boolean };

export type MediaTransport = 'udp' | 'tcp-passive' | 'tcp-active';

/** A reserved SSRC: ten decimal digits for `y=`, and the same number as 32 bits. */
export interface SsrcLease {
  readonly text: string;
  readonly value: number;
  /** Gives the number back; it is not handed out again for 30 s. Idempotent. */
  release(): void;
}

/** A recording that is asked for instead of what the camera sees now (GB/T 28181-2016 §9.8, §9.9). */
export interface HistoryOrder {
  readonly session: 'playback' | 'download';
  /** UTC, ms; whole seconds are asked for. */
  readonly beginMs: number;
  readonly endMs: number;
  /** Of which recordings, as `u=` has it. */
  readonly kind: 'all' | 'manual' | 'alarm' | 'time';
  /** How many times its own pace a download comes; 1 or more. */
  readonly speed?: number;
}

export interface PlayOrder {
  /** Absent: live media. */
  readonly history?: HistoryOrder;
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
  /** Bytes of a download as the answer says them (`a=filesize`). */
  readonly fileSize: number | undefined;
  /** Pause, resume, place and pace of a playback; resolves when the device has consented. Rejects with GbFailure. */
  control(command: PlaybackCommand): Promise<void>;
  /** The device has sent all of the period (MediaStatus 121); some say so long before the last packet. */
  onFileEnd(handler: () => void): void;
  /** Sends BYE; idempotent, never rejects. */
  close(): Promise<void>;
  onEnded(handler: (by: 'local' | 'remote' | 'error') => void): void;
}

/** What became of a command: its answer came, with or without content; its SIP 200 came and no more is due; it failed. */
export type CommandOutcome = 'supported' | 'empty' | 'sent' | GbFailure;

/** A command as it was put to a device. */
export interface LearnedCommand {
  readonly gbId: string;
  /** e.g. `DeviceStatus`, `ConfigDownload.OSDConfig`, `DeviceControl.PTZCmd`. */
  readonly command: string;
  /** The channel that was asked; the device itself when absent. */
  readonly targetGbId?: string;
}

/** What one command to a device has shown; how the device calls itself (X-GB-Ver) proves nothing. */
export interface LearnedFact {
  readonly gbId: string;
  /** CmdType of the question, with the section or the control behind a dot where there is one. */
  readonly command: string;
  /** The channel that was asked, or the device itself. */
  readonly targetGbId: string;
  /**
   * `empty`: an answer without content, as by a device that has none and by one that does not know the question.
   * `sent`: SIP 200, and the standard knows no further answer.
   */
  readonly outcome: 'supported' | 'empty' | 'sent' | 'refused' | 'silent';
  readonly sipStatus: number | undefined;
  /** For the operator: what the device said. */
  readonly text: string | undefined;
  /** X-GB-Ver as claimed at that time. */
  readonly gbVersion: string | undefined;
}

export interface GbEvents {
  readonly online: [registration: Registration, how: 'registered' | 'refreshed' | 'moved'];
  readonly offline: [gbId: string, cause: OfflineCause];
  /** A catalogue part that nobody asked for: to be merged, never to replace. */
  readonly catalogPart: [gbId: string, items: readonly CatalogItem[]];
  /** Whoever hands a promise to `waitFor` at once delays the answer to the device until it is settled. */
  readonly alarm: [gbId: string, alarm: AlarmReport, waitFor?: WaitFor | undefined];
  readonly positions: [gbId: string, positions: readonly PositionReport[]];
  /** A camera asks to be watched, as a body camera does whose button was pressed (GB/T 28181-2022 VideoUploadNotify). */
  readonly videoOffered: [gbId: string, sourceGbId: string];
  /** Where a dome looks, as it told unasked (2022). */
  readonly ptzPosition: [gbId: string, channelGbId: string, position: PtzPosition];
  /** What a device says is out of order, whenever that changes; empty: all is well again. */
  readonly faults: [gbId: string, faultyGbIds: readonly string[]];
  /** What a subscription to the catalogue told (GB/T 28181-2016 §9.11). */
  readonly catalogChanged: [gbId: string, changes: readonly CatalogChange[]];
  /** How an upgrade ended (GB/T 28181-2022 §9.13), whoever ordered it; `waitFor` as of an alarm. */
  readonly upgradeResult: [gbId: string, result: FirmwareResult, waitFor?: WaitFor | undefined];
  readonly learned: [fact: LearnedFact];
  /** A device has uploaded what it was told to picture (GB/T 28181-2022 §9.14). */
  readonly snapshotsFinished: [gbId: string, finished: SnapshotsFinished];
  /** MediaStatus 121 and others, matched to no open dialog. */
  readonly refusedRegistration: [gbId: string, why: 'unknown-id' | 'wrong-password' | 'budget' | 'bad-id'];
}

/** The facade of the GB/T 28181 floor, platform side. */
export interface Gb28181Platform {
  /** Yimu as a lower platform. */
  readonly cascade: Cascade;
  readonly subscriptions: GbSubscriptions;
  readonly records: GbRecords;
  readonly control: GbControl;
  readonly voice: GbVoice;
  readonly queries: DeviceQueries;
  readonly config: DeviceConfigs;
  start(): Promise<void>;
  close(): Promise<void>;
  on<Name extends keyof GbEvents>(name: Name, listener: (...args: GbEvents[Name]) => void): () => void;
  registration(gbId: string): Registration | undefined;
  readonly registeredCount: number;
  /** Drops a registration, e.g. because the device was removed or its password changed. */
  forget(gbId: string): void;
  /** Rejects with GbFailure. One job per device at a time; callers join a running one. */
  queryCatalog(gbId: string): Promise<CatalogAnswer>;
  /** Resolves when the device's SIP 200 came: "sent", which is all that GB/T 28181 says of a PTZCmd. */
  ptz(gbId: string, channelGbId: string, command: PtzCommand): Promise<void>;
  reserveSsrc(kind: 'live' | 'history'): SsrcLease;
  play(order: PlayOrder): Promise<MediaDialog>;
  /** How each device is dealt with. */
  readonly profiles: ProfileDesk;
  /** What went between the platform and each device. */
  readonly trace: SignalTrace;
}
