import assert from 'node:assert/strict';
import type { Failure, Outcome } from '../../../../miniprogram/src/models/failure.ts';
import { INITIAL_PTZ_STATE } from '../../../../miniprogram/src/models/ptz-fsm.ts';
import type { SteerMove } from '../../../../miniprogram/src/models/ptz-move.ts';
import { PtzDriver } from '../../../../miniprogram/src/services/ptz-driver.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const LEFT: SteerMove = { direction: 'left', speed: 1 };
const UP: SteerMove = { direction: 'up', speed: 2 };
const YES: Outcome<unknown> = { ok: true, value: null };
const LIMIT: Failure = { kind: 'ptz-limit', code: '60004', message: '' };

class Bench {
  readonly clock = new FakeClock();
  readonly sent: string[] = [];
  readonly refused: Failure[] = [];
  readonly #waiting: ((outcome: Outcome<unknown>) => void)[] = [];
  readonly driver = new PtzDriver({
    start: (move) => this.#send('start', move),
    stop: (move) => this.#send('stop', move),
    after: (delayMs, callback) => this.clock.after(delayMs, callback),
    refused: (failure) => this.refused.push(failure),
  });

  async answer(outcome: Outcome<unknown> = YES): Promise<void> {
    this.#waiting.shift()?.(outcome);
    await this.clock.advance(0);
  }

  #send(what: string, { direction, speed }: SteerMove): Promise<Outcome<unknown>> {
    this.sent.push(`${what} ${direction} ${speed}`);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}

describe('the driver of the steering', () => {
  it('a held direction: start, told again every 4 s, stop at the release', async () => {
    const bench = new Bench();
    bench.driver.press(LEFT);
    await bench.answer();
    await bench.clock.advance(4000);
    await bench.answer();
    bench.driver.release();
    await bench.answer();
    assert.deepEqual(bench.sent, ['start left 1', 'start left 1', 'stop left 1']);
    assert.equal(bench.clock.pending, 0);
    assert.deepEqual(bench.driver.state, INITIAL_PTZ_STATE);
  });

  it('a tap: the stop follows as soon as the start is answered', async () => {
    const bench = new Bench();
    bench.driver.press(UP);
    bench.driver.release();
    assert.deepEqual(bench.sent, ['start up 2']);
    await bench.answer();
    assert.deepEqual(bench.sent, ['start up 2', 'stop up 2']);
  });

  it('a start that is never answered is stopped after 1.5 s', async () => {
    const bench = new Bench();
    bench.driver.press(LEFT);
    bench.driver.release();
    await bench.clock.advance(1500);
    assert.deepEqual(bench.sent, ['start left 1', 'stop left 1']);
  });

  it('the end of the camera’s range is told once, and the camera stopped', async () => {
    const bench = new Bench();
    bench.driver.press(LEFT);
    await bench.answer({ ok: false, failure: LIMIT });
    await bench.answer();
    assert.deepEqual(bench.refused, [LIMIT]);
    assert.deepEqual(bench.sent, ['start left 1', 'stop left 1']);
    bench.driver.release();
    assert.equal(bench.sent.length, 2);
  });

  it('the page goes while the start is on its way: the stop goes at once, and again if the start came late', async () => {
    const bench = new Bench();
    bench.driver.press(LEFT);
    bench.driver.leave();
    assert.deepEqual(bench.sent, ['start left 1', 'stop left 1']);
    await bench.answer();
    await bench.answer();
    await bench.clock.advance(60_000);
    assert.equal(bench.clock.pending, 0);
    assert.deepEqual(bench.driver.state.started, undefined);
  });

  it('a stop that gets lost is sent again, and the tries end', async () => {
    const bench = new Bench();
    bench.driver.press(LEFT);
    await bench.answer();
    bench.driver.release();
    for (let tries = 0; tries < 10; tries += 1) {
      await bench.answer({ ok: false, failure: { kind: 'network', code: 'NETWORK', message: '' } });
      await bench.clock.advance(300);
    }
    assert.equal(bench.sent.filter((what) => what === 'stop left 1').length, 4);
    assert.equal(bench.clock.pending, 0);
  });
});
