import { RejectedResponse, type SubscriptionEnd } from '../../sip/index.ts';

/** Refreshed at this part of the time that is left; the rest is for attempts that fail. */
const REFRESH_AT = 0.8;
const SHORTEST_REFRESH_MS = 10_000;
const FIRST_RETRY_S = 30;
const LONGEST_RETRY_S = 3_600;
/** Final answers that refuse the subscription itself, not the moment (RFC 6665 §4.2.1, RFC 3261 §21). */
const REFUSALS: ReadonlySet<number> = new Set([400, 403, 404, 405, 406, 415, 420, 488, 489, 501, 603, 606]);
/** Reasons of a notifier that will not be asked again soon (RFC 6665 §4.1.3). */
const FINAL_REASONS: ReadonlySet<string> = new Set(['rejected', 'noresource', 'invariant']);

/** Whether the device does not want to, rather than cannot now. */
export function isRefusal(error: unknown): boolean {
  return error instanceof RejectedResponse && REFUSALS.has(error.status);
}

/** How long to wait before the next attempt, s: what the device says, or twice as long each time up to an hour. */
export function retryAfterS(error: unknown, failures: number): number {
  if (isRefusal(error)) return LONGEST_RETRY_S;
  const asked = error instanceof RejectedResponse ? error.retryAfterS : undefined;
  const own = FIRST_RETRY_S * 2 ** Math.min(failures - 1, 10);
  return Math.min(LONGEST_RETRY_S, Math.max(asked ?? 0, own));
}

/** How long to wait after the device itself ended a subscription, s. */
export function resumeAfterS({ by, reason, retryAfterS: asked }: SubscriptionEnd): number {
  if (by !== 'remote') return 1;
  if (reason !== undefined && FINAL_REASONS.has(reason)) return LONGEST_RETRY_S;
  // §4.1.3: `deactivated` and `timeout` may be asked anew at once; a device that keeps ending it is not hammered.
  return Math.min(LONGEST_RETRY_S, Math.max(asked ?? 0, reason === 'deactivated' ? 1 : FIRST_RETRY_S));
}

/** How long to wait before a subscription is refreshed that has `leftMs` left. */
export function refreshInMs(leftMs: number): number {
  return Math.max(SHORTEST_REFRESH_MS, leftMs * REFRESH_AT);
}
