/** An alarm as a device told it. */
export interface ToldAlarm {
  /** The alarm input, the camera or the device itself. */
  readonly sourceGbId: string;
  /** 1–4, 1 the gravest. */
  readonly priority: number | undefined;
  /** 1 telephone, 2 device, 3 SMS, 4 GPS, 5 video, 6 device fault, 7 other. */
  readonly method: number | undefined;
  readonly type: number | undefined;
  /** Of an intrusion: 1 enter, 2 leave. */
  readonly eventType: number | undefined;
  /** UTC ms; undefined when the device's time cannot be read. */
  readonly atMs: number | undefined;
  readonly description: string | undefined;
  readonly longitude: number | undefined;
  readonly latitude: number | undefined;
}

/** Where something was, as a device told it. Degrees, km/h, m. */
export interface ToldPosition {
  readonly sourceGbId: string;
  readonly atMs: number | undefined;
  readonly longitude: number;
  readonly latitude: number;
  readonly speed: number | undefined;
  readonly direction: number | undefined;
  readonly altitude: number | undefined;
  readonly height: number | undefined;
}

/** Where a dome looks. Degrees; zoom in times. */
export interface ToldDirection {
  readonly pan: number | undefined;
  readonly tilt: number | undefined;
  readonly zoom: number | undefined;
}

export type SubscribedTo = 'catalog' | 'alarm' | 'position' | 'ptz-position';

/** A subscription that is wanted of a device. */
export interface WantedSubscription {
  readonly kind: SubscribedTo;
  /** One camera; default the whole device. */
  readonly channelGbId?: string | undefined;
  /** How often a position is told, s. */
  readonly intervalS?: number | undefined;
}

/** How a subscription that is wanted stands. */
export interface StandingSubscription extends WantedSubscription {
  readonly phase: 'waiting' | 'asking' | 'active' | 'refused' | 'failed';
  readonly expiresAtMs: number | undefined;
  readonly lastNotifiedAtMs: number | undefined;
  readonly notified: number;
  /** SIP status that refused it last. */
  readonly refusedBy: number | undefined;
}

export interface ReportEvents {
  /** Whoever hands a promise to `waitFor` at once delays the answer to the device until it is settled. */
  readonly alarm: [gbId: string, alarm: ToldAlarm, waitFor?: ((stored: Promise<void>) => void) | undefined];
  readonly positions: [gbId: string, positions: readonly ToldPosition[]];
  /** A camera asks to be watched. */
  readonly videoOffered: [gbId: string, sourceGbId: string];
  readonly direction: [gbId: string, channelGbId: string, direction: ToldDirection];
  /** What is out of order at a device, whenever that changes; empty: all is well again. */
  readonly faults: [gbId: string, faultyGbIds: readonly string[]];
}

/** What devices tell unasked, and how they are made to tell it. Refusals are CoreErrors as those of signalling. */
export interface ReportsPort {
  on<Name extends keyof ReportEvents>(
    name: Name,
    listener: (...args: ReportEvents[Name]) => void,
  ): () => void;
  /** What is wanted of a device from now on; kept while it is away. */
  want(gbId: string, wanted: readonly WantedSubscription[]): void;
  standing(gbId: string): readonly StandingSubscription[];
  /** Arms or disarms a device, or one camera of it. */
  guard(gbId: string, targetGbId: string, on: boolean): Promise<void>;
  /** Tells a device that an alarm was dealt with; some stay silent until then. */
  resetAlarm(
    gbId: string,
    targetGbId: string,
    which: { readonly method: number | undefined; readonly type: number | undefined },
  ): Promise<void>;
}
