import assert from 'node:assert/strict';
import { Instruments, silentLogger } from '../../../bff/src/kernel/index.ts';
import { DEFAULT_LIMITS, limitsOf } from '../../../bff/src/sip/options.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { CountingRandom } from './counting-random.ts';

const OPTIONS = {
  clock: new FakeClock(),
  random: new CountingRandom(),
  logger: silentLogger,
  instruments: new Instruments(),
  port: 0,
  advertisedHost: '192.0.2.1',
};

describe('limitsOf', () => {
  it('gives the defaults', () => {
    assert.deepEqual(limitsOf(OPTIONS), DEFAULT_LIMITS);
  });

  it('takes the burst from the rate', () => {
    const limits = limitsOf({ ...OPTIONS, messagesPerSecond: 50 });
    assert.deepEqual([limits.messagesPerSecond, limits.messageBurst], [50, 100]);
  });

  it('lets a limit that is named win', () => {
    const limits = limitsOf({
      ...OPTIONS,
      messagesPerSecond: 50,
      limits: { messageBurst: 7, maxDialogs: 3 },
    });
    assert.deepEqual([limits.messagesPerSecond, limits.messageBurst, limits.maxDialogs], [50, 7, 3]);
  });

  it('leaves no source the room of all', () => {
    assert.ok(DEFAULT_LIMITS.maxInvitesPerSource * 10 <= DEFAULT_LIMITS.maxInvites);
    assert.ok(DEFAULT_LIMITS.maxConnectionsPerSource * 10 <= DEFAULT_LIMITS.maxConnections);
    assert.ok(DEFAULT_LIMITS.maxPartialBytesPerSource * 4 <= DEFAULT_LIMITS.maxPartialBytes);
    const repliesOfOne = DEFAULT_LIMITS.messagesPerSecond * 32 + DEFAULT_LIMITS.messageBurst;
    assert.ok(repliesOfOne * 10 <= DEFAULT_LIMITS.maxStoredReplies);
  });
});
