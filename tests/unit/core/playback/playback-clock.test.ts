import assert from 'node:assert/strict';
import { PlaybackClock } from '../../../../bff/src/core/playback/playback-clock.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

describe('the clock of a playback', () => {
  it('stands until it runs, runs at its pace in both directions, and holds when it is stopped', async () => {
    const time = new FakeClock();
    const clock = new PlaybackClock(time, 1_000_000);
    await time.advance(5_000);
    assert.equal(clock.positionMs, 1_000_000);
    clock.run();
    await time.advance(2_000);
    assert.equal(clock.positionMs, 1_002_000);
    clock.setScale(4);
    await time.advance(1_000);
    assert.equal(clock.positionMs, 1_006_000);
    clock.setScale(-2);
    await time.advance(1_000);
    assert.equal(clock.positionMs, 1_004_000);
    clock.stop();
    await time.advance(60_000);
    assert.equal(clock.positionMs, 1_004_000);
    clock.moveTo(2_000_000);
    clock.setScale(0.5);
    clock.run();
    await time.advance(1_000);
    assert.equal(clock.positionMs, 2_000_500);
  });
});
