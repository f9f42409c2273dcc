import type { MediaTransport, PlaybackOrder } from './signalling.ts';

/** What an upper platform may order: nothing, movements and pictures only, or all that a device understands. */
export type UpperControl = 'none' | 'steer' | 'all';

/** An upper platform as it is kept. */
export interface UpperRecord {
  readonly id: number;
  readonly name: string;
  /** Its ID, 20 digits. */
  readonly gbId: string;
  readonly domain: string;
  /** IP address or host name. */
  readonly host: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp';
  /** The ID under which we register, 20 digits. */
  readonly localGbId: string;
  readonly username: string;
  /** Sealed password. */
  readonly credential: string;
  readonly enabled: boolean;
  readonly expiresS: number;
  readonly keepaliveS: number;
  readonly keepaliveMisses: number;
  readonly gbVersion: '2.0' | '3.0';
  readonly control: UpperControl;
  /** Administrative region under which it finds what we show, 2–8 digits. */
  readonly civilCode: string | undefined;
  /** What it is shown hangs in a business group (215) and in a virtual organisation (216) for each device. */
  readonly organisations: boolean;
  readonly createdAtMs: number;
}

/** A channel that an upper platform is shown, and the ID that it has there for ever. */
export interface ShareRecord {
  readonly upperId: number;
  readonly deviceId: number;
  readonly channelId: number;
  /** 20 digits, once in each upper platform. */
  readonly gbId: string;
}

/** Upper platforms at rest. Each call is one transaction and durable when it resolves. */
export interface CascadeRepository {
  loadUppers(): Promise<readonly UpperRecord[]>;
  loadShares(): Promise<readonly ShareRecord[]>;
  insertUpper(upper: Omit<UpperRecord, 'id'>): Promise<UpperRecord>;
  updateUpper(upper: UpperRecord): Promise<void>;
  /** Takes its shares along. */
  removeUpper(id: number): Promise<void>;
  addShares(shares: readonly ShareRecord[]): Promise<void>;
  removeShares(upperId: number, gbIds: readonly string[]): Promise<void>;
}

/** An upper platform to register to. */
export interface UpperConnection extends Pick<
  UpperRecord,
  | 'gbId'
  | 'domain'
  | 'host'
  | 'port'
  | 'transport'
  | 'localGbId'
  | 'username'
  | 'expiresS'
  | 'keepaliveS'
  | 'keepaliveMisses'
  | 'gbVersion'
  | 'control'
> {
  /** Its id. */
  readonly key: number;
  readonly password: string;
}

/** Where a registration upward stands. */
export interface UpperRegistration {
  readonly phase: 'registering' | 'registered' | 'waiting' | 'stopped';
  readonly registeredAtMs: number | undefined;
  readonly lastError: string | undefined;
  readonly lastErrorAtMs: number | undefined;
  /** Its clock minus ours, ms. */
  readonly clockOffsetMs: number | undefined;
}

/** What an upper platform sees of a channel, a business group, a virtual organisation, or a region (2–8 digits). */
export interface ShownItem {
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

/** A change of what an upper platform sees. */
export interface ShownChange {
  readonly event: 'ON' | 'OFF' | 'ADD' | 'DEL' | 'UPDATE';
  readonly gbId: string;
  /** With ADD and UPDATE. */
  readonly item: ShownItem | undefined;
}

/** An alarm for upper platforms; numbers as in GB/T 28181-2016 annex A.2.5 b. */
export interface UpwardAlarm {
  readonly gbId: string;
  readonly priority: number;
  readonly method: number;
  readonly atMs: number;
  readonly description: string | undefined;
  readonly type: number | undefined;
  readonly eventType: number | undefined;
  readonly longitude: number | undefined;
  readonly latitude: number | undefined;
}

/** A position for upper platforms. */
export interface UpwardPosition {
  readonly gbId: string;
  readonly atMs: number;
  readonly longitude: number;
  readonly latitude: number;
  readonly speedKmh: number | undefined;
  readonly directionDeg: number | undefined;
  readonly altitudeM: number | undefined;
}

/** Where a dome looks, for upper platforms; degrees, and times of zoom. */
export interface UpwardDirection {
  readonly gbId: string;
  readonly pan: number | undefined;
  readonly tilt: number | undefined;
  readonly zoom: number | undefined;
}

/** What an upper platform wants to be sent. */
export interface UpwardMediaOrder {
  readonly upperKey: number;
  readonly gbId: string;
  readonly kind: 'play' | 'playback' | 'download';
  readonly streamNumber: 0 | 1;
  /** UTC s. */
  readonly startS: number;
  readonly endS: number;
  readonly downloadSpeed: number | undefined;
  readonly target: {
    readonly transport: MediaTransport;
    readonly address: string;
    readonly port: number;
    readonly ssrc: number;
    readonly payloadType: number;
  };
}

/** Media that goes up. */
export interface UpwardMedia {
  readonly address: string;
  readonly port: number;
  /** Octets of a recording, when its device said. */
  readonly fileSize: number | undefined;
  /** Resolves when the device has consented. Refuses with NOT_SUPPORTED_BY_DEVICE where nothing can be steered. */
  control(order: PlaybackOrder): Promise<void>;
  /** Idempotent; never rejects. */
  close(): Promise<void>;
  onEnded(handler: (why: 'over' | 'lost') => void): void;
}

/** The core's answers to upper platforms. Refusals are CoreErrors. */
export interface UpwardAnswers {
  /** Our own ID, or that of a region or channel; undefined for what is not shown. */
  catalog(upperKey: number, gbId: string): readonly ShownItem[] | undefined;
  find(
    upperKey: number,
    gbId: string,
  ): { readonly deviceGbId: string; readonly channelGbId: string } | undefined;
  item(upperKey: number, gbId: string): ShownItem | undefined;
  about(upperKey: number): {
    readonly name: string;
    readonly manufacturer: string;
    readonly model: string;
    readonly firmware: string;
    readonly channels: number;
  };
  openMedia(order: UpwardMediaOrder): Promise<UpwardMedia>;
}

/** The core's door to upper platforms (GB/T 28181-2016 §4.1.2). */
export interface CascadePort {
  /** The ID under which this platform is known unless another is chosen. */
  readonly ownGbId: string;
  serve(answers: UpwardAnswers): void;
  /** Registers and stays registered. Refuses with QUOTA_EXCEEDED. */
  join(upper: UpperConnection): void;
  /** Idempotent; never rejects. */
  leave(key: number): Promise<void>;
  registration(key: number): UpperRegistration | undefined;
  notifyCatalog(key: number, changes: readonly ShownChange[]): void;
  notifyAlarm(key: number, alarm: UpwardAlarm): void;
  notifyPosition(key: number, position: UpwardPosition): void;
  notifyDirection(key: number, direction: UpwardDirection): void;
}
