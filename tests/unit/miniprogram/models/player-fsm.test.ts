import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Failure } from '../../../../miniprogram/src/models/failure.ts';
import {
  INITIAL_PLAYER_STATE,
  PLAYER_PHASES,
  PLAYER_TIMERS,
  RETRY_DELAYS_MS,
  stepPlayer,
  type PlayerEffect,
  type PlayerInput,
  type PlayerPhase,
  type PlayerState,
} from '../../../../miniprogram/src/models/player-fsm.ts';

const LOST: Failure = { kind: 'disconnected', code: '-2301', message: '' };
const OFFLINE: Failure = { kind: 'device-offline', code: '20007', message: '' };
const EXPIRED: Failure = { kind: 'address-expired', code: 'GRANT_EXPIRED', message: '' };
const GONE: Failure = { kind: 'deleted', code: '20002', message: '' };

const INPUTS = {
  play: { type: 'play' },
  stop: { type: 'stop' },
  hide: { type: 'hide' },
  show: { type: 'show' },
  reload: { type: 'reload' },
  lost: { type: 'network-lost' },
  back: { type: 'network-back' },
  weak: { type: 'network-weak' },
  address: { type: 'address' },
  refused: { type: 'refused', failure: OFFLINE },
  'ruled-out': { type: 'ruled-out', failure: GONE },
  connected: { type: 'connected', failure: LOST },
  begun: { type: 'begun', failure: LOST },
  picture: { type: 'picture', failure: LOST },
  loading: { type: 'loading', failure: LOST },
  resized: { type: 'resized', failure: LOST },
  breaking: { type: 'breaking', failure: LOST },
  broken: { type: 'broken', failure: LOST },
  ended: { type: 'ended', failure: LOST },
  rejected: { type: 'rejected', failure: OFFLINE },
  stutter: { type: 'stutter', failure: LOST },
  'timer picture': { type: 'timer', timer: 'picture' },
  'timer halt': { type: 'timer', timer: 'halt' },
  'timer self-reconnect': { type: 'timer', timer: 'self-reconnect' },
  'timer retry': { type: 'timer', timer: 'retry' },
  'timer steady': { type: 'timer', timer: 'steady' },
} as const satisfies Record<string, PlayerInput>;

type InputName = keyof typeof INPUTS;

const wanted = {
  stop: 'idle',
  hide: 'background',
  reload: 'requesting',
  lost: 'no-network',
  'ruled-out': 'failed',
} as const;
const streaming = {
  ...wanted,
  broken: 'waiting',
  ended: 'waiting',
  rejected: 'failed',
  weak: 'same',
  stutter: 'same',
} as const;

/** Where each input leads; `same` keeps the phase and changes or does something else; what is not here does nothing. */
const NEXT: Readonly<Record<PlayerPhase, Readonly<Partial<Record<InputName, PlayerPhase | 'same'>>>>> = {
  idle: { play: 'requesting' },
  requesting: { ...wanted, address: 'connecting', refused: 'failed' },
  connecting: {
    ...streaming,
    connected: 'same',
    begun: 'same',
    picture: 'playing',
    'timer picture': 'waiting',
  },
  playing: {
    ...streaming,
    loading: 'buffering',
    breaking: 'reconnecting',
    resized: 'same',
    'timer steady': 'same',
  },
  buffering: {
    ...streaming,
    picture: 'playing',
    breaking: 'reconnecting',
    'timer picture': 'waiting',
    'timer halt': 'same',
  },
  reconnecting: { ...streaming, picture: 'playing', 'timer self-reconnect': 'waiting' },
  waiting: { ...wanted, play: 'requesting', back: 'requesting', 'timer retry': 'requesting' },
  'no-network': {
    stop: 'idle',
    hide: 'background',
    reload: 'requesting',
    play: 'requesting',
    back: 'requesting',
  },
  background: { stop: 'idle', show: 'requesting' },
  failed: { play: 'requesting', reload: 'requesting' },
};

function inPhase(phase: PlayerPhase): PlayerState {
  return { ...INITIAL_PLAYER_STATE, phase };
}

function names(effects: readonly PlayerEffect[]): string[] {
  return effects.map((effect) => {
    if (effect.do === 'keep-awake') return effect.on ? 'awake' : 'asleep';
    return effect.do === 'start-timer' ? `${effect.timer} ${effect.delayMs}` : effect.do;
  });
}

/** Runs inputs one after the other; returns the last state and all effects. */
function run(
  inputs: readonly PlayerInput[],
  from = INITIAL_PLAYER_STATE,
): { readonly state: PlayerState; readonly effects: readonly string[] } {
  let state = from;
  const effects: string[] = [];
  for (const input of inputs) {
    const step = stepPlayer(state, input);
    state = step.state;
    effects.push(...names(step.effects));
  }
  return { state, effects };
}

const { play, address, picture, broken, loading } = INPUTS;
const retry = INPUTS['timer retry'];

describe('the player, phase by phase', () => {
  for (const phase of PLAYER_PHASES) {
    for (const [name, input] of Object.entries(INPUTS)) {
      const next = NEXT[phase][name as InputName];
      it(`${phase}: ${name} ${next === undefined ? 'does nothing' : next === 'same' ? 'keeps the phase' : `leads to ${next}`}`, () => {
        const before = inPhase(phase);
        const { state, effects } = stepPlayer(before, input);
        assert.equal(state.phase, next === undefined || next === 'same' ? phase : next);
        if (next === undefined) {
          assert.equal(state, before);
          assert.deepEqual(effects, []);
        }
      });
    }
  }
});

describe('the player, story by story', () => {
  it('asks for an address, starts the player with it, and plays', () => {
    const { state, effects } = run([play, address, INPUTS.connected, INPUTS.begun, picture]);
    assert.equal(state.phase, 'playing');
    assert.deepEqual(effects, [
      'stop-timers',
      'stop-player',
      'awake',
      'ask-address',
      'start-player',
      'picture 16000',
      'stop-timers',
      'steady 10000',
    ]);
  });

  it('counts the way to the first picture forward only', () => {
    assert.equal(run([play, address]).state.progress, 0);
    assert.equal(run([play, address, INPUTS.begun]).state.progress, 2);
    assert.equal(run([play, address, INPUTS.begun, INPUTS.connected]).state.progress, 2);
  });

  it('tries a broken connection again with new addresses, after 0.5, 1, 2, 4 and 8 s, then fails', () => {
    let { state } = run([play, address, picture]);
    for (const delayMs of RETRY_DELAYS_MS) {
      const step = stepPlayer(state, broken);
      assert.equal(step.state.phase, 'waiting');
      assert.equal(names(step.effects).at(-1), `retry ${delayMs}`);
      ({ state } = run([retry, address], step.state));
      assert.equal(state.phase, 'connecting');
    }
    assert.deepEqual(RETRY_DELAYS_MS, [500, 1000, 2000, 4000, 8000]);
    const last = stepPlayer(state, broken);
    assert.equal(last.state.phase, 'failed');
    assert.deepEqual(last.state.failure, LOST);
    assert.deepEqual(names(last.effects), ['stop-timers', 'stop-player', 'asleep']);
  });

  it('forgets earlier tries only after the picture was steady for 10 s', () => {
    const once = run([play, address, picture, broken, retry, address, picture]);
    assert.equal(once.state.tries, 1);
    assert.equal(run([INPUTS['timer steady']], once.state).state.tries, 0);
  });

  it('a device that sends no picture twice is told as such, though nothing broke', () => {
    const timeout = INPUTS['timer picture'];
    const first = run([play, address, timeout]);
    assert.equal(first.state.phase, 'waiting');
    const { state } = run([retry, address, timeout], first.state);
    assert.equal(state.phase, 'failed');
    assert.deepEqual(state.failure, { kind: 'no-media', code: 'NO_PICTURE', message: '' });
  });

  it('an expired address is replaced once and at once, a second refusal is final', () => {
    const rejected: PlayerInput = { type: 'rejected', failure: EXPIRED };
    const first = run([play, address, rejected]);
    assert.equal(first.state.phase, 'requesting');
    assert.equal(first.effects.filter((effect) => effect === 'ask-address').length, 2);
    const { state } = run([address, rejected], first.state);
    assert.equal(state.phase, 'failed');
    assert.deepEqual(state.failure, EXPIRED);
  });

  it('a refusal that no second try can mend is final at once', () => {
    const { state } = run([play, INPUTS.refused]);
    assert.deepEqual([state.phase, state.failure], ['failed', OFFLINE]);
  });

  it('a network that fails while the address is asked for is tried again', () => {
    const network: PlayerInput = {
      type: 'refused',
      failure: { kind: 'network', code: 'NETWORK', message: '' },
    };
    assert.equal(run([play, network]).state.phase, 'waiting');
  });

  it('a picture that waits a little needs no word; one that waits longer is a stutter', () => {
    const waits = run([play, address, picture, loading]);
    assert.equal(waits.state.halted, false);
    assert.deepEqual(waits.effects.slice(-3), ['stop-timers', 'picture 10000', 'halt 800']);
    const halted = run([INPUTS['timer halt']], waits.state);
    assert.deepEqual([halted.state.halted, halted.state.stutters], [true, 1]);
    assert.equal(run([picture], halted.state).state.halted, false);
  });

  it('three stutters in one stretch are a weak network, and so is what the system says', () => {
    const { stutter } = INPUTS;
    const playing = run([play, address, picture]).state;
    assert.equal(run([stutter, stutter], playing).state.weak, false);
    assert.equal(run([stutter, stutter, stutter], playing).state.weak, true);
    assert.equal(run([stutter, stutter, INPUTS['timer steady'], stutter], playing).state.weak, false);
    assert.equal(run([INPUTS.weak], playing).state.weak, true);
  });

  it('a new quality begins without what was learnt of the old one', () => {
    const { stutter } = INPUTS;
    const { state } = run([play, address, picture, stutter, stutter, stutter, INPUTS.reload]);
    assert.deepEqual(state, { ...INITIAL_PLAYER_STATE, phase: 'requesting' });
  });

  it('out of sight it stops, and comes back with the page', () => {
    const hidden = run([play, address, picture, INPUTS.hide]);
    assert.deepEqual(hidden.effects.slice(-3), ['stop-timers', 'stop-player', 'asleep']);
    assert.equal(run([INPUTS.show], hidden.state).state.phase, 'requesting');
  });

  it('what was stopped or failed does not come back by itself', () => {
    const { hide, show } = INPUTS;
    assert.equal(run([play, address, picture, INPUTS.stop, hide, show]).state.phase, 'idle');
    assert.equal(run([play, INPUTS.refused, hide, show]).state.phase, 'failed');
  });

  it('a network that is back wakes what failed for want of it, and nothing else', () => {
    const failedFor = (failure: Failure): PlayerState => ({ ...inPhase('failed'), failure });
    assert.equal(stepPlayer(failedFor(LOST), INPUTS.back).state.phase, 'requesting');
    assert.equal(stepPlayer(failedFor(OFFLINE), INPUTS.back).state.phase, 'failed');
  });

  it('a camera that was deleted ends the picture', () => {
    const { state } = run([play, address, picture, INPUTS['ruled-out']]);
    assert.deepEqual([state.phase, state.failure], ['failed', GONE]);
  });

  it('whatever happens: the screen is awake exactly while a picture is wanted, and no timer outlives its phase', () => {
    const names = fc.constantFrom(...(Object.keys(INPUTS) as InputName[]));
    fc.assert(
      fc.property(fc.array(names, { maxLength: 60 }), (story) => {
        let state = INITIAL_PLAYER_STATE;
        let awake = false;
        let running = false;
        const timers = new Set<string>();
        for (const name of story) {
          const input = INPUTS[name];
          if (input.type === 'timer' && !timers.delete(input.timer)) continue;
          const step = stepPlayer(state, input);
          ({ state } = step);
          for (const effect of step.effects) {
            if (effect.do === 'keep-awake') awake = effect.on;
            else if (effect.do === 'stop-timers') timers.clear();
            else if (effect.do === 'start-timer') timers.add(effect.timer);
            else if (effect.do === 'stop-player') running = false;
            else if (effect.do === 'start-player') running = true;
          }
          const asleep: readonly PlayerPhase[] = ['idle', 'failed', 'background', 'no-network'];
          assert.equal(awake, !asleep.includes(state.phase));
          assert.equal(
            running,
            (['connecting', 'playing', 'buffering', 'reconnecting'] as PlayerPhase[]).includes(state.phase),
          );
          if (asleep.includes(state.phase)) assert.equal(timers.size, 0);
          assert.ok(state.tries <= RETRY_DELAYS_MS.length);
          assert.ok([...timers].every((timer) => (PLAYER_TIMERS as readonly string[]).includes(timer)));
        }
      }),
      { numRuns: 300 },
    );
  });
});
