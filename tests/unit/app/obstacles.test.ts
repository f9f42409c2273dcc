import assert from 'node:assert/strict';
import { obstacles } from '../../../bff/src/app/obstacles.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('what keeps the server from doing its job', () => {
  const answering = { stats: () => Promise.resolve([]), answers: () => Promise.resolve(true) };
  const never = (): Promise<never> => new Promise(() => undefined);

  it('is nothing while database and media thread answer', async () => {
    const clock = new FakeClock();
    assert.deepEqual(await obstacles({ clock, database: answering, media: answering }), []);
    assert.equal(clock.pending, 0);
  });

  it('is each of them that does not, also one that takes too long', async () => {
    const clock = new FakeClock();
    const asked = obstacles({
      clock,
      database: { answers: () => Promise.resolve(false) },
      media: { stats: never },
    });
    await clock.advance(2_000);
    assert.deepEqual(await asked, ['the database does not answer', 'the media thread does not answer']);
    const media = { stats: () => Promise.reject(new Error('gone')) };
    assert.deepEqual(await obstacles({ clock, database: answering, media }), [
      'the media thread does not answer',
    ]);
  });
});
