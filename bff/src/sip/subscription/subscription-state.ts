import { detach, type SipMessage } from 'sip-parser-lite';

/** What a Subscription-State says (RFC 6665 §8.2.3). */
export interface SubscriptionState {
  readonly state: 'active' | 'pending' | 'terminated';
  /** Time that is left, s; undefined when it is not said. */
  readonly expiresS: number | undefined;
  /** Why it was terminated, e.g. `deactivated`, `timeout`, `noresource`. */
  readonly reason: string | undefined;
  /** How long to wait before asking anew, s. */
  readonly retryAfterS: number | undefined;
}

const ACTIVE: SubscriptionState = {
  state: 'active',
  expiresS: undefined,
  reason: undefined,
  retryAfterS: undefined,
};
const MAX_REASON = 32;

/**
 * Reads the Subscription-State of a NOTIFY. Vendor: some leave it out, or write a state of their own: the subscription
 * stands then. Of `expires=0` with a state that is active nothing is learnt either.
 */
export function subscriptionStateOf(notify: SipMessage): SubscriptionState {
  const value = notify.header('Subscription-State');
  if (value === undefined) return ACTIVE;
  const [word = '', ...params] = value.split(';');
  const named = word.trim().toLowerCase();
  const state = named === 'terminated' || named === 'pending' ? named : 'active';
  const paramOf = (name: string): string | undefined => {
    for (const param of params) {
      const equals = param.indexOf('=');
      if (equals > 0 && param.slice(0, equals).trim().toLowerCase() === name)
        return param.slice(equals + 1).trim();
    }
    return undefined;
  };
  const reason = paramOf('reason')?.toLowerCase().slice(0, MAX_REASON);
  return {
    state,
    expiresS: seconds(paramOf('expires')),
    reason: reason === undefined ? undefined : detach(reason),
    retryAfterS: seconds(paramOf('retry-after')),
  };
}

/** A number of seconds; undefined for 0 and for what is none. */
function seconds(text: string | undefined): number | undefined {
  const value = text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return value > 0 ? value : undefined;
}
