import assert from 'node:assert/strict';
import { KeyedQueue } from '../../../bff/src/kernel/index.ts';

/** A promise that a test settles. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    opened,
    open: () => {
      open();
    },
  };
}

describe('KeyedQueue', () => {
  it('runs the jobs of one key one after another, in their order', async () => {
    const queue = new KeyedQueue();
    const first = gate();
    const done: string[] = [];
    const jobs = [
      queue.run('camera', async () => {
        await first.opened;
        done.push('first');
      }),
      queue.run('camera', () => {
        done.push('second');
        return Promise.resolve();
      }),
    ];
    await Promise.resolve();
    assert.deepEqual(done, []);
    first.open();
    await Promise.all(jobs);
    assert.deepEqual(done, ['first', 'second']);
  });

  it('runs the jobs of different keys side by side', async () => {
    const queue = new KeyedQueue();
    const stuck = gate();
    const waiting = queue.run('a', () => stuck.opened);
    assert.equal(await queue.run('b', () => Promise.resolve(7)), 7);
    stuck.open();
    await waiting;
  });

  it('goes on after a job that failed, and tells only its own caller', async () => {
    const queue = new KeyedQueue();
    const failed = queue.run('a', () => Promise.reject(new Error('no')));
    const next = queue.run('a', () => Promise.resolve('yes'));
    await assert.rejects(failed, /no/);
    assert.equal(await next, 'yes');
  });

  it('keeps nothing of a key whose jobs are done', async () => {
    const queue = new KeyedQueue();
    await Promise.all(['a', 'b', 'c'].map((key) => queue.run(key, () => Promise.resolve())));
    await Promise.resolve();
    assert.equal(queue.size, 0);
  });
});
