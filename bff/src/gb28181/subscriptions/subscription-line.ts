import type { SubscribeAttempt, Subscription } from '../../sip/index.ts';
import type { SubscriptionPhase, SubscriptionStatus, SubscriptionWish } from './types.ts';

/** One subscription that is wanted of one device, and what became of it. Times are on the monotonic line, ms. */
export class SubscriptionLine {
  readonly gbId: string;
  readonly wish: SubscriptionWish;
  /** Slot of the wheel that holds it. */
  slot = 0;
  /** When something is to be done: asked, or refreshed. */
  dueMs = Infinity;
  phase: SubscriptionPhase = 'waiting';
  subscription: Subscription | undefined;
  attempt: SubscribeAttempt | undefined;
  /** Time to ask for, s: the device may have named a longest or shortest. */
  expiresS: number;
  /** The device knows no event but `presence`. */
  plainEvent = false;
  failures = 0;
  refusedBy: number | undefined;
  /** When a SUBSCRIBE was answered last. */
  confirmedMs = -Infinity;
  /** When a SUBSCRIBE failed last. */
  failedMs = -Infinity;
  /** UTC ms. */
  lastNotifiedAtMs: number | undefined;
  notified = 0;

  constructor(gbId: string, wish: SubscriptionWish, expiresS: number) {
    this.gbId = gbId;
    this.wish = wish;
    this.expiresS = expiresS;
  }

  get key(): string {
    return keyOf(this.wish);
  }

  /**
   * Whether a device that registers again is asked. It may have restarted as if nothing had been: a refresh of what
   * stands finds out, by 481. What was not answered may be now; what was refused or ended by the device has its time.
   */
  get isWorthAsking(): boolean {
    return this.subscription !== undefined || this.phase === 'failed';
  }

  status(utcOffsetMs: number): SubscriptionStatus {
    const { subscription, phase, lastNotifiedAtMs, notified, refusedBy } = this;
    return {
      ...this.wish,
      phase,
      expiresAtMs:
        subscription === undefined || subscription.expiresMs === 0
          ? undefined
          : Math.round(subscription.expiresMs + utcOffsetMs),
      lastNotifiedAtMs,
      notified,
      refusedBy,
    };
  }
}

/** Equal wishes have equal keys. */
export function keyOf({ kind, channelGbId, intervalS }: SubscriptionWish): string {
  return `${kind} ${channelGbId ?? ''} ${String(intervalS ?? '')}`;
}
