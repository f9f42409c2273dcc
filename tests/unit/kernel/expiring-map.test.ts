import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ExpiringMap } from '../../../bff/src/kernel/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('ExpiringMap', () => {
  const make = (capacity = 3, lifeMs = 1_000): { map: ExpiringMap<string, number>; clock: FakeClock } => {
    const clock = new FakeClock();
    return { clock, map: new ExpiringMap({ clock, lifeMs, capacity }) };
  };

  it('gives back what was set, until its life is over', async () => {
    const { map, clock } = make();
    map.set('a', 1);
    await clock.advance(999);
    assert.equal(map.get('a'), 1);
    await clock.advance(1);
    assert.equal(map.get('a'), undefined);
    assert.equal(map.size, 0);
  });

  it('starts a life anew when a value is set again', async () => {
    const { map, clock } = make();
    map.set('a', 1);
    await clock.advance(600);
    map.set('a', 2);
    await clock.advance(600);
    assert.equal(map.get('a'), 2);
  });

  it('lets the oldest make room when it is full', () => {
    const { map } = make(2);
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    map.set('c', 4);
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => map.get(key)),
      [3, undefined, 4],
    );
  });

  it('frees what expired when the next value is set, without a timer', async () => {
    const { map, clock } = make(100);
    for (let n = 0; n < 50; n++) map.set(String(n), n);
    await clock.advance(2_000);
    map.set('new', 0);
    assert.equal(map.size, 1);
    assert.equal(clock.pending, 0);
  });

  it('never holds more than its capacity and never returns a dead value, whatever is done to it', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('set' as const), key: fc.nat(8), value: fc.nat() }),
      fc.record({ do: fc.constant('delete' as const), key: fc.nat(8) }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.nat(700) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { map, clock } = make(4, 1_000);
        const setAt = new Map<string, number>();
        for (const each of steps) {
          if (each.do === 'wait') await clock.advance(each.ms);
          else if (each.do === 'delete') {
            map.delete(String(each.key));
            setAt.delete(String(each.key));
          } else {
            map.set(String(each.key), each.value);
            setAt.set(String(each.key), clock.nowMs());
          }
          assert.ok(map.size <= 4);
          for (let key = 0; key <= 8; key++) {
            if (map.get(String(key)) === undefined) continue;
            assert.ok(clock.nowMs() - (setAt.get(String(key)) ?? -1e9) < 1_000);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});
