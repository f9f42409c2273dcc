import assert from 'node:assert/strict';
import { watchHeap } from '../../../bff/src/app/heap-policy.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const MEBI = 1_048_576;

describe('watchHeap', () => {
  let clock = new FakeClock();
  let used = 0;
  let told: number[] = [];
  const heap = {
    used: () => used,
    setGrowth: (percent: number) => {
      told.push(percent);
    },
  };

  beforeEach(() => {
    clock = new FakeClock();
    used = 40 * MEBI;
    told = [];
  });

  it('lets a small heap grow, and a large one only little, from within a second', async () => {
    const stop = watchHeap(clock, heap);
    used = 300 * MEBI;
    await clock.advance(1_000);
    const [small = 0, large = 0] = told;
    assert.equal(told.length, 2);
    assert.ok(
      large > 0 && large < small,
      `${String(large)} for a large heap, ${String(small)} for a small one`,
    );
    stop();
  });

  it('says nothing while nothing changes, and takes it back when the heap is small again', async () => {
    const stop = watchHeap(clock, heap);
    await clock.advance(10_000);
    assert.equal(told.length, 1);
    used = 300 * MEBI;
    await clock.advance(10_000);
    used = 40 * MEBI;
    await clock.advance(10_000);
    assert.equal(told.length, 3);
    assert.equal(told[2], told[0]);
    stop();
  });

  it('leaves no timer behind', () => {
    const stop = watchHeap(clock, heap);
    stop();
    assert.equal(clock.pending, 0);
  });
});
