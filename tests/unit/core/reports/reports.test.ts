import assert from 'node:assert/strict';
import { DEFAULT_CORE_SETTINGS, type ToldPosition } from '../../../../bff/src/core/index.ts';
import { CoreError } from '../../../../bff/src/kernel/index.ts';
import { CHANNEL_GB_ID, type CoreOnFakes, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';
import { hasCode } from '../../../support/core/has-code.ts';

const { reports: BOUNDS } = DEFAULT_CORE_SETTINGS;
const PLACE: ToldPosition = {
  sourceGbId: CHANNEL_GB_ID,
  atMs: undefined,
  longitude: 117.28,
  latitude: 31.86,
  speed: undefined,
  direction: undefined,
  altitude: undefined,
  height: undefined,
};

const OTHER = '34020000001320000002';

interface Bench extends Omit<CoreOnFakes, 'figure'> {
  readonly figure: (name: string) => number;
}

async function withCamera(over: Partial<typeof BOUNDS> = {}): Promise<Bench> {
  const bench = await coreOnFakes({ settings: { reports: { ...BOUNDS, ...over } } });
  await bench.addCamera();
  return { ...bench, figure: (name) => bench.figure(name) };
}

describe('Positions', () => {
  it('are a history, newest first, of bounded length', async () => {
    const { core, reports, clock } = await withCamera({ maxPositionsPerDevice: 3 });
    for (let n = 0; n < 5; n += 1) reports.tell('positions', GB_ID, [{ ...PLACE, longitude: n }]);
    const listed = async (): Promise<readonly number[]> =>
      (await core.positions.list(GB_ID, {}, { limit: 10 })).map(({ longitude }) => longitude);
    assert.deepEqual(await listed(), [4, 3, 2, 1, 0]);
    await clock.advance(601_000);
    assert.deepEqual(await listed(), [4, 3, 2]);
    await core.devices.remove(GB_ID);
    await clock.advance(1_000);
    await assert.rejects(listed(), hasCode('DEVICE_NOT_FOUND'));
  });

  it('that are too many to be written: the oldest give way, counted', async () => {
    const { core, reports, figure } = await withCamera({ maxWaitingPositions: 2 });
    reports.tell(
      'positions',
      GB_ID,
      [1, 2, 3].map((longitude) => ({ ...PLACE, longitude })),
    );
    assert.equal(figure('yimu_core_positions_dropped'), 1);
    const listed = await core.positions.list(GB_ID, {}, { limit: 10 });
    assert.deepEqual(
      listed.map(({ longitude }) => longitude),
      [3, 2],
    );
  });

  it('of domes are the last ones of each camera, for a day', async () => {
    const { core, reports, clock } = await withCamera({ maxDirectionsPerDevice: 1 });
    for (const pan of [10, 20]) reports.tell('direction', GB_ID, CHANNEL_GB_ID, { pan, tilt: 0, zoom: 1 });
    reports.tell('direction', GB_ID, GB_ID, { pan: 30, tilt: 0, zoom: 1 });
    assert.deepEqual(
      core.positions.directions(GB_ID).map(({ pan }) => pan),
      [20],
    );
    await clock.advance(86_400_000);
    assert.deepEqual(core.positions.directions(GB_ID), []);
  });
});

describe('PresenceLog', () => {
  it('says when a device came, went, why, and what was out of order', async () => {
    const { core, signalling, reports, clock } = await withCamera();
    signalling.goOffline(GB_ID);
    reports.tell('faults', GB_ID, [CHANNEL_GB_ID]);
    reports.tell('faults', GB_ID, []);
    await clock.advance(1_000);
    const events = await core.presenceLog.list(GB_ID, {}, { limit: 10 });
    assert.deepEqual(
      events.map(({ kind, detail }) => [kind, detail]),
      [
        ['well', undefined],
        ['faults', CHANNEL_GB_ID],
        ['offline', undefined],
        ['online', 'udp 192.0.2.9'],
      ],
    );
    assert.ok(events[2]?.cause);
    assert.deepEqual(await core.presenceLog.list(undefined, {}, { limit: 10 }), events);
  });

  it('names whole IDs of what is out of order, and says how many there are beyond', async () => {
    const { core, reports } = await withCamera();
    const faulty = Array.from({ length: 40 }, (_, at) => `34020000001320001${String(at).padStart(3, '0')}`);
    reports.tell('faults', GB_ID, faulty);
    const [event] = await core.presenceLog.list(GB_ID, {}, { limit: 1 });
    assert.deepEqual(event?.detail?.split(' '), [...faulty.slice(0, 11), '+29']);
  });

  it('is silent about registrations that are refreshed', async () => {
    const { core, signalling } = await withCamera();
    signalling.comeOnline(GB_ID, 'refreshed');
    assert.equal((await core.presenceLog.list(GB_ID, {}, { limit: 10 })).length, 1);
  });

  it('says after a restart who did not come back, once', async () => {
    const before = await withCamera();
    await before.addCamera(OTHER);
    await before.core.stop();
    let { repositories } = before;
    for (const restart of ['first', 'second']) {
      const after = await coreOnFakes({ repositories });
      after.signalling.comeOnline(OTHER);
      await after.clock.advance(BOUNDS.comeBackMs + 10_000);
      const told = async (gbId: string): Promise<readonly unknown[]> =>
        (await after.core.presenceLog.list(gbId, {}, { limit: 10 })).map(({ kind, cause }) => cause ?? kind);
      assert.deepEqual(await told(GB_ID), ['not-back', 'online'], restart);
      assert.ok(!(await told(OTHER)).includes('not-back'), restart);
      await after.core.stop();
      ({ repositories } = after);
    }
  });
});

describe('Subscriptions', () => {
  it('are kept over a restart, and wanted again (Q30)', async () => {
    const { core, repositories, clock } = await withCamera();
    const wanted = [{ kind: 'alarm' }, { kind: 'position', intervalS: 30 }] as const;
    await core.subscriptions.set(GB_ID, { wanted, arm: true });
    await core.stop();
    const again = await coreOnFakes({ repositories, clock });
    assert.deepEqual(
      again.reports.wanted.get(GB_ID)?.map(({ kind, intervalS }) => [kind, intervalS]),
      [
        ['alarm', undefined],
        ['position', 30],
      ],
    );
    assert.equal(again.core.subscriptions.get(GB_ID).arm, true);
    again.signalling.comeOnline(GB_ID);
    await clock.advance(1_000);
    assert.deepEqual(again.reports.orders, [`guard ${GB_ID} ${GB_ID} true`]);
    await again.core.devices.remove(GB_ID);
    await clock.advance(1_000);
    assert.deepEqual([again.reports.wanted.size, await repositories.wishes.load()], [0, []]);
  });

  it('refuse what is no wish, or too many', async () => {
    const { core } = await withCamera();
    const set = (wanted: unknown): Promise<unknown> =>
      core.subscriptions.set(GB_ID, { wanted: wanted as never, arm: false });
    for (const wanted of [
      [{ kind: 'weather' }],
      [{ kind: 'alarm', channelGbId: 'x' }],
      [{ kind: 'position', intervalS: 1.5 }],
      [{ kind: 'position', intervalS: 3_601 }],
      [null],
      Array.from({ length: 9 }, (_, n) => ({ kind: 'position', intervalS: n + 1 })),
    ])
      await assert.rejects(set(wanted), hasCode('INVALID_ARGUMENT'));
    await assert.rejects(
      core.subscriptions.set('nobody', { wanted: [], arm: false }),
      hasCode('DEVICE_NOT_FOUND'),
    );
  });

  it('arm a device at once and whenever it registers, where that is wanted (Q30)', async () => {
    const { core, signalling, reports, clock } = await withCamera();
    await core.subscriptions.set(GB_ID, { wanted: [], arm: true });
    assert.equal(reports.orders.length, 1);
    signalling.comeOnline(GB_ID, 'refreshed');
    await clock.advance(1_000);
    assert.equal(reports.orders.length, 1);
    signalling.goOffline(GB_ID);
    reports.refusal = new CoreError('DEVICE_TIMEOUT', '');
    signalling.comeOnline(GB_ID);
    await clock.advance(1_000);
    reports.refusal = undefined;
    signalling.goOffline(GB_ID);
    signalling.comeOnline(GB_ID);
    await clock.advance(1_000);
    assert.deepEqual(reports.orders, [`guard ${GB_ID} ${GB_ID} true`, `guard ${GB_ID} ${GB_ID} true`]);
    await core.subscriptions.set(GB_ID, { wanted: [], arm: false });
    signalling.goOffline(GB_ID);
    signalling.comeOnline(GB_ID);
    await clock.advance(1_000);
    assert.equal(reports.orders.length, 2);
  });

  it('arm a device that registers again: it may have restarted, or not have taken the order (Q30)', async () => {
    const { core, signalling, reports, clock } = await withCamera();
    reports.refusal = new CoreError('DEVICE_TIMEOUT', '');
    await core.subscriptions.set(GB_ID, { wanted: [], arm: true });
    await clock.advance(1_000);
    reports.refusal = undefined;
    signalling.comeOnline(GB_ID, 'refreshed');
    await clock.advance(1_000);
    assert.equal(reports.orders.length, 1, 'it did not take the order before');
    signalling.comeOnline(GB_ID, 'refreshed');
    await clock.advance(60_000);
    assert.equal(reports.orders.length, 1, 'it was armed just now');
    signalling.comeOnline(GB_ID, 'refreshed');
    await clock.advance(1_000);
    assert.equal(reports.orders.length, 2);
  });
});
