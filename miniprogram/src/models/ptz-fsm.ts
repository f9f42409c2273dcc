import type { SteerMove } from './ptz-move.ts';

/** The wish of the finger and what the camera was told of it. One start and one stop are under way at most. */
export interface PtzState {
  /** What the finger asks for now. */
  readonly wanted: SteerMove | undefined;
  /** What the camera was told to do and not yet told to leave, as far as answers say. */
  readonly started: SteerMove | undefined;
  /** The start whose answer is awaited. */
  readonly starting: SteerMove | undefined;
  /** The stop whose answer is awaited. */
  readonly stopping: SteerMove | undefined;
  /** The stop may no longer wait for the answer to its start. */
  readonly hurried: boolean;
  /** A stop failed this often in a row. */
  readonly stopTries: number;
}

export const PTZ_TIMERS = ['grace', 'repeat', 'stop-again'] as const;

export type PtzTimer = (typeof PTZ_TIMERS)[number];

export type PtzInput =
  | { readonly type: 'press'; readonly move: SteerMove }
  | { readonly type: 'release' }
  /** The page goes out of sight or away: nothing may wait any more. */
  | { readonly type: 'leave' }
  | { readonly type: 'start-answered'; readonly accepted: boolean }
  | { readonly type: 'stop-answered'; readonly accepted: boolean }
  | { readonly type: 'timer'; readonly timer: PtzTimer };

export type PtzEffect =
  | { readonly do: 'send-start' | 'send-stop'; readonly move: SteerMove }
  | { readonly do: 'start-timer'; readonly timer: PtzTimer; readonly delayMs: number }
  | { readonly do: 'stop-timer'; readonly timer: PtzTimer };

export interface PtzStep {
  readonly state: PtzState;
  readonly effects: readonly PtzEffect[];
}

export const INITIAL_PTZ_STATE: PtzState = {
  wanted: undefined,
  started: undefined,
  starting: undefined,
  stopping: undefined,
  hurried: false,
  stopTries: 0,
};

/** A stop overtakes a start on the way if it is sent too early; after this long it is sent all the same, ms. */
export const STOP_GRACE_MS = 1500;

/** A held direction is told again, so that the server's dead-man's stop (10 s) does not end it, ms. */
export const REPEAT_MS = 4000;

const STOP_AGAIN_MS = 300;

/** Stops that failed in a row after which the server's dead-man's stop must do. */
export const STOP_TRIES = 4;

function same(a: SteerMove | undefined, b: SteerMove | undefined): boolean {
  return a?.direction === b?.direction && a?.speed === b?.speed;
}

function stopNow(state: PtzState, move: SteerMove): PtzStep {
  return {
    state: { ...state, stopping: move },
    effects: [
      { do: 'stop-timer', timer: 'grace' },
      { do: 'stop-timer', timer: 'repeat' },
      { do: 'send-stop', move },
    ],
  };
}

function startNow(state: PtzState, move: SteerMove): PtzStep {
  return {
    state: { ...state, started: move, starting: move, hurried: false, stopTries: 0 },
    effects: [{ do: 'send-start', move }],
  };
}

/** Brings what the camera was told nearer to what is wanted: one stop before any other start. */
function reconcile(state: PtzState): PtzStep {
  const { wanted, started, starting, stopping, hurried } = state;
  if (stopping !== undefined) return { state, effects: [] };
  if (started !== undefined && !same(wanted, started)) {
    if (starting === undefined || hurried) return stopNow(state, started);
    return { state, effects: [{ do: 'start-timer', timer: 'grace', delayMs: STOP_GRACE_MS }] };
  }
  // A start on its way would come after this one: its answer goes first.
  if (started === undefined && wanted !== undefined && starting === undefined) return startNow(state, wanted);
  return { state, effects: [] };
}

function startAnswered(state: PtzState, accepted: boolean): PtzStep {
  const { starting, started, wanted } = state;
  // A stop that was sent meanwhile may have overtaken the start: the camera may still be moving.
  const next: PtzState = { ...state, starting: undefined, started: started ?? starting };
  if (!accepted) {
    // Even a refused start may have reached the camera: it is stopped, and not tried again.
    return reconcile({ ...next, wanted: same(wanted, starting) ? undefined : wanted });
  }
  const step = reconcile(next);
  if (step.effects.length > 0 || !same(next.wanted, next.started)) return step;
  return { state: step.state, effects: [{ do: 'start-timer', timer: 'repeat', delayMs: REPEAT_MS }] };
}

function stopAnswered(state: PtzState, accepted: boolean): PtzStep {
  const stopTries = accepted ? 0 : state.stopTries + 1;
  if (!accepted && stopTries < STOP_TRIES) {
    return {
      state: { ...state, stopTries },
      effects: [{ do: 'start-timer', timer: 'stop-again', delayMs: STOP_AGAIN_MS }],
    };
  }
  return reconcile({ ...state, stopping: undefined, started: undefined, stopTries: 0 });
}

function timeUp(state: PtzState, timer: PtzTimer): PtzStep {
  const { started, stopping, wanted } = state;
  switch (timer) {
    case 'grace':
      return reconcile({ ...state, hurried: true });
    case 'repeat':
      if (started === undefined || stopping !== undefined || !same(wanted, started))
        return { state, effects: [] };
      return { state: { ...state, starting: started }, effects: [{ do: 'send-start', move: started }] };
    case 'stop-again':
      if (stopping === undefined) return { state, effects: [] };
      return { state, effects: [{ do: 'send-stop', move: stopping }] };
  }
}

/** One transition. Pure; the stop that follows a start names the start's own direction and speed. */
export function stepPtz(state: PtzState, input: PtzInput): PtzStep {
  switch (input.type) {
    case 'press':
      return reconcile({ ...state, wanted: input.move });
    case 'release':
      return reconcile({ ...state, wanted: undefined });
    case 'leave':
      return reconcile({ ...state, wanted: undefined, hurried: true });
    case 'start-answered':
      return startAnswered(state, input.accepted);
    case 'stop-answered':
      return stopAnswered(state, input.accepted);
    case 'timer':
      return timeUp(state, input.timer);
  }
}
