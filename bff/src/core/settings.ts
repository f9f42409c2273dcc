import type { DownloadSettings } from './playback/download-settings.ts';
import type { MediaTransport } from './ports/signalling.ts';

/** Policy of the core. Everything but the realm has a default in {@link DEFAULT_CORE_SETTINGS}. */
export interface CoreSettings {
  /** Digest realm that device passwords are hashed with: the SIP domain. */
  readonly realm: string;
  /**
   * How cameras send media, in the order of trial; a later one is tried when a device refuses the former, or consents
   * and sends nothing.
   */
  readonly mediaTransports: readonly MediaTransport[];
  /** From INVITE to the final response, ms. */
  readonly inviteTimeoutMs: number;
  /** From the answer to the first decodable track, ms. */
  readonly firstMediaTimeoutMs: number;
  /** From the answer to the first packet where another way of media is left to be tried, ms. */
  readonly otherWayAfterMs: number;
  /** How long it is remembered by which way of media a device has sent, ms. */
  readonly wayMemoryMs: number;
  /** Silence after which a running source is lost, ms. */
  readonly silenceTimeoutMs: number;
  /** How long a stream outlives its last viewer, ms. */
  readonly viewerGraceMs: number;
  /** How long a stream waits for the viewer that it was opened for, ms. */
  readonly openLeaseMs: number;
  /** How long a failure is told to joiners without asking the device again, ms. */
  readonly failureMemoryMs: number;
  /** Streams at one time. */
  readonly maxSessions: number;
  readonly downloads: DownloadSettings;
  /** A movement without refresh is stopped after this, ms. */
  readonly ptzDeadManMs: number;
  /** Cameras that move at one time. */
  readonly maxMoving: number;
  /** Life of a play address when the client names none, s. */
  readonly grantDefaultTtlS: number;
  readonly grantMinTtlS: number;
  readonly grantMaxTtlS: number;
  /** Age at which the signing key of play addresses is followed by a new one, ms. */
  readonly grantKeyRotationMs: number;
  /** Cancelled addresses that are remembered. */
  readonly maxCancelledGrants: number;
  readonly tokenLifeMs: number;
  /** Valid tokens of one application; the oldest makes room. */
  readonly maxTokensPerApp: number;
  /** Wrong secrets that one source may send in {@link secretTriesWindowMs}. */
  readonly secretTriesPerSource: number;
  /** Wrong secrets that may be sent for one application key in the window. */
  readonly secretTriesPerKey: number;
  readonly secretTriesWindowMs: number;
  /** Voices to devices at one time. */
  readonly maxTalks: number;
  /** A talk to a device is ended after this, ms. */
  readonly maxTalkMs: number;
  readonly maxDevices: number;
  readonly maxChannelsPerDevice: number;
  /** Catalogue and device information are asked of so many devices at once. */
  readonly catalogConcurrency: number;
  /** Upper limit of the random wait before a device is asked, ms. */
  readonly catalogJitterMs: number;
  /** Wait before a catalogue that failed or must be confirmed is asked again, ms. */
  readonly catalogRetryMs: number;
  /** Period in which presence and device facts are written behind, ms. */
  readonly writeBehindMs: number;
  readonly reports: ReportSettings;
}

/** Bounds of what is kept of what devices tell unasked. */
export interface ReportSettings {
  /** The same alarm without a believable AlarmTime, told again within so long after the last time, counts up, ms. */
  readonly alarmWindowMs: number;
  /** One that goes on for longer is an alarm of its own then, ms. */
  readonly alarmSpanMs: number;
  /** The same alarm with the same AlarmTime counts up for so long after it was told first, ms. */
  readonly alarmSameTimeMs: number;
  /** Alarms of one kind and source, each of its own AlarmTime, within the window; further ones count up the last. */
  readonly maxAlarmsOfKind: number;
  /** New alarms are written so long after the first of them was told, together, ms. */
  readonly alarmGatherMs: number;
  /** Alarms of which the repetition is known. */
  readonly maxRecentAlarms: number;
  /** Alarms that may wait for the database; further ones are dropped and counted. */
  readonly maxWaitingAlarms: number;
  /** Alarms are kept for so long, ms, and so many. */
  readonly alarmKeepMs: number;
  readonly maxAlarms: number;
  readonly maxWaitingPositions: number;
  readonly positionKeepMs: number;
  readonly maxPositionsPerDevice: number;
  readonly maxDirectionsPerDevice: number;
  readonly maxWaitingPresence: number;
  readonly presenceKeepMs: number;
  readonly maxPresencePerDevice: number;
  /** After a start devices have so long to come back before they are noted as gone, ms. */
  readonly comeBackMs: number;
  /** What was told is written after so long at the latest, ms. */
  readonly reportWriteMs: number;
  /** Period in which what is too old or too much is forgotten, ms. */
  readonly pruneMs: number;
}

const DAY_MS = 86_400_000;

/** The defaults, documented at the interface. */
const DEFAULT_REPORT_SETTINGS: ReportSettings = {
  alarmWindowMs: 60_000,
  alarmSpanMs: 600_000,
  alarmSameTimeMs: 3_600_000,
  maxAlarmsOfKind: 60,
  alarmGatherMs: 50,
  maxRecentAlarms: 50_000,
  maxWaitingAlarms: 20_000,
  alarmKeepMs: 30 * DAY_MS,
  maxAlarms: 1_000_000,
  maxWaitingPositions: 20_000,
  positionKeepMs: 7 * DAY_MS,
  maxPositionsPerDevice: 10_000,
  maxDirectionsPerDevice: 256,
  maxWaitingPresence: 50_000,
  presenceKeepMs: 30 * DAY_MS,
  maxPresencePerDevice: 1_000,
  comeBackMs: 300_000,
  reportWriteMs: 1_000,
  pruneMs: 600_000,
};

/** The defaults, documented at the interface. */
export const DEFAULT_CORE_SETTINGS: Omit<CoreSettings, 'realm'> = {
  mediaTransports: ['udp', 'tcp-passive'],
  inviteTimeoutMs: 8_000,
  firstMediaTimeoutMs: 6_000,
  otherWayAfterMs: 4_000,
  wayMemoryMs: DAY_MS,
  silenceTimeoutMs: 15_000,
  viewerGraceMs: 10_000,
  openLeaseMs: 10_000,
  failureMemoryMs: 2_000,
  maxSessions: 1_000,
  downloads: { maxRunning: 4, maxKnown: 200, maxBytes: 20 * 1024 ** 3, keepMs: DAY_MS },
  ptzDeadManMs: 10_000,
  maxMoving: 10_000,
  grantDefaultTtlS: 86_400,
  grantMinTtlS: 30,
  grantMaxTtlS: 62_208_000,
  grantKeyRotationMs: 30 * DAY_MS,
  maxCancelledGrants: 100_000,
  tokenLifeMs: 7 * DAY_MS,
  maxTokensPerApp: 10_000,
  secretTriesPerSource: 10,
  secretTriesPerKey: 50,
  secretTriesWindowMs: 600_000,
  maxTalks: 200,
  maxTalkMs: 3_600_000,
  maxDevices: 200_000,
  maxChannelsPerDevice: 10_000,
  catalogConcurrency: 256,
  catalogJitterMs: 300,
  catalogRetryMs: 60_000,
  writeBehindMs: 5_000,
  reports: DEFAULT_REPORT_SETTINGS,
};
