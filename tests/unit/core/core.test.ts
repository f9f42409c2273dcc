import assert from 'node:assert/strict';
import { CoreError } from '../../../bff/src/kernel/index.ts';
import { coreOnFakes, GB_ID } from '../../support/core/core-bench.ts';

describe('the core as a whole', () => {
  it('keeps when a device was last seen: written behind, and at the latest when it stops', async () => {
    const bench = await coreOnFakes({ settings: { writeBehindMs: 5_000 } });
    await bench.addCamera();
    await bench.clock.advance(6_000);
    const kept = async (): Promise<number | undefined> =>
      (await bench.repositories.devices.loadDevices())[0]?.lastSeenAtMs;
    assert.equal(await kept(), 1);
    bench.signalling.lastSeenAtMs = 77;
    bench.signalling.comeOnline(GB_ID, 'refreshed');
    await bench.core.stop();
    assert.equal(await kept(), 77);
  });

  it('takes no notice of devices that nobody added', async () => {
    const bench = await coreOnFakes();
    bench.signalling.comeOnline('34020000001320009999');
    bench.signalling.goOffline('34020000001320009999');
    await bench.clock.advance(2_000);
    assert.equal(bench.core.devices.count, 0);
    await bench.core.stop();
  });

  it('goes on when housekeeping fails, and tries again', async () => {
    const bench = await coreOnFakes({ settings: { grantKeyRotationMs: 3_600_000 } });
    const { grants } = bench.repositories;
    const insertKey = grants.insertKey.bind(grants);
    grants.insertKey = () => Promise.reject(new CoreError('STORAGE_FAILED', ''));
    await bench.clock.advance(3_605_000);
    assert.equal((await grants.loadKeys()).length, 1);
    grants.insertKey = insertKey;
    await bench.clock.advance(1_000);
    assert.equal((await grants.loadKeys()).length, 2);
    await bench.core.stop();
  });

  it('does not start on a database that cannot be read', async () => {
    const { repositories } = await coreOnFakes();
    repositories.access.loadApps = () => Promise.reject(new CoreError('STORAGE_FAILED', ''));
    await assert.rejects(coreOnFakes({ repositories }), CoreError);
  });

  it('leaves no timer, stream or movement behind when it stops, and may be stopped twice', async () => {
    const bench = await coreOnFakes();
    await bench.addCamera();
    await bench.clock.advance(120_000);
    await bench.core.stop();
    await bench.core.stop();
    assert.equal(bench.clock.pending, 0);
    for (const name of ['yimu_live_sessions', 'yimu_leases', 'yimu_ptz_moving', 'yimu_core_write_behind'])
      assert.equal(bench.figure(name), 0, name);
  });
});
