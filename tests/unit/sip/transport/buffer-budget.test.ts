import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BufferBudget } from '../../../../bff/src/sip/transport/buffer-budget.ts';

interface Holder {
  readonly source: string;
}

const holder = (source: string): Holder => ({ source });

describe('BufferBudget', () => {
  it('adds up what is held', () => {
    const budget = new BufferBudget<Holder>({ maxBytes: 100, maxBytesPerSource: 100 });
    const [a, b] = [holder('a'), holder('b')];
    assert.equal(budget.hold(a, 10), undefined);
    budget.hold(b, 20);
    budget.hold(a, 15);
    budget.hold(a, 15);
    assert.equal(budget.total, 35);
    budget.hold(a, 0);
    budget.hold(b, 0);
    assert.equal(budget.total, 0);
  });

  it('has the largest holder of a source let go when the source holds too much', () => {
    const budget = new BufferBudget<Holder>({ maxBytes: 1_000, maxBytesPerSource: 100 });
    const [large, small, other] = [holder('flooder'), holder('flooder'), holder('other')];
    budget.hold(other, 90);
    budget.hold(large, 80);
    assert.equal(budget.hold(small, 30), large);
  });

  it('has the largest of all let go when all hold too much', () => {
    const budget = new BufferBudget<Holder>({ maxBytes: 100, maxBytesPerSource: 90 });
    const [large, small] = [holder('flooder'), holder('other')];
    budget.hold(large, 80);
    assert.equal(budget.hold(small, 30), large);
    budget.hold(large, 0);
    assert.equal(budget.hold(small, 40), undefined);
  });

  it('has nobody let go for holding less', () => {
    const budget = new BufferBudget<Holder>({ maxBytes: 10, maxBytesPerSource: 10 });
    const a = holder('a');
    budget.hold(a, 30);
    assert.equal(budget.hold(a, 20), undefined);
  });

  it('holds no more than its limits when those let go who are told to, in any order of events', () => {
    const event = fc.tuple(fc.nat({ max: 7 }), fc.nat({ max: 40 }));
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const budget = new BufferBudget<Holder>({ maxBytes: 100, maxBytesPerSource: 50 });
        const holders = Array.from({ length: 8 }, (_, index) => holder(`s${String(index % 3)}`));
        for (const [which, bytes] of events) {
          const who = holders[which];
          assert.ok(who);
          for (let over = budget.hold(who, bytes); over !== undefined; over = undefined) budget.hold(over, 0);
          assert.ok(budget.total <= 100 + 40);
        }
        for (const who of holders) budget.hold(who, 0);
        assert.equal(budget.total, 0);
      }),
    );
  });
});
