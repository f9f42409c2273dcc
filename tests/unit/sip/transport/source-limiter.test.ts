import assert from 'node:assert/strict';
import { SourceLimiter } from '../../../../bff/src/sip/transport/source-limiter.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

function aLimiter(over: { readonly maxSources?: number } = {}): {
  readonly clock: FakeClock;
  readonly limiter: SourceLimiter;
} {
  const clock = new FakeClock();
  const limiter = new SourceLimiter({ clock, perSecond: 10, burst: 20, maxSources: 1_000, ...over });
  return { clock, limiter };
}

function takeAll(limiter: SourceLimiter, source: string): number {
  let taken = 0;
  while (taken < 1_000 && limiter.take(source)) taken += 1;
  return taken;
}

describe('SourceLimiter', () => {
  it('lets a burst through and then so many a second', async () => {
    const { clock, limiter } = aLimiter();
    assert.equal(takeAll(limiter, 'a'), 20);
    await clock.advance(1_000);
    assert.equal(takeAll(limiter, 'a'), 10);
    await clock.advance(100);
    assert.equal(takeAll(limiter, 'a'), 1);
  });

  it('gives back what was asked for, and never more than the burst', () => {
    const { limiter } = aLimiter();
    assert.equal(takeAll(limiter, 'a'), 20);
    limiter.credit('a');
    assert.equal(takeAll(limiter, 'a'), 1);
    for (let count = 0; count < 50; count += 1) limiter.credit('b');
    assert.equal(takeAll(limiter, 'b'), 20);
  });

  it('gives a source that was quiet its burst again, and no more', async () => {
    const { clock, limiter } = aLimiter();
    takeAll(limiter, 'a');
    await clock.advance(60_000);
    assert.equal(takeAll(limiter, 'a'), 20);
  });

  it('has sources not suffer for each other', () => {
    const { limiter } = aLimiter();
    takeAll(limiter, 'flooder');
    assert.equal(takeAll(limiter, 'other'), 20);
  });

  it('says how long to wait for what was taken on credit', async () => {
    const { clock, limiter } = aLimiter();
    takeAll(limiter, 'a');
    assert.equal(limiter.charge('a'), 100);
    assert.equal(limiter.charge('a'), 200);
    assert.equal(limiter.take('a'), false);
    await clock.advance(300);
    assert.equal(limiter.take('a'), true);
    assert.equal(limiter.charge('b'), 0);
  });

  it('keeps its count over a generation, so that a flood is not forgiven', async () => {
    const { clock, limiter } = aLimiter();
    let through = 0;
    for (let tenths = 0; tenths < 100; tenths += 1) {
      through += takeAll(limiter, 'a');
      await clock.advance(100);
    }
    assert.ok(through <= 20 + 100, String(through));
  });

  it('forgets who is quiet, and keeps no more sources than it may', async () => {
    const { clock, limiter } = aLimiter({ maxSources: 100 });
    for (let i = 0; i < 10_000; i += 1) {
      limiter.take(`s${String(i)}`);
      assert.ok(limiter.size <= 100);
    }
    await clock.advance(10_000);
    limiter.take('a');
    await clock.advance(10_000);
    limiter.take('a');
    assert.equal(limiter.size, 1);
  });

  it('still limits a source while a flood of others passes', () => {
    const { limiter } = aLimiter({ maxSources: 1_000 });
    takeAll(limiter, 'a');
    for (let i = 0; i < 499; i += 1) limiter.take(`s${String(i)}`);
    assert.equal(limiter.take('a'), false);
  });
});
