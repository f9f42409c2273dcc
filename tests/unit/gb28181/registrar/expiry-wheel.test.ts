import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ExpiryWheel } from '../../../../bff/src/gb28181/registrar/expiry-wheel.ts';

interface Thing {
  readonly name: string;
  slot: number;
}

const thing = (name: string): Thing => ({ name, slot: 0 });

/** Names of what a wheel shows up to a time, in order. */
function shown(
  wheel: ExpiryWheel<Thing>,
  nowMs: number,
  next: (thing: Thing) => number | undefined,
): string[] {
  const names: string[] = [];
  wheel.advance(nowMs, (each) => {
    names.push(each.name);
    return next(each);
  });
  return names;
}

const gone = (): undefined => undefined;

describe('ExpiryWheel', () => {
  it('shows a thing within the second after its time, once', () => {
    const wheel = new ExpiryWheel<Thing>(0);
    wheel.add(thing('a'), 5_400);
    assert.deepEqual(shown(wheel, 5_400, gone), []);
    assert.deepEqual(shown(wheel, 6_000, gone), ['a']);
    assert.deepEqual(shown(wheel, 600_000, gone), []);
  });

  it('shows nothing in the second in which it was added, however late it is', () => {
    const wheel = new ExpiryWheel<Thing>(10_000);
    wheel.add(thing('late'), 0);
    assert.deepEqual(shown(wheel, 10_999, gone), []);
    assert.deepEqual(shown(wheel, 11_000, gone), ['late']);
  });

  it('puts back what is not due yet', () => {
    const wheel = new ExpiryWheel<Thing>(0);
    wheel.add(thing('a'), 1_000);
    assert.deepEqual(
      shown(wheel, 2_000, () => 7_000),
      ['a'],
    );
    assert.deepEqual(shown(wheel, 7_999, gone), []);
    assert.deepEqual(shown(wheel, 8_000, gone), ['a']);
  });

  it('does not show what was removed', () => {
    const wheel = new ExpiryWheel<Thing>(0);
    const one = thing('one');
    wheel.add(one, 1_000);
    wheel.add(thing('other'), 1_000);
    wheel.remove(one);
    assert.deepEqual(shown(wheel, 5_000, gone), ['other']);
  });

  it('looks now and then at what is due in days, and after a halt of any length at all once', () => {
    const wheel = new ExpiryWheel<Thing>(0);
    const dueMs = 604_800_000;
    wheel.add(thing('week'), dueMs);
    let looks = 0;
    for (let nowMs = 0; nowMs < 3_600_000; nowMs += 1_000) looks += shown(wheel, nowMs, () => dueMs).length;
    assert.ok(looks >= 5 && looks <= 10, `${String(looks)} looks in an hour`);
    assert.deepEqual(shown(wheel, dueMs + 1_000, gone), ['week']);
  });

  it('loses nothing and shows nothing twice, whatever is added, put back and removed', () => {
    const deeds = fc.array(
      fc.record({
        addMs: fc.integer({ min: 0, max: 2_000_000 }),
        stepMs: fc.integer({ min: 0, max: 700_000 }),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(deeds, (steps) => {
        const wheel = new ExpiryWheel<Thing>(0);
        const due = new Map<string, number>();
        let nowMs = 0;
        for (const [index, { addMs, stepMs }] of steps.entries()) {
          const name = String(index);
          due.set(name, nowMs + addMs);
          wheel.add(thing(name), nowMs + addMs);
          nowMs += stepMs;
          wheel.advance(nowMs, (each) => {
            const dueMs = due.get(each.name);
            assert.notEqual(dueMs, undefined, 'it is shown after its end');
            if (dueMs !== undefined && dueMs > nowMs) return dueMs;
            due.delete(each.name);
            return undefined;
          });
        }
        wheel.advance(nowMs + 10_000_000, (each) => {
          assert.ok(due.delete(each.name));
          return undefined;
        });
        assert.equal(due.size, 0);
      }),
    );
  });
});
