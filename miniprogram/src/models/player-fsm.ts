import type { Failure } from './failure.ts';
import { POLICY } from './player-policy.ts';
import type { PlayerSignal } from './player-code.ts';

export const PLAYER_PHASES = [
  /** Nothing is wanted. */
  'idle',
  /** The address is asked for. */
  'requesting',
  /** The player has an address and no picture yet. */
  'connecting',
  'playing',
  /** The picture stands still while data is on its way. */
  'buffering',
  /** The connection broke and the player itself tries again. */
  'reconnecting',
  /** A pause before the next try with a new address. */
  'waiting',
  /** The phone has no network. */
  'no-network',
  /** The page is out of sight; the picture comes back with it. */
  'background',
  'failed',
] as const;

export type PlayerPhase = (typeof PLAYER_PHASES)[number];

export const PLAYER_TIMERS = ['picture', 'halt', 'self-reconnect', 'retry', 'steady'] as const;

export type PlayerTimer = (typeof PLAYER_TIMERS)[number];

export type PlayerInput =
  | {
      readonly type:
        'play' | 'stop' | 'hide' | 'show' | 'reload' | 'network-lost' | 'network-back' | 'network-weak';
    }
  | { readonly type: 'address' }
  | { readonly type: 'refused'; readonly failure: Failure }
  /** What the API says of the device meanwhile rules the picture out: it was deleted, or it is encrypted. */
  | { readonly type: 'ruled-out'; readonly failure: Failure }
  | { readonly type: PlayerSignal; readonly failure: Failure }
  | { readonly type: 'timer'; readonly timer: PlayerTimer };

export type PlayerEffect =
  | { readonly do: 'ask-address' | 'start-player' | 'nudge-player' | 'stop-player' | 'stop-timers' }
  | { readonly do: 'keep-awake'; readonly on: boolean }
  | { readonly do: 'start-timer'; readonly timer: PlayerTimer; readonly delayMs: number };

export interface PlayerState {
  readonly phase: PlayerPhase;
  /** How far `connecting` is: 0 dialling, 1 connected, 2 data comes. */
  readonly progress: 0 | 1 | 2;
  /** Tries in vain since the last steady picture. */
  readonly tries: number;
  /** Of these, tries that brought no picture though nothing broke. */
  readonly silentTries: number;
  /** An address that had expired was replaced once already. */
  readonly renewed: boolean;
  /** The picture stands still for longer than an eye forgives. */
  readonly halted: boolean;
  /** Stutters since the last steady stretch. */
  readonly stutters: number;
  /** The network carries the stream badly: time to offer a lower quality. */
  readonly weak: boolean;
  /** Why it failed, or what the next try is a try against. */
  readonly failure: Failure | undefined;
}

export interface PlayerStep {
  readonly state: PlayerState;
  readonly effects: readonly PlayerEffect[];
}

export const INITIAL_PLAYER_STATE: PlayerState = {
  phase: 'idle',
  progress: 0,
  tries: 0,
  silentTries: 0,
  renewed: false,
  halted: false,
  stutters: 0,
  weak: false,
  failure: undefined,
};

/** Delays before the tries with new addresses, ms; after the last the player has failed. */
export const RETRY_DELAYS_MS = [500, 1000, 2000, 4000, 8000] as const;

/** Tries without any picture, although the connection stands, before the device is held to send none. */
const SILENT_TRIES = 2;

/** A server may take 8 s to invite the device and 6 s for its first media; a picture later than this is none, ms. */
const FIRST_PICTURE_MS = 16_000;

/** A picture that stands still for longer is given up, ms. */
const STALL_MS = 10_000;

/** A picture that waits for less is not worth a word: every player waits a little now and then, ms. */
const HALT_MS = 800;

/** The player's own reconnects get this long, ms. */
const SELF_RECONNECT_MS = 5_000;

/** Playing without trouble for this long forgets the tries before, ms. */
const STEADY_MS = 10_000;

/** Stutters within one stretch that count as a weak network. */
const WEAK_STUTTERS = 3;

/** What a player of this phase does with an input; undefined: nothing. */
type Rule = (state: PlayerState, input: PlayerInput) => PlayerStep;
type InputType = PlayerInput['type'] | `timer:${PlayerTimer}`;
type Row = Readonly<Partial<Record<InputType, Rule>>>;

const STOP_TIMERS: PlayerEffect = { do: 'stop-timers' };
const STOP_PLAYER: PlayerEffect = { do: 'stop-player' };
const AWAKE: PlayerEffect = { do: 'keep-awake', on: true };
const ASLEEP: PlayerEffect = { do: 'keep-awake', on: false };

function timer(name: PlayerTimer, delayMs: number): PlayerEffect {
  return { do: 'start-timer', timer: name, delayMs };
}

function request(state: PlayerState): PlayerStep {
  return {
    state: { ...state, phase: 'requesting', progress: 0 },
    effects: [STOP_TIMERS, STOP_PLAYER, AWAKE, { do: 'ask-address' }],
  };
}

/** The user's own start: nothing of before counts. */
const begin: Rule = () => request(INITIAL_PLAYER_STATE);

const again: Rule = (state) => request(state);

/** Another quality or camera: what was learnt about the network no longer holds. */
const reload: Rule = begin;

const stop: Rule = () => ({ state: INITIAL_PLAYER_STATE, effects: [STOP_TIMERS, STOP_PLAYER, ASLEEP] });

const hide: Rule = () => ({
  state: { ...INITIAL_PLAYER_STATE, phase: 'background' },
  effects: [STOP_TIMERS, STOP_PLAYER, ASLEEP],
});

const loseNetwork: Rule = () => ({
  state: { ...INITIAL_PLAYER_STATE, phase: 'no-network' },
  effects: [STOP_TIMERS, STOP_PLAYER, ASLEEP],
});

function fail(state: PlayerState, failure: Failure): PlayerStep {
  return {
    state: { ...INITIAL_PLAYER_STATE, phase: 'failed', tries: state.tries, failure },
    effects: [STOP_TIMERS, STOP_PLAYER, ASLEEP],
  };
}

/** A try was in vain: the next one after a pause, as long as there are tries left. */
function retryLater(state: PlayerState, failure: Failure): PlayerStep {
  const delayMs = RETRY_DELAYS_MS[state.tries];
  if (delayMs === undefined) return fail(state, failure);
  return {
    state: { ...state, phase: 'waiting', tries: state.tries + 1, progress: 0, failure },
    effects: [STOP_TIMERS, STOP_PLAYER, timer('retry', delayMs)],
  };
}

const STALLED: Failure = { kind: 'disconnected', code: 'STALLED', message: '' };

function failureIn(input: PlayerInput): Failure {
  return 'failure' in input ? input.failure : STALLED;
}

const broke: Rule = (state, input) => retryLater(state, { ...failureIn(input), kind: 'disconnected' });

/** The API or the media server refused: what that means depends on why. */
const refuse: Rule = (state, input) => {
  const failure = failureIn(input);
  switch (POLICY[failure.kind]) {
    case 'final':
      return fail(state, failure);
    case 'retry':
      return retryLater(state, failure);
    case 'renew':
      return state.renewed ? fail(state, failure) : request({ ...state, renewed: true });
  }
};

const silent: Rule = (state) => {
  const silentTries = state.silentTries + 1;
  const failure: Failure = { kind: 'no-media', code: 'NO_PICTURE', message: '' };
  if (silentTries >= SILENT_TRIES) return fail(state, failure);
  return retryLater({ ...state, silentTries }, failure);
};

const stalled: Rule = (state) => retryLater(state, STALLED);

const ruleOut: Rule = (state, input) => fail(state, failureIn(input));

const show: Rule = (state) => ({
  state: { ...state, phase: 'playing', progress: 2, halted: false, failure: undefined },
  effects: [STOP_TIMERS, timer('steady', STEADY_MS)],
});

const keep: Rule = (state) => ({ state, effects: [] });

const progress =
  (reached: 1 | 2): Rule =>
  (state) => ({
    state: state.progress < reached ? { ...state, progress: reached } : state,
    effects: [],
  });

function stutterIn(state: PlayerState): PlayerState {
  const stutters = state.stutters + 1;
  return { ...state, stutters, weak: state.weak || stutters >= WEAK_STUTTERS };
}

const stutter: Rule = (state) => ({ state: stutterIn(state), effects: [] });

const weaken: Rule = (state) => ({ state: { ...state, weak: true }, effects: [] });

const buffer: Rule = (state) => ({
  state: { ...state, phase: 'buffering', halted: false },
  effects: [STOP_TIMERS, timer('picture', STALL_MS), timer('halt', HALT_MS)],
});

/** A picture that stands still is a stutter too, and the only one that some players report. */
const halt: Rule = (state) => ({ state: { ...stutterIn(state), halted: true }, effects: [] });

const selfReconnect: Rule = (state) => ({
  state: { ...state, phase: 'reconnecting' },
  effects: [STOP_TIMERS, timer('self-reconnect', SELF_RECONNECT_MS)],
});

const steady: Rule = (state) => ({
  state: { ...state, tries: 0, silentTries: 0, renewed: false, stutters: 0 },
  effects: [timer('steady', STEADY_MS)],
});

/** A change of the picture's size may halt some players; telling one that plays to play changes nothing. */
const nudge: Rule = (state) => ({ state, effects: [{ do: 'nudge-player' }] });

/** What holds in every phase in which a picture is wanted. */
const WANTED: Row = { stop, hide, reload, 'ruled-out': ruleOut, 'network-lost': loseNetwork };

/** What holds in every phase in which the player has an address. */
const STREAMING: Row = {
  ...WANTED,
  broken: broke,
  ended: broke,
  rejected: refuse,
  stutter,
  'network-weak': weaken,
};

const TABLE: Readonly<Record<PlayerPhase, Row>> = {
  idle: { play: begin, reload: keep },
  requesting: {
    ...WANTED,
    address: (state) => ({
      state: { ...state, phase: 'connecting', progress: 0 },
      effects: [{ do: 'start-player' }, timer('picture', FIRST_PICTURE_MS)],
    }),
    refused: refuse,
  },
  connecting: {
    ...STREAMING,
    connected: progress(1),
    begun: progress(2),
    picture: show,
    'timer:picture': silent,
  },
  playing: {
    ...STREAMING,
    loading: buffer,
    breaking: selfReconnect,
    resized: nudge,
    'timer:steady': steady,
  },
  buffering: {
    ...STREAMING,
    picture: show,
    breaking: selfReconnect,
    'timer:picture': stalled,
    'timer:halt': halt,
  },
  reconnecting: { ...STREAMING, picture: show, 'timer:self-reconnect': stalled },
  waiting: { ...WANTED, play: begin, 'network-back': again, 'timer:retry': again },
  'no-network': { stop, hide, reload, play: begin, 'network-back': begin },
  background: { stop, show: begin, reload: keep },
  failed: {
    play: begin,
    reload: begin,
    'network-back': (state) =>
      state.failure?.kind === 'network' || state.failure?.kind === 'disconnected'
        ? begin(state, { type: 'network-back' })
        : { state, effects: [] },
  },
};

/** One transition. Pure: the same state and input always give the same step; an input without a rule changes nothing. */
export function stepPlayer(state: PlayerState, input: PlayerInput): PlayerStep {
  const type: InputType = input.type === 'timer' ? `timer:${input.timer}` : input.type;
  const rule = TABLE[state.phase][type] ?? keep;
  return rule(state, input);
}
