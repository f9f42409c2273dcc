import assert from 'node:assert/strict';
import fc from 'fast-check';
import { subscriptionStateOf } from '../../../../bff/src/sip/subscription/subscription-state.ts';
import { aRequest } from '../../../support/sip/messages.ts';

function stateOf(value: string | undefined): ReturnType<typeof subscriptionStateOf> {
  return subscriptionStateOf(
    aRequest({ method: 'NOTIFY', headers: value === undefined ? [] : [`Subscription-State: ${value}`] }),
  );
}

describe('Subscription-State (RFC 6665 §8.2.3)', () => {
  it('has a state, and what goes with it', () => {
    assert.deepEqual(stateOf('active;expires=3400;retry-after=0'), {
      state: 'active',
      expiresS: 3_400,
      reason: undefined,
      retryAfterS: undefined,
    });
    assert.deepEqual(stateOf(' Terminated ; reason = NoResource ; retry-after = 60'), {
      state: 'terminated',
      expiresS: undefined,
      reason: 'noresource',
      retryAfterS: 60,
    });
    assert.equal(stateOf('pending').state, 'pending');
  });

  it('is active where it is left out or nothing known, and knows no end at once while active', () => {
    for (const value of [undefined, '', 'ok', ';expires=5x', 'active;expires=0'])
      assert.deepEqual([stateOf(value).state, stateOf(value).expiresS], ['active', undefined], value);
  });

  it('never throws and never gives more than it was told', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{0,60}$/), (value) => {
        const { state, expiresS = 1, retryAfterS = 1, reason = '' } = stateOf(value);
        assert.ok(['active', 'pending', 'terminated'].includes(state));
        assert.ok(expiresS > 0 && expiresS < 1e9 && retryAfterS > 0 && retryAfterS < 1e9);
        assert.ok(reason.length <= 32);
      }),
    );
  });
});
