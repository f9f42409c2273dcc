import type { PlaybackCommand } from '../media/mansrtsp.ts';

/** How media goes up, as our side of it: `tcp-active` dials, `tcp-passive` is dialled. */
export type UpperTransport = 'udp' | 'tcp-passive' | 'tcp-active';

/** What an upper platform may order of the channels that it is shown. */
export type UpperControl = 'none' | 'steer' | 'all';

/** An upper platform and how we appear to it. */
export interface UpperPlatform {
  /** The caller's own number for it. */
  readonly key: number;
  /** Its ID, 20 digits. */
  readonly gbId: string;
  /** Its SIP domain, by rule the first ten digits of its ID. */
  readonly domain: string;
  /** IP address or host name. */
  readonly host: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp';
  /** The ID under which we register, 20 digits. */
  readonly localGbId: string;
  /** Digest user name, by rule our ID. */
  readonly username: string;
  readonly password: string;
  readonly expiresS: number;
  readonly keepaliveS: number;
  /** Keepalives without an answer after which it counts as lost. */
  readonly keepaliveMisses: number;
  /** Edition of what we send: `2.0` GB2312, `3.0` GB 18030. */
  readonly gbVersion: '2.0' | '3.0';
  readonly control: UpperControl;
}

export type UpperPhase = 'registering' | 'registered' | 'waiting' | 'stopped';

/** Where the registration to an upper platform stands. */
export interface UpperState {
  readonly phase: UpperPhase;
  /** UTC ms; undefined unless registered. */
  readonly registeredAtMs: number | undefined;
  /** What went wrong last, in plain words; undefined when nothing did. */
  readonly lastError: string | undefined;
  readonly lastErrorAtMs: number | undefined;
  /** Its clock minus ours, ms, as its Date header told (GB/T 28181-2016 §9.10); undefined when it tells none. */
  readonly clockOffsetMs: number | undefined;
}

/** One item of what an upper platform is shown (annex A.2.1 e). */
export interface SharedItem {
  /** 20 digits for a channel, a business group (215), a virtual organisation (216); 2, 4, 6 or 8 for a region. */
  readonly gbId: string;
  readonly name: string;
  readonly manufacturer: string | undefined;
  readonly model: string | undefined;
  readonly civilCode: string | undefined;
  readonly address: string | undefined;
  /** Several joined by `/`. */
  readonly parentId: string | undefined;
  readonly businessGroupId: string | undefined;
  readonly online: boolean;
  readonly ptzType: number | undefined;
}

/** A change of the catalogue (annex N of 2022, P of 2016): ADD and UPDATE carry the whole item. */
export interface CatalogChange {
  readonly event: 'ON' | 'OFF' | 'ADD' | 'DEL' | 'UPDATE';
  readonly gbId: string;
  readonly item: SharedItem | undefined;
}

/** An alarm as it goes up (annex A.2.5 b). */
export interface UpperAlarm {
  readonly gbId: string;
  readonly priority: number;
  readonly method: number;
  /** UTC ms. */
  readonly atMs: number;
  readonly description: string | undefined;
  readonly type: number | undefined;
  readonly eventType: number | undefined;
  readonly longitude: number | undefined;
  readonly latitude: number | undefined;
}

/** A position as it goes up (annex A.2.5 f). */
export interface UpperPosition {
  readonly gbId: string;
  readonly atMs: number;
  readonly longitude: number;
  readonly latitude: number;
  readonly speedKmh: number | undefined;
  readonly directionDeg: number | undefined;
  readonly altitudeM: number | undefined;
}

/** Where a dome looks, as it goes up (-2022 annex A.2.6.15). */
export interface UpperDirection {
  readonly gbId: string;
  readonly pan: number | undefined;
  readonly tilt: number | undefined;
  readonly zoom: number | undefined;
}

/** The camera behind an ID that an upper platform knows. */
export interface SharedChannel {
  readonly deviceGbId: string;
  readonly channelGbId: string;
}

/** What an upper platform asks to be sent (annex F). */
export interface UpperMediaOrder {
  readonly upperKey: number;
  readonly gbId: string;
  readonly kind: 'play' | 'playback' | 'download';
  readonly streamNumber: 0 | 1;
  /** UTC s; 0 for live media. */
  readonly startS: number;
  readonly endS: number;
  readonly downloadSpeed: number | undefined;
  readonly target: {
    readonly transport: UpperTransport;
    readonly address: string;
    readonly port: number;
    readonly ssrc: number;
    readonly payloadType: number;
  };
}

/** Media on its way to an upper platform. */
export interface UpperMedia {
  /** Where it comes from, for the answer. */
  readonly address: string;
  readonly port: number;
  /** Octets of a recording, when the device said. */
  readonly fileSize: number | undefined;
  /** Resolves when the device has consented; rejects with GbFailure, whose `status` is what is answered. */
  control(command: PlaybackCommand): Promise<void>;
  /** Idempotent; never rejects. */
  close(): Promise<void>;
  /** `over`: all of a recording was sent. */
  onEnded(handler: (why: 'over' | 'lost') => void): void;
}

/** Who answers what upper platforms ask; everything but media is in memory. Refusals are GbFailures. */
export interface CascadeService {
  /** Items at or below `gbId`: our own ID for all; undefined for an ID that is not shown to it. */
  catalog(upperKey: number, gbId: string): readonly SharedItem[] | undefined;
  find(upperKey: number, gbId: string): SharedChannel | undefined;
  item(upperKey: number, gbId: string): SharedItem | undefined;
  about(upperKey: number): {
    readonly name: string;
    readonly manufacturer: string;
    readonly model: string;
    readonly firmware: string;
    readonly channels: number;
  };
  /** Rejects with GbFailure, whose `status` is what the upper platform is answered. */
  openMedia(order: UpperMediaOrder): Promise<UpperMedia>;
}

export interface CascadeEvents {
  readonly state: [key: number, state: UpperState];
}

/** Yimu as a lower platform (GB/T 28181-2016 §4.1.2, annexes K, M, P): a device towards others. */
export interface Cascade {
  on<Name extends keyof CascadeEvents>(
    name: Name,
    listener: (...args: CascadeEvents[Name]) => void,
  ): () => void;
  /** Who answers; called once, before the first {@link join}. */
  serve(service: CascadeService): void;
  /** Registers, and stays registered until {@link leave}. Throws GbFailure `exhausted` beyond the limit. */
  join(upper: UpperPlatform): void;
  /** Ends what runs for it and takes the registration back; idempotent, never rejects. */
  leave(key: number): Promise<void>;
  state(key: number): UpperState | undefined;
  /** To every catalogue subscription of it; what it watches or moves of channels that are not shown any more ends. */
  notifyCatalog(key: number, changes: readonly CatalogChange[]): void;
  notifyAlarm(key: number, alarm: UpperAlarm): void;
  notifyPosition(key: number, position: UpperPosition): void;
  notifyDirection(key: number, direction: UpperDirection): void;
}
