/** Bounds of what upper platforms make this side hold, and the times of a registration. */
export interface CascadeLimits {
  readonly maxUppers: number;
  /** Media sessions of one upper platform. */
  readonly maxCallsPerUpper: number;
  /** Subscriptions of one upper platform. */
  readonly maxSubscriptionsPerUpper: number;
  /** Longest time that a subscription is granted, s. */
  readonly maxSubscriptionS: number;
  /** Questions and orders of one upper platform that wait for a device. */
  readonly maxRelaysPerUpper: number;
  /** Time for a device's answer to a question that was passed on, ms. */
  readonly relayTimeoutMs: number;
  /** How long a movement lasts that the upper platform does not stop, ms. */
  readonly movementMs: number;
  /** Wait before another attempt to register after one was refused (§9.1.1: 60 s at least), ms. */
  readonly retryMs: number;
  /** The first wait after the upper platform was lost or out of reach; it doubles up to `retryMs`. */
  readonly firstRetryMs: number;
  /** Time for a SIP answer, ms. */
  readonly answerMs: number;
}

/** The defaults. */
export const CASCADE_LIMITS: CascadeLimits = {
  maxUppers: 32,
  maxCallsPerUpper: 256,
  maxSubscriptionsPerUpper: 16,
  maxSubscriptionS: 86_400,
  maxRelaysPerUpper: 64,
  relayTimeoutMs: 30_000,
  movementMs: 60_000,
  retryMs: 60_000,
  firstRetryMs: 2_000,
  answerMs: 5_000,
};
