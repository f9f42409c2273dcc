import assert from 'node:assert/strict';
import { Lifecycle } from '../../../bff/src/app/lifecycle.ts';
import { type Logger, silentLogger } from '../../../bff/src/kernel/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('the lifecycle', () => {
  let clock: FakeClock;
  let troubles: unknown[];
  let lifecycle: Lifecycle;
  let stopped: string[];

  beforeEach(() => {
    clock = new FakeClock();
    troubles = [];
    stopped = [];
    const logger: Logger = { ...silentLogger, error: ({ part }) => troubles.push(part) };
    lifecycle = new Lifecycle(clock, logger);
  });

  function part(name: string): void {
    lifecycle.started(name, () => {
      stopped.push(name);
    });
  }

  it('stops parts in the opposite order of their start, one after the other', async () => {
    part('database');
    lifecycle.started('media', async () => {
      await new Promise<void>((resolve) => {
        clock.after(100, resolve);
      });
      stopped.push('media');
    });
    part('http');
    const stopping = lifecycle.stop();
    await clock.advance(50);
    assert.deepEqual(stopped, ['http']);
    await clock.advance(50);
    await stopping;
    assert.deepEqual(stopped, ['http', 'media', 'database']);
    assert.equal(clock.pending, 0);
  });

  it('stops once, however often it is asked', async () => {
    part('a');
    assert.equal(lifecycle.stopping, false);
    assert.equal(lifecycle.stop(), lifecycle.stop());
    assert.equal(lifecycle.stopping, true);
    await lifecycle.stop();
    assert.deepEqual(stopped, ['a']);
  });

  it('goes on when a part fails, or throws, or hangs for five seconds, and names it', async () => {
    part('last');
    lifecycle.started('hangs', () => new Promise<void>(() => undefined));
    lifecycle.started('rejects', () => Promise.reject(new Error('no')));
    lifecycle.started('throws', () => {
      throw new Error('no');
    });
    const stopping = lifecycle.stop();
    await clock.advance(4_900);
    assert.deepEqual(stopped, []);
    await clock.advance(200);
    await stopping;
    assert.deepEqual(stopped, ['last']);
    assert.deepEqual(troubles, ['throws', 'rejects', 'hangs']);
  });

  it('stops a part that comes up while all is being stopped, and one that comes up after', async () => {
    lifecycle.started('first', () => {
      part('while');
    });
    await lifecycle.stop();
    assert.deepEqual(stopped, ['while']);
    part('after');
    await clock.advance(0);
    assert.deepEqual(stopped, ['while', 'after']);
  });
});
