import assert from 'node:assert/strict';
import { FailureBudget } from '../../../../bff/src/gb28181/registrar/failure-budget.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const ID = '34020000001180000001';
const HERE = '198.51.100.7';

function aBudget(): { readonly clock: FakeClock; readonly budget: FailureBudget } {
  const clock = new FakeClock();
  return { clock, budget: new FailureBudget(clock) };
}

describe('FailureBudget', () => {
  it('is spent for one ID at one source after five failures, for ten minutes from the first', async () => {
    const { clock, budget } = aBudget();
    for (let count = 0; count < 5; count += 1) {
      assert.equal(budget.isSpent(HERE, ID, false), false);
      budget.count(HERE, ID);
      await clock.advance(60_000);
    }
    assert.equal(budget.isSpent(HERE, ID, false), true);
    assert.equal(budget.isSpent('203.0.113.9', ID, false), false);
    assert.equal(budget.isSpent(HERE, '34020000001320000001', false), false);
    await clock.advance(300_000);
    assert.equal(budget.isSpent(HERE, ID, false), false);
  });

  it('is spent for one ID after twenty failures from anywhere', () => {
    const { budget } = aBudget();
    for (let count = 0; count < 20; count += 1) budget.count(`203.0.113.${String(count)}`, ID);
    assert.equal(budget.isSpent('192.0.2.1', ID, false), true);
  });

  it('is spent for one source after fifty failures at any IDs', () => {
    const { budget } = aBudget();
    for (let count = 0; count < 50; count += 1)
      budget.count(HERE, `340200000013200${String(10_000 + count)}`);
    assert.equal(budget.isSpent(HERE, ID, false), true);
    assert.equal(budget.isSpent('192.0.2.1', ID, false), false);
  });

  it('is ten times as large where the device is registered just now', () => {
    const { budget } = aBudget();
    for (let count = 0; count < 49; count += 1) budget.count(HERE, ID);
    assert.equal(budget.isSpent(HERE, ID, true), false);
    budget.count(HERE, ID);
    assert.equal(budget.isSpent(HERE, ID, true), true);
  });

  it('starts anew for an ID whose failures are forgotten', () => {
    const { budget } = aBudget();
    for (let count = 0; count < 5; count += 1) budget.count(HERE, ID);
    budget.clear(ID);
    assert.equal(budget.isSpent(HERE, ID, false), false);
  });
});
