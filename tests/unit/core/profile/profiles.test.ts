import assert from 'node:assert/strict';
import { SYSTEM_PRINCIPAL } from '../../../../bff/src/core/index.ts';
import { CoreError } from '../../../../bff/src/kernel/index.ts';
import { CHANNEL_GB_ID, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';
import { until } from '../../../support/until.ts';
import { hasCode } from '../../../support/core/has-code.ts';

describe('profiles of devices', () => {
  it('are set field by field, hold at once, and are given back', async () => {
    const { core, profiles } = await coreOnFakes();
    await core.devices.add({ gbId: GB_ID, password: 'x' });
    const { serial } = core.devices.get(GB_ID);
    assert.deepEqual(core.profiles.get(serial).set, {});
    await core.profiles.change(GB_ID, { talk: 'talk', keepaliveIntervalS: 20 });
    const view = await core.profiles.change(serial, { talk: null, ignoreCatalogDeletions: true });
    assert.deepEqual(view.set, { keepaliveIntervalS: 20, ignoreCatalogDeletions: true });
    assert.deepEqual([view.profile.talk, view.profile.keepaliveIntervalS], ['auto', 20]);
    assert.deepEqual(profiles.refreshed, [GB_ID, GB_ID]);
    await core.stop();
  });

  it('outlive a restart', async () => {
    const first = await coreOnFakes();
    await first.core.devices.add({ gbId: GB_ID, password: 'x' });
    await first.core.profiles.change(GB_ID, { charset: 'gb18030' });
    await first.core.stop();
    const second = await coreOnFakes({ repositories: first.repositories });
    assert.deepEqual(second.core.profiles.get(GB_ID).set, { charset: 'gb18030' });
    await second.core.profiles.change(GB_ID, { charset: null });
    assert.deepEqual(await first.repositories.profiles.load(), []);
    await second.core.stop();
  });

  it('that cannot be read are as if none were set', async () => {
    const first = await coreOnFakes();
    await first.core.devices.add({ gbId: GB_ID, password: 'x' });
    const { id } = first.core.devices.get(GB_ID);
    await first.core.stop();
    for (const settings of ['{', '{"nothing":1}', 'null']) {
      await first.repositories.profiles.save({ deviceId: id, settings, changedAtMs: 0 });
      const second = await coreOnFakes({ repositories: first.repositories });
      assert.deepEqual(second.core.profiles.get(GB_ID).set, {});
      await second.core.stop();
    }
  });

  it('refuse what cannot be, and change nothing then', async () => {
    const { core, profiles } = await coreOnFakes();
    await core.devices.add({ gbId: GB_ID, password: 'x' });
    for (const wrong of [
      { talk: 'shout' },
      { nothing: 1 },
      { talk: 'talk', keepaliveIntervalS: 1 },
      { toString: 1 },
    ])
      await assert.rejects(core.profiles.change(GB_ID, wrong), hasCode('INVALID_ARGUMENT'));
    await assert.rejects(core.profiles.change('nobody', {}), hasCode('DEVICE_NOT_FOUND'));
    assert.deepEqual(core.profiles.get(GB_ID).set, {});
    assert.deepEqual(profiles.refreshed, []);
    await core.stop();
  });

  it('go with their device', async () => {
    const { core } = await coreOnFakes();
    await core.devices.add({ gbId: GB_ID, password: 'x' });
    await core.profiles.change(GB_ID, { ignoreCatalogDeletions: true });
    await core.devices.remove(GB_ID);
    await core.devices.add({ gbId: GB_ID, password: 'x' });
    assert.deepEqual(core.profiles.get(GB_ID).set, {});
    await core.stop();
  });

  it('of a device are learnt anew when it told its maker', async () => {
    const bench = await coreOnFakes();
    await bench.addCamera();
    assert.ok(bench.profiles.refreshed.includes(GB_ID));
    assert.equal(bench.core.profiles.facts(GB_ID)?.manufacturer, 'Yimu');
    await bench.core.stop();
  });

  it('order the transports of media: each is tried in its turn where the camera refuses the one before (Q64)', async () => {
    const bench = await coreOnFakes({ settings: { mediaTransports: ['tcp-active'] } });
    const camera = await bench.addCamera();
    await bench.core.profiles.change(GB_ID, { mediaTransports: ['tcp-passive', 'udp'] });
    bench.signalling.answer = () => Promise.reject(new CoreError('DEVICE_REFUSED', 'no such transport'));
    const { url } = bench.core.live.issueAddress({
      ...{ camera, quality: 1, principal: SYSTEM_PRINCIPAL, ttlS: undefined, host: 'yimu.example' },
    });
    const decision = await bench.media.ask(url);
    assert.equal(!decision.allow && decision.code, 'DEVICE_REFUSED');
    assert.deepEqual(
      bench.signalling.invites.map(({ transport }) => transport),
      ['tcp-passive', 'udp'],
    );
    await bench.core.stop();
  });
});

describe('the last registration of a device', () => {
  it('outlives a restart where a keepalive may bring the device back, and goes when it takes it back', async () => {
    const first = await coreOnFakes();
    await first.core.devices.add({ gbId: GB_ID, password: 'x' });
    first.signalling.expiresAtMs = first.clock.nowMs() + 3_600_000;
    first.signalling.comeOnline(GB_ID);
    assert.equal(first.core.profiles.facts(GB_ID)?.lastRegistration, undefined, 'nothing is kept of others');
    await first.core.profiles.change(GB_ID, { keepaliveRevives: true });
    first.signalling.comeOnline(GB_ID, 'refreshed');
    first.signalling.goOffline(GB_ID);
    await until('it is stored', async () => (await first.repositories.registrations.load()).length === 1);
    await first.core.stop();
    const second = await coreOnFakes({ repositories: first.repositories, clock: first.clock });
    assert.equal(second.core.profiles.facts(GB_ID)?.lastRegistration?.address, '192.0.2.9');
    second.signalling.comeOnline(GB_ID);
    second.signalling.goOffline(GB_ID, 'unregistered');
    assert.equal(second.core.profiles.facts(GB_ID)?.lastRegistration, undefined);
    await until('it is gone', async () => (await second.repositories.registrations.load()).length === 0);
    await second.core.stop();
  });

  it('is over when its time is', async () => {
    const bench = await coreOnFakes();
    await bench.core.devices.add({ gbId: GB_ID, password: 'x' });
    await bench.core.profiles.change(GB_ID, { keepaliveRevives: true });
    bench.signalling.expiresAtMs = bench.clock.nowMs() + 1_000;
    bench.signalling.comeOnline(GB_ID);
    assert.ok(bench.core.profiles.facts(GB_ID)?.lastRegistration);
    await bench.clock.advance(1_000);
    assert.equal(bench.core.profiles.facts(GB_ID)?.lastRegistration, undefined);
    await bench.core.stop();
  });
});

describe('channels that a device names no more', () => {
  it('stay where its profile says so, however often a complete catalogue lacks them (Q35)', async () => {
    for (const keeps of [true, false]) {
      const bench = await coreOnFakes();
      await bench.addCamera();
      await bench.core.profiles.change(GB_ID, { ignoreCatalogDeletions: keeps });
      bench.signalling.catalog = () =>
        Promise.resolve({
          complete: true,
          entries: [
            {
              ...{ channelGbId: '34020000001310000002', name: '枪机', online: true },
              ...{ manufacturer: undefined, model: undefined, ptzType: 3 },
            },
          ],
        });
      for (let round = 0; round < 4; round += 1) {
        bench.signalling.comeOnline(GB_ID);
        await bench.clock.advance(120_000);
      }
      const channels = bench.core.devices.channels(bench.core.devices.get(GB_ID)).map(({ gbId }) => gbId);
      assert.deepEqual(channels, keeps ? [CHANNEL_GB_ID, '34020000001310000002'] : ['34020000001310000002']);
      await bench.core.stop();
    }
  });
});
