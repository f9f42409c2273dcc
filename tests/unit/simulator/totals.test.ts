import assert from 'node:assert/strict';
import { TotalsKeeper } from '../../../bff/simulator/src/totals.ts';
import { APlatform } from './a-platform.ts';

const REGISTERED = { event: 'registered', how: 'digest', expiresS: 60 } as const;

describe('the totals of a simulation', () => {
  it('count what failed apart from what went well', () => {
    const keeper = new TotalsKeeper(2, []);
    for (const status of [200, 200, 403, undefined]) keeper.count('a', { event: 'keepalive', status });
    keeper.count('a', { event: 'register-refused', status: undefined });
    keeper.count('b', { event: 'query', type: 'Catalog' });
    assert.deepEqual(keeper.totals.events, {
      keepalive: 2,
      'keepalive:403': 1,
      'keepalive:none': 1,
      query: 1,
      'register-refused:none': 1,
    });
  });

  it('count a device once that registers twice, and say when the last one was there', () => {
    const keeper = new TotalsKeeper(2, []);
    keeper.begin();
    keeper.count('a', REGISTERED);
    keeper.count('a', REGISTERED);
    assert.deepEqual([keeper.totals.registeredOnce, keeper.totals.allRegisteredAfterMs], [1, undefined]);
    keeper.count('b', REGISTERED);
    assert.equal(keeper.totals.registeredOnce, 2);
    assert.equal(typeof keeper.totals.allRegisteredAfterMs, 'number');
  });

  it('show devices of the plan that have not begun, and registrations that hold now', async () => {
    const { device } = await new APlatform().registered();
    const devices = [device];
    const keeper = new TotalsKeeper(3, devices);
    assert.deepEqual([keeper.totals.devices, keeper.totals.started, keeper.totals.registered], [3, 1, 1]);
    await device.stop();
    assert.equal(keeper.totals.registered, 0);
  });
});
