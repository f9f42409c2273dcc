import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  INITIAL_PTZ_STATE,
  PTZ_TIMERS,
  REPEAT_MS,
  STOP_GRACE_MS,
  STOP_TRIES,
  stepPtz,
  type PtzEffect,
  type PtzInput,
  type PtzState,
} from '../../../../miniprogram/src/models/ptz-fsm.ts';
import { DIRECTION_NUMBERS, type SteerMove } from '../../../../miniprogram/src/models/ptz-move.ts';

const LEFT: SteerMove = { direction: 'left', speed: 1 };
const UP: SteerMove = { direction: 'up', speed: 1 };
const FAST_UP: SteerMove = { direction: 'up', speed: 2 };

const press = (move: SteerMove): PtzInput => ({ type: 'press', move });
const release: PtzInput = { type: 'release' };
const leave: PtzInput = { type: 'leave' };
const started: PtzInput = { type: 'start-answered', accepted: true };
const notStarted: PtzInput = { type: 'start-answered', accepted: false };
const stopped: PtzInput = { type: 'stop-answered', accepted: true };
const notStopped: PtzInput = { type: 'stop-answered', accepted: false };
const grace: PtzInput = { type: 'timer', timer: 'grace' };
const repeat: PtzInput = { type: 'timer', timer: 'repeat' };
const stopAgain: PtzInput = { type: 'timer', timer: 'stop-again' };

function words(effect: PtzEffect): string {
  if (effect.do === 'send-start') return `start ${effect.move.direction} ${effect.move.speed}`;
  if (effect.do === 'send-stop') return `stop ${effect.move.direction} ${effect.move.speed}`;
  return effect.do === 'start-timer' ? `wait ${effect.timer} ${effect.delayMs}` : '';
}

/** What the camera is told and what is waited for, in order. */
function run(...inputs: readonly PtzInput[]): { readonly state: PtzState; readonly told: readonly string[] } {
  let state = INITIAL_PTZ_STATE;
  const all: string[] = [];
  for (const input of inputs) {
    const step = stepPtz(state, input);
    ({ state } = step);
    all.push(...step.effects.map(words).filter((text) => text !== ''));
  }
  return { state, told: all };
}

describe('steering', () => {
  it('starts at the press and stops the very direction and speed at the release', () => {
    const { told, state } = run(press(FAST_UP), started, release, stopped);
    assert.deepEqual(told, ['start up 2', `wait repeat ${REPEAT_MS}`, 'stop up 2']);
    assert.deepEqual(state, INITIAL_PTZ_STATE);
  });

  it('a release before the start is answered waits for the answer, so that the stop cannot overtake it', () => {
    assert.deepEqual(run(press(LEFT), release).told, ['start left 1', `wait grace ${STOP_GRACE_MS}`]);
    assert.deepEqual(run(press(LEFT), release, started).told.at(-1), 'stop left 1');
  });

  it('an answer that does not come delays the stop by the grace and no longer', () => {
    assert.deepEqual(run(press(LEFT), release, grace).told.at(-1), 'stop left 1');
  });

  it('a start that is answered after its stop was sent is stopped once more', () => {
    const { told } = run(press(LEFT), release, grace, stopped, started);
    assert.deepEqual(
      told.filter((text) => text.startsWith('stop')),
      ['stop left 1', 'stop left 1'],
    );
  });

  it('leaving the page stops at once, without waiting for the answer', () => {
    assert.deepEqual(run(press(LEFT), leave).told, ['start left 1', 'stop left 1']);
    assert.deepEqual(run(press(LEFT), started, leave).told.at(-1), 'stop left 1');
    assert.deepEqual(run(leave).told, []);
  });

  it('another direction: stop of the old one, then start of the new one', () => {
    const { told } = run(press(LEFT), started, press(UP), stopped);
    assert.deepEqual(
      told.filter((text) => !text.startsWith('wait')),
      ['start left 1', 'stop left 1', 'start up 1'],
    );
  });

  it('a finger that slides on while the stop is under way gets the direction where it ends', () => {
    const { told } = run(press(LEFT), started, press(UP), press(FAST_UP), stopped);
    assert.deepEqual(told.at(-1), 'start up 2');
  });

  it('a finger that comes back to where it was while the stop is under way starts again', () => {
    const { told } = run(press(LEFT), started, release, press(LEFT), stopped);
    assert.deepEqual(told.at(-1), 'start left 1');
  });

  it('a held direction is told again before the server ends it by itself', () => {
    const { told, state } = run(press(LEFT), started, repeat, started);
    assert.deepEqual(told, [
      'start left 1',
      `wait repeat ${REPEAT_MS}`,
      'start left 1',
      `wait repeat ${REPEAT_MS}`,
    ]);
    assert.deepEqual(stepPtz(state, release).effects.map(words), ['', '', 'stop left 1']);
    assert.deepEqual(run(press(LEFT), started, release, repeat).told.at(-1), 'stop left 1');
  });

  it('a start that was refused is stopped all the same, and not tried again while the finger stays', () => {
    const { told, state } = run(press(LEFT), notStarted, stopped);
    assert.deepEqual(told, ['start left 1', 'stop left 1']);
    assert.deepEqual(stepPtz(state, press(LEFT)).effects.map(words), ['start left 1']);
  });

  it('a stop that fails is tried again, four times in all, then left to the server', () => {
    const inputs: PtzInput[] = [press(LEFT), started, release];
    for (let tries = 1; tries < STOP_TRIES; tries += 1) inputs.push(notStopped, stopAgain);
    const { told, state } = run(...inputs, notStopped);
    assert.equal(told.filter((text) => text === 'stop left 1').length, STOP_TRIES);
    assert.deepEqual(state, INITIAL_PTZ_STATE);
  });

  it('whatever the order of fingers, answers and timers: one start and one stop at a time, and rest at the end', () => {
    const moves = fc.constantFrom(LEFT, UP, FAST_UP);
    const events = fc.oneof(
      moves.map((move) => press(move)),
      fc.constantFrom<PtzInput>(
        release,
        leave,
        started,
        notStarted,
        stopped,
        notStopped,
        grace,
        repeat,
        stopAgain,
      ),
    );
    fc.assert(
      fc.property(fc.array(events, { maxLength: 80 }), (story) => {
        let state = INITIAL_PTZ_STATE;
        const timers = new Set<string>();
        let starts = 0;
        let stops = 0;
        let turning: string | undefined;
        let lastStart: SteerMove | undefined;
        const step = (input: PtzInput): void => {
          // Only what can happen: answers to questions, timers that run.
          if (input.type === 'start-answered' && starts === 0) return;
          if (input.type === 'stop-answered' && stops === 0) return;
          if (input.type === 'timer' && !timers.delete(input.timer)) return;
          if (input.type === 'start-answered') starts -= 1;
          if (input.type === 'stop-answered') stops -= 1;
          if (input.type === 'stop-answered' && input.accepted && starts === 0) turning = undefined;
          const next = stepPtz(state, input);
          ({ state } = next);
          for (const effect of next.effects) {
            if (effect.do === 'start-timer' || effect.do === 'stop-timer') {
              if (effect.do === 'start-timer') timers.add(effect.timer);
              else timers.delete(effect.timer);
            } else if (effect.do === 'send-start') {
              starts += 1;
              lastStart = effect.move;
              turning = effect.move.direction;
            } else {
              stops += 1;
              assert.deepEqual(effect.move, lastStart, 'the stop names what was started');
            }
          }
          assert.ok(starts <= 1 && stops <= 1);
        };
        for (const input of story) step(input);
        step(release);
        for (let turn = 0; turn < 20; turn += 1) {
          step(started);
          step(stopped);
          for (const timer of PTZ_TIMERS) step({ type: 'timer', timer });
        }
        assert.equal(turning, undefined, 'a camera was left turning');
        assert.deepEqual({ ...state, hurried: false }, INITIAL_PTZ_STATE);
        assert.equal(timers.size, 0);
      }),
      { numRuns: 500 },
    );
  });

  it('the numbers of the directions are those of the Ezviz API: 4 and 5 left, 6 and 7 right', () => {
    assert.deepEqual(DIRECTION_NUMBERS, {
      up: 0,
      down: 1,
      left: 2,
      right: 3,
      upLeft: 4,
      downLeft: 5,
      upRight: 6,
      downRight: 7,
      zoomIn: 8,
      zoomOut: 9,
    });
  });
});
