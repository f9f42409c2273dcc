import assert from 'node:assert/strict';
import type { ToldAlarm } from '../../../../bff/src/core/index.ts';
import { DEFAULT_CORE_SETTINGS } from '../../../../bff/src/core/index.ts';
import { CoreError } from '../../../../bff/src/kernel/index.ts';
import { CHANNEL_GB_ID, type CoreOnFakes, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';
import { hasCode } from '../../../support/core/has-code.ts';

const MOTION: ToldAlarm = {
  sourceGbId: CHANNEL_GB_ID,
  priority: 4,
  method: 5,
  type: 2,
  eventType: undefined,
  atMs: undefined,
  description: '移动\u202E侦测',
  longitude: undefined,
  latitude: undefined,
};
const { reports: BOUNDS } = DEFAULT_CORE_SETTINGS;

interface Bench extends Omit<CoreOnFakes, 'figure'> {
  readonly figure: (name: string) => number;
  readonly list: () => Promise<readonly (readonly [number | undefined, number])[]>;
}

async function withCamera(over: Partial<typeof BOUNDS> = {}): Promise<Bench> {
  const bench = await coreOnFakes({ settings: { reports: { ...BOUNDS, ...over } } });
  await bench.addCamera();
  return {
    ...bench,
    figure: (name) => bench.figure(name),
    list: async () =>
      (await bench.core.alarms.list({}, { limit: 100 })).map(({ type, times }) => [type, times]),
  };
}

describe('Alarms', () => {
  it('are kept with what the device said, its text cleaned', async () => {
    const { core, reports, clock } = await withCamera();
    const atMs = clock.nowMs() - 5_000;
    reports.tell('alarm', GB_ID, { ...MOTION, atMs });
    const [alarm] = await core.alarms.list({}, { limit: 1 });
    assert.deepEqual(
      [alarm?.sourceGbId, alarm?.atMs, alarm?.receivedAtMs, alarm?.description, alarm?.read],
      [CHANNEL_GB_ID, atMs, clock.nowMs(), '移动 侦测', false],
    );
  });

  it('take our time where the device has none that can be right', async () => {
    const { core, reports, clock } = await withCamera();
    const year = 400 * 86_400_000;
    reports.tell('alarm', GB_ID, { ...MOTION, type: 1, atMs: clock.nowMs() + year });
    reports.tell('alarm', GB_ID, { ...MOTION, type: 3, atMs: clock.nowMs() - year });
    for (const { atMs } of await core.alarms.list({}, { limit: 9 })) assert.equal(atMs, clock.nowMs());
  });

  it('that are told again within a minute count up, by MESSAGE and NOTIFY alike', async () => {
    const { reports, clock, list, figure } = await withCamera();
    reports.tell('alarm', GB_ID, MOTION);
    reports.tell('alarm', GB_ID, MOTION);
    assert.deepEqual(await list(), [[2, 2]], 'before it was written');
    await clock.advance(50_000);
    reports.tell('alarm', GB_ID, MOTION);
    await clock.advance(50_000);
    reports.tell('alarm', GB_ID, MOTION);
    assert.deepEqual(await list(), [[2, 4]], 'and after');
    await clock.advance(61_000);
    reports.tell('alarm', GB_ID, MOTION);
    assert.deepEqual(await list(), [
      [2, 1],
      [2, 4],
    ]);
    assert.equal(figure('yimu_core_alarms_repeated'), 3);
  });

  it('that happen again after an operator has read them are new; what was read is only told again', async () => {
    const { core, reports, clock, list } = await withCamera();
    const atMs = clock.nowMs();
    reports.tell('alarm', GB_ID, { ...MOTION, atMs });
    assert.equal(await core.alarms.setRead({}, true), 1);
    reports.tell('alarm', GB_ID, { ...MOTION, atMs });
    assert.deepEqual(await list(), [[2, 2]], 'the twin of the one that was read');
    await clock.advance(5_000);
    reports.tell('alarm', GB_ID, { ...MOTION, atMs: atMs + 5_000 });
    reports.tell('alarm', GB_ID, { ...MOTION, atMs: atMs + 6_000 });
    assert.deepEqual(await list(), [
      [2, 1],
      [2, 1],
      [2, 2],
    ]);
    assert.equal(await core.alarms.count({ read: false }), 2);
  });

  it('are told apart by AlarmTime: another time is another alarm, within a minute too', async () => {
    const { reports, clock, list, figure } = await withCamera();
    const atMs = clock.nowMs();
    for (const later of [0, 1_000, 2_000, 1_000, 0])
      reports.tell('alarm', GB_ID, { ...MOTION, atMs: atMs + later });
    assert.deepEqual(await list(), [
      [2, 1],
      [2, 2],
      [2, 2],
    ]);
    assert.equal(figure('yimu_core_alarms_repeated'), 2);
    reports.tell('alarm', GB_ID, { ...MOTION, atMs, priority: 1 });
    assert.equal((await list()).length, 4, 'and by priority');
  });

  it('with one AlarmTime are one for an hour, however long the device is silent between', async () => {
    const { reports, clock, list } = await withCamera();
    const atMs = clock.nowMs();
    for (let turn = 0; turn < 3; turn += 1) {
      reports.tell('alarm', GB_ID, { ...MOTION, atMs });
      await clock.advance(19 * 60_000);
    }
    assert.deepEqual(await list(), [[2, 3]]);
    await clock.advance(4 * 60_000);
    reports.tell('alarm', GB_ID, { ...MOTION, atMs });
    assert.equal((await list()).length, 2, 'a clock that stands still hides nothing for longer');
  });

  it('whose AlarmTime cannot be right are one within the window, as those without', async () => {
    const { reports, clock, list } = await withCamera();
    const year = 400 * 86_400_000;
    for (const atMs of [undefined, clock.nowMs() - year, clock.nowMs() + year, undefined]) {
      reports.tell('alarm', GB_ID, { ...MOTION, atMs });
      await clock.advance(1_000);
    }
    assert.deepEqual(await list(), [[2, 4]]);
  });

  it('are known again after a restart, by AlarmTime or within the window', async () => {
    const { core, reports, clock, list } = await withCamera();
    const atMs = clock.nowMs() - 5_000;
    reports.tell('alarm', GB_ID, { ...MOTION, atMs });
    reports.tell('alarm', GB_ID, { ...MOTION, type: 3 });
    await core.alarms.flush();
    await clock.advance(30_000);
    await core.alarms.load();
    reports.tell('alarm', GB_ID, { ...MOTION, atMs });
    reports.tell('alarm', GB_ID, { ...MOTION, atMs: atMs + 1_000 });
    reports.tell('alarm', GB_ID, { ...MOTION, type: 3 });
    assert.deepEqual(await list(), [
      [2, 1],
      [3, 2],
      [2, 2],
    ]);
    await clock.advance(600_000);
    await core.alarms.load();
    reports.tell('alarm', GB_ID, { ...MOTION, atMs });
    assert.deepEqual((await list()).at(-1), [2, 3], 'long after the window');
  });

  it('of one kind with ever new times are sixty a minute; the others count up the last, and are counted', async () => {
    const { reports, clock, list, figure, core } = await withCamera();
    const atMs = clock.nowMs();
    for (let at = 0; at < 500; at += 1) reports.tell('alarm', GB_ID, { ...MOTION, atMs: atMs + at * 1_000 });
    reports.tell('alarm', GB_ID, { ...MOTION, type: 3, atMs });
    const told = await list();
    assert.deepEqual([told.length, told[0], told[1]], [61, [3, 1], [2, 441]]);
    assert.equal(figure('yimu_core_alarms_folded'), 440);
    await core.alarms.setRead({}, true);
    reports.tell('alarm', GB_ID, { ...MOTION, atMs: atMs + 900_000 });
    assert.equal(await core.alarms.count({ read: false }), 1, 'what an operator has read takes no more');
    await clock.advance(61_000);
    reports.tell('alarm', GB_ID, { ...MOTION, atMs: atMs + 901_000 });
    assert.equal((await list()).length, 63);
  });

  it('are waited for until they are written, told again or not', async () => {
    const { reports, clock, core } = await withCamera();
    const stored: Promise<void>[] = [];
    const tell = (type: number): void => {
      reports.tell('alarm', GB_ID, { ...MOTION, type }, (work) => stored.push(work));
    };
    tell(2);
    tell(2);
    tell(3);
    assert.equal(stored.length, 3);
    await clock.advance(DEFAULT_CORE_SETTINGS.reports.alarmGatherMs);
    await Promise.all(stored);
    assert.equal(await core.alarms.count({}), 2);
    tell(2);
    assert.equal(stored.length, 3, 'a repetition of what is written is not waited for');
  });

  it('that go on and on begin anew every ten minutes', async () => {
    const { reports, clock, list } = await withCamera();
    for (let minute = 0; minute < 12; minute += 1) {
      reports.tell('alarm', GB_ID, MOTION);
      await clock.advance(55_000);
    }
    assert.deepEqual(await list(), [
      [2, 1],
      [2, 11],
    ]);
  });

  it('of another source, method or type are others', async () => {
    const { reports, list } = await withCamera();
    reports.tell('alarm', GB_ID, MOTION);
    reports.tell('alarm', GB_ID, { ...MOTION, sourceGbId: GB_ID });
    reports.tell('alarm', GB_ID, { ...MOTION, method: 2 });
    reports.tell('alarm', GB_ID, { ...MOTION, type: 6, eventType: 1 });
    reports.tell('alarm', GB_ID, { ...MOTION, type: 6, eventType: 2 });
    assert.equal((await list()).length, 5);
  });

  it('of nobody that is known are left out', async () => {
    const { reports, list } = await withCamera();
    reports.tell('alarm', '34020000001320009999', MOTION);
    assert.deepEqual(await list(), []);
  });

  it('of a storm cost bounded memory: what is beyond is dropped and counted', async () => {
    const { reports, list, figure, clock } = await withCamera({ maxWaitingAlarms: 10 });
    for (let type = 1; type <= 100; type += 1)
      for (let again = 0; again < 3; again += 1) reports.tell('alarm', GB_ID, { ...MOTION, type });
    assert.equal(figure('yimu_core_alarms_waiting'), 10);
    assert.equal(figure('yimu_core_alarms_dropped'), 270);
    await clock.advance(1_000);
    assert.equal(figure('yimu_core_alarms_waiting'), 0);
    const kept = await list();
    assert.deepEqual([kept.length, kept.every(([, times]) => times === 3)], [10, true]);
  });

  it('wait for a database that is away, and lose nothing that was taken', async () => {
    const { core, reports, repositories, clock, list, figure } = await withCamera();
    const write = repositories.alarms.write.bind(repositories.alarms);
    Object.assign(repositories.alarms, { write: () => Promise.reject(new CoreError('STORAGE_FAILED', '')) });
    reports.tell('alarm', GB_ID, MOTION);
    await clock.advance(2_000);
    reports.tell('alarm', GB_ID, MOTION);
    reports.tell('alarm', GB_ID, { ...MOTION, type: 3 });
    await clock.advance(2_000);
    assert.deepEqual([figure('yimu_core_alarms_waiting'), await core.alarms.count({})], [2, 0]);
    assert.ok(figure('yimu_core_alarms_write_failures') >= 2);
    Object.assign(repositories.alarms, { write });
    await clock.advance(2_000);
    assert.deepEqual(await list(), [
      [3, 1],
      [2, 2],
    ]);
  });

  it('are written when the server stops', async () => {
    const { core, reports, repositories } = await withCamera();
    reports.tell('alarm', GB_ID, MOTION);
    await core.stop();
    assert.equal(await repositories.alarms.count({}), 1);
  });

  it('are marked as read once the device was told that they were dealt with', async () => {
    const { core, reports } = await withCamera();
    reports.tell('alarm', GB_ID, MOTION);
    const [alarm] = await core.alarms.list({}, { limit: 1 });
    assert.ok(alarm);
    reports.refusal = new CoreError('DEVICE_OFFLINE', '');
    await assert.rejects(core.alarms.reset(alarm.id), hasCode('DEVICE_OFFLINE'));
    assert.equal(await core.alarms.count({ read: false }), 1);
    reports.refusal = undefined;
    await core.alarms.reset(alarm.id);
    assert.deepEqual(
      [reports.orders, await core.alarms.count({ read: false })],
      [[`reset ${GB_ID} ${CHANNEL_GB_ID} 5 2`], 0],
    );
    await assert.rejects(core.alarms.reset(999), hasCode('INVALID_ARGUMENT'));
  });

  it('are pruned by age and number, and go with their device', async () => {
    const { core, reports, clock, list } = await withCamera({ maxAlarms: 3, alarmKeepMs: 3_600_000 });
    for (let type = 1; type <= 5; type += 1) reports.tell('alarm', GB_ID, { ...MOTION, type });
    await list();
    await clock.advance(601_000);
    assert.deepEqual(
      (await list()).map(([type]) => type),
      [5, 4, 3],
    );
    await clock.advance(3_700_000);
    assert.deepEqual(await list(), []);
    reports.tell('alarm', GB_ID, MOTION);
    await core.devices.remove(GB_ID);
    await clock.advance(1_000);
    assert.deepEqual(await list(), []);
  });
});
