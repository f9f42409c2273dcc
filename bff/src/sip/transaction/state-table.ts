import type { TimerName } from './timers.ts';

/** What a transition does to a timer: start it, start it again with a longer delay, with T2, or take it back. */
export type TimerAction =
  `start-${TimerName}` | `repeat-${TimerName}` | `slow-${TimerName}` | `stop-${TimerName}`;

/** A timer that fell due. */
export type TimerEvent = `timer-${TimerName}`;

/** Where an event leads, and what is to be done on the way, in order. */
export interface Transition<State extends string, Action extends string> {
  readonly to: State;
  readonly actions: readonly (Action | TimerAction)[];
}

/** A machine as data; an event that a state does not name is absorbed there. */
export type StateTable<State extends string, Event extends string, Action extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Event, Transition<State, Action>>>>>
>;

/** One step. Pure: the same state and event always give the same transition; undefined absorbs the event. */
export function step<State extends string, Event extends string, Action extends string>(
  table: StateTable<State, Event, Action>,
  state: State,
  event: Event,
): Transition<State, Action> | undefined {
  return table[state][event];
}

/** Shorthand of the tables. */
export function to<State extends string, Action extends string>(
  state: State,
  ...actions: readonly Action[]
): { readonly to: State; readonly actions: readonly Action[] } {
  return { to: state, actions };
}
