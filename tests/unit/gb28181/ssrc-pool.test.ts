import assert from 'node:assert/strict';
import { SystemRandom } from '../../../bff/src/kernel/index.ts';
import { SsrcPool } from '../../../bff/src/gb28181/ssrc-pool.ts';
import { GbFailure } from '../../../bff/src/gb28181/types.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function aPool(platformId = '34020000002000000001'): { readonly clock: FakeClock; readonly pool: SsrcPool } {
  const clock = new FakeClock();
  return { clock, pool: new SsrcPool({ clock, random: new SystemRandom(), platformId }) };
}

describe('SsrcPool', () => {
  it('builds ten digits: live or history, digits 4 to 8 of the ID, four of its own', () => {
    const { pool } = aPool('13010000002000000001');
    assert.match(pool.reserve('live').text, /^010000\d{4}$/);
    assert.match(pool.reserve('history').text, /^110000\d{4}$/);
    const { text, value } = aPool().pool.reserve('live');
    assert.match(text, /^020000\d{4}$/);
    assert.equal(value, Number(text));
  });

  it('hands out 10,000 different numbers and then no more', () => {
    const { pool } = aPool();
    const numbers = new Set(
      Array.from({ length: 10_000 }, (_, index) =>
        pool.reserve(index % 2 === 0 ? 'live' : 'history').text.slice(6),
      ),
    );
    assert.equal(numbers.size, 10_000);
    assert.equal(pool.inUse, 10_000);
    assert.throws(
      () => pool.reserve('live'),
      (error) => error instanceof GbFailure && error.reason === 'exhausted',
    );
  });

  it('lets a number rest for 30 s before it is handed out again', async () => {
    const { clock, pool } = aPool();
    const leases = Array.from({ length: 10_000 }, () => pool.reserve('live'));
    const given = leases[77];
    given?.release();
    await clock.advance(29_999);
    assert.throws(() => pool.reserve('live'));
    await clock.advance(1);
    assert.equal(pool.reserve('live').text, given?.text);
  });

  it('takes a number back once, however often it is given back', async () => {
    const { clock, pool } = aPool();
    const first = pool.reserve('live');
    first.release();
    first.release();
    assert.equal(pool.inUse, 0);
    await clock.advance(30_000);
    const others = Array.from({ length: 10_000 }, () => pool.reserve('live'));
    first.release();
    assert.equal(pool.inUse, 10_000);
    assert.equal(others.length, 10_000);
  });
});
