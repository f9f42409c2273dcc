/** Timers of RFC 3261 table 4 and RFC 6026 that a transaction can start. */
export type TimerName = 'A' | 'B' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M';

/** Round-trip time estimate, ms (RFC 3261 §17.1.1.1). */
export const T1_MS = 500;
/** Longest interval between repeated non-INVITE requests and INVITE responses, ms. */
export const T2_MS = 4_000;
/** Longest time that a message stays in the network, ms. */
const T4_MS = 5_000;

/** 64·T1: when a transaction gives up, ms. */
export const GIVE_UP_MS = 64 * T1_MS;

/** How long a timer runs over a transport; `undefined`: it is not used there. */
interface TimerDelays {
  readonly unreliable: number | undefined;
  readonly reliable: number | undefined;
}

const onlyUnreliable = (delayMs: number): TimerDelays => ({ unreliable: delayMs, reliable: undefined });
const both = (delayMs: number): TimerDelays => ({ unreliable: delayMs, reliable: delayMs });
/** Waits for stragglers, of which a reliable transport has none. */
const lingering = (delayMs: number): TimerDelays => ({ unreliable: delayMs, reliable: 0 });

const DELAYS: Readonly<Record<TimerName, TimerDelays>> = {
  A: onlyUnreliable(T1_MS),
  B: both(GIVE_UP_MS),
  D: lingering(GIVE_UP_MS),
  E: onlyUnreliable(T1_MS),
  F: both(GIVE_UP_MS),
  G: onlyUnreliable(T1_MS),
  H: both(GIVE_UP_MS),
  I: lingering(T4_MS),
  J: lingering(GIVE_UP_MS),
  K: lingering(T4_MS),
  L: both(GIVE_UP_MS),
  M: both(GIVE_UP_MS),
};

/** How long a timer runs when it is started first, ms; 0 falls due at once, undefined is never started. */
export function firstDelayMs(timer: TimerName, reliable: boolean): number | undefined {
  return reliable ? DELAYS[timer].reliable : DELAYS[timer].unreliable;
}

/** How long a repeating timer runs next: twice as long, but for Timer A (§17.1.1.2) at most T2. */
export function nextDelayMs(timer: TimerName, previousMs: number): number {
  return timer === 'A' ? previousMs * 2 : Math.min(previousMs * 2, T2_MS);
}
