import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PORT_REST_MS, PortPool } from '../../../../bff/src/media-engine/receive/port-pool.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const take = (pool: PortPool, howMany: number): (number | undefined)[] =>
  Array.from({ length: howMany }, () => pool.take());

describe('the pool of RTP ports', () => {
  it('lends even ports first (RFC 3550 §11), each once, and then the odd ones (Q20)', () => {
    const pool = new PortPool({ from: 30_000, to: 30_004 }, new FakeClock());
    assert.deepEqual(take(pool, 6), [30_000, 30_002, 30_004, 30_001, 30_003, undefined]);
    assert.equal(pool.inUse, 5);
  });

  it('lends the only port of a range of one', () => {
    const pool = new PortPool({ from: 30_001, to: 30_001 }, new FakeClock());
    assert.deepEqual(take(pool, 2), [30_001, undefined]);
  });

  it('lets a port rest after use: a fresh one, even an odd one, is lent before it (Q20)', async () => {
    const clock = new FakeClock();
    const pool = new PortPool({ from: 30_000, to: 30_002 }, clock);
    assert.deepEqual(take(pool, 2), [30_000, 30_002]);
    pool.giveBack(30_000);
    assert.equal(pool.take(), 30_001);
    pool.giveBack(30_001);
    await clock.advance(PORT_REST_MS);
    assert.deepEqual(take(pool, 2), [30_000, 30_001]);
  });

  it('when all others are lent, gives the port that has rested longest rather than a refusal (Q20)', async () => {
    const clock = new FakeClock();
    const pool = new PortPool({ from: 30_000, to: 30_001 }, clock);
    take(pool, 2);
    pool.giveBack(30_001);
    await clock.advance(1);
    pool.giveBack(30_000);
    assert.deepEqual(take(pool, 3), [30_001, 30_000, undefined]);
    const evens = new PortPool({ from: 30_000, to: 30_002 }, clock);
    take(evens, 3);
    evens.giveBack(30_002);
    await clock.advance(1);
    evens.giveBack(30_000);
    assert.deepEqual(take(evens, 2), [30_002, 30_000]);
  });

  it('takes back only what it has lent, once', () => {
    const pool = new PortPool({ from: 30_000, to: 30_002 }, new FakeClock());
    const port = pool.take();
    assert.ok(port !== undefined);
    pool.giveBack(port);
    pool.giveBack(port);
    pool.giveBack(40_000);
    assert.equal(pool.inUse, 0);
    assert.equal(new Set(take(pool, 3)).size, 3);
    assert.equal(pool.take(), undefined);
  });

  it('of the range 0–0 stands for any port of the system, and is counted all the same', () => {
    const pool = new PortPool({ from: 0, to: 0 }, new FakeClock());
    assert.deepEqual(take(pool, 2), [0, 0]);
    assert.equal(pool.inUse, 2);
    pool.giveBack(0);
    pool.giveBack(0);
    pool.giveBack(0);
    assert.equal(pool.inUse, 0);
  });

  it('never lends a port twice and loses none, in any order of use', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 200 }), (steps) => {
        const pool = new PortPool({ from: 100, to: 109 }, new FakeClock());
        const lent: number[] = [];
        for (const step of steps) {
          if (step < 10) {
            const port = pool.take();
            assert.equal(port === undefined, lent.length === 10);
            if (port === undefined) continue;
            assert.ok(!lent.includes(port) && port >= 100 && port <= 109);
            lent.push(port);
          } else {
            const [port] = lent.splice(step % Math.max(1, lent.length), 1);
            if (port !== undefined) pool.giveBack(port);
          }
          assert.equal(pool.inUse, lent.length);
        }
      }),
    );
  });
});
