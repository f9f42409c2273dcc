/** What a device can be subscribed to (GB/T 28181-2016 §9.11, -2022 §9.11). */
export type SubscriptionKind = 'catalog' | 'alarm' | 'position' | 'ptz-position';

/** A subscription that is wanted of a device. */
export interface SubscriptionWish {
  readonly kind: SubscriptionKind;
  /** Whom it is about; default the device. PTZ positions are those of one camera. */
  readonly channelGbId?: string | undefined;
  /** How often a position is to be told, s; default 5. */
  readonly intervalS?: number | undefined;
}

/**
 * `waiting`: the device is away, or its turn has not come. `asking`: SUBSCRIBE is on its way. `active`: stands.
 * `refused`: the device does not want to, and is asked again later. `failed`: no answer; asked again.
 */
export type SubscriptionPhase = 'waiting' | 'asking' | 'active' | 'refused' | 'failed';

/** How a subscription that is wanted stands. */
export interface SubscriptionStatus extends SubscriptionWish {
  readonly phase: SubscriptionPhase;
  /** UTC ms; undefined unless it stands. */
  readonly expiresAtMs: number | undefined;
  /** UTC ms; undefined when none came. */
  readonly lastNotifiedAtMs: number | undefined;
  readonly notified: number;
  /** Final SIP status that refused it last. */
  readonly refusedBy: number | undefined;
}

/** Subscriptions to devices. What is wanted is kept while a device is away. */
export interface GbSubscriptions {
  /**
   * Says what is wanted of a device from now on, in place of what was: new ones begin when it is online, others end.
   * More than eight are refused with GbFailure `exhausted`.
   */
  want(gbId: string, wishes: readonly SubscriptionWish[]): void;
  /** What is wanted of a device, and how it stands. */
  status(gbId: string): readonly SubscriptionStatus[];
}
