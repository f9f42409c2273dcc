import assert from 'node:assert/strict';
import { FailureBudget } from '../../../../bff/src/core/access/failure-budget.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

function budget(clock = new FakeClock()): { readonly budget: FailureBudget; readonly clock: FakeClock } {
  return { clock, budget: new FailureBudget({ clock, windowMs: 60_000, tries: 3, capacity: 2 }) };
}

describe('a budget of failures', () => {
  it('is used up after so many, and whole again when the window that the first one opened is over', async () => {
    const { budget: failures, clock } = budget();
    for (let count = 0; count < 3; count += 1) {
      assert.equal(failures.exhausted('a'), false);
      failures.spend('a');
      await clock.advance(1_000);
    }
    assert.equal(failures.exhausted('a'), true);
    assert.equal(failures.exhausted('b'), false);
    await clock.advance(57_000);
    assert.equal(failures.exhausted('a'), false);
  });

  it('gets back what was no failure, and no more than that', () => {
    const { budget: failures } = budget();
    failures.spend('a');
    failures.restore('a');
    failures.restore('a');
    failures.restore('unknown');
    for (let count = 0; count < 3; count += 1) failures.spend('a');
    assert.equal(failures.exhausted('a'), true);
  });

  it('is kept for a bounded number of keys: the oldest makes room', () => {
    const { budget: failures } = budget();
    for (const key of ['a', 'a', 'a', 'b', 'c']) failures.spend(key);
    assert.equal(failures.exhausted('a'), false);
  });
});
