import assert from 'node:assert/strict';
import { SystemClock, withDeadline } from '../../../bff/src/kernel/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('SystemClock', () => {
  it('tells UTC milliseconds, and a line that never goes back', () => {
    const clock = new SystemClock();
    assert.ok(Math.abs(clock.nowMs() - Date.now()) < 1_000);
    const before = clock.monotonicMs();
    assert.ok(clock.monotonicMs() >= before);
  });

  it('counts what is pending, until it ran or was taken back', async () => {
    const clock = new SystemClock();
    const cancels = [clock.after(60_000, () => undefined), clock.every(60_000, () => undefined)];
    assert.equal(clock.pending, 2);
    for (const cancel of cancels) cancel();
    for (const cancel of cancels) cancel();
    assert.equal(clock.pending, 0);
    // A timer of the clock does not keep the process alive; a handle of the test's own does.
    const alive = setInterval(() => undefined, 1_000);
    await new Promise<void>((resolve) => {
      clock.after(1, resolve);
    });
    clearInterval(alive);
    assert.equal(clock.pending, 0);
  });

  it('repeats until cancelled', async () => {
    const clock = new SystemClock();
    const alive = setInterval(() => undefined, 1_000);
    let times = 0;
    await new Promise<void>((resolve) => {
      const cancel = clock.every(1, () => {
        times += 1;
        if (times === 3) {
          cancel();
          resolve();
        }
      });
    });
    clearInterval(alive);
    assert.equal(clock.pending, 0);
  });
});

describe('a deadline', () => {
  it('passes on what comes in time, and leaves no timer', async () => {
    const clock = new FakeClock();
    assert.equal(await withDeadline(Promise.resolve(1), 100, 'it', clock), 1);
    await assert.rejects(withDeadline(Promise.reject(new Error('broken')), 100, 'it', clock), /broken/);
    assert.equal(clock.pending, 0);
  });

  it('rejects with what was waited for, and how long', async () => {
    const clock = new FakeClock();
    const late = withDeadline(new Promise<never>(() => undefined), 100, 'the answer', clock);
    const told = assert.rejects(late, { name: 'DeadlineError', message: /the answer.*100 ms/, afterMs: 100 });
    await clock.advance(100);
    await told;
  });

  it('turns a rejection that is no error into one', async () => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what foreign code may do
    const odd = Promise.reject('a word');
    await assert.rejects(withDeadline(odd, 100, 'it', new FakeClock()), { message: 'a word' });
  });
});
