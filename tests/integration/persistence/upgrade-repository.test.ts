import assert from 'node:assert/strict';
import { type Database, openDatabase } from '../../../bff/src/adapters/persistence/index.ts';
import type { UpgradeRecord } from '../../../bff/src/core/index.ts';
import { silentLogger, SystemClock } from '../../../bff/src/kernel/index.ts';
import { hasCode } from '../../support/core/has-code.ts';
import { aDeviceRecord } from '../../support/core/records.ts';
import { mysqlDatabase, NO_SERVER, sqliteDatabase, type TestDatabase } from '../../support/databases.ts';
import { skipSuite } from '../../support/skip.ts';

const NOON_MS = 1_768_442_400_000;

const upgrade = (deviceId: number, over: Partial<UpgradeRecord> = {}): UpgradeRecord => ({
  deviceId,
  sessionId: '0123456789abcdef0123456789abcdef',
  state: 'running',
  firmware: 'V2.0 升级 🚪',
  manufacturer: '一目',
  source: `https://ota.example.com/${'x'.repeat(1_000)}`,
  running: undefined,
  reason: undefined,
  askedAtMs: NOON_MS,
  changedAtMs: NOON_MS,
  ...over,
});

const byOther = (deviceId: number, over: Partial<UpgradeRecord> = {}): UpgradeRecord =>
  upgrade(deviceId, {
    sessionId: `会话${'s'.repeat(126)}`,
    state: 'failed',
    ...{ firmware: undefined, manufacturer: undefined, source: undefined, running: 'V1.0', reason: '01' },
    askedAtMs: NOON_MS + 1,
    changedAtMs: NOON_MS + 2,
    ...over,
  });

const kinds: readonly [string, () => Promise<TestDatabase | undefined>][] = [
  ['SQLite', sqliteDatabase],
  ['MySQL or MariaDB', mysqlDatabase],
  ['MySQL or MariaDB whose database was made for Latin letters', () => mysqlDatabase('latin1')],
];

for (const [kind, make] of kinds) {
  describe(`upgrades of firmware on ${kind}`, function () {
    this.timeout(30_000);
    let database: TestDatabase | undefined;
    let open: Database;
    let deviceId: number;
    let neighbourId: number;
    let devicesMade = 0;

    before(async function () {
      database = await make();
      if (!database) skipSuite(this, NO_SERVER);
      open = await openDatabase({ ...database.location, clock: new SystemClock(), logger: silentLogger });
    });

    after(async () => {
      if (!database) return;
      await open.close();
      await database.drop();
    });

    beforeEach(async () => {
      const { devices } = open.repositories;
      ({ id: deviceId } = await devices.insert(aNewDevice()));
      ({ id: neighbourId } = await devices.insert(aNewDevice()));
    });

    afterEach(async () => {
      const { devices } = open.repositories;
      for (const { id } of await devices.loadDevices()) await devices.remove(id);
    });

    /** Neither an ID nor a serial of another. */
    function aNewDevice(): ReturnType<typeof aDeviceRecord> {
      devicesMade += 1;
      const no = String(devicesMade).padStart(7, '0');
      return aDeviceRecord({ gbId: `3402000000132${no}`, serial: `QQ${no}` });
    }

    async function reopened(): Promise<Database['repositories']> {
      assert.ok(database);
      await open.close();
      open = await openDatabase({ ...database.location, clock: new SystemClock(), logger: silentLogger });
      return open.repositories;
    }

    it('are kept with every field, in the order in which they were asked for, over a restart', async () => {
      const kept = [upgrade(deviceId), byOther(deviceId)];
      await open.repositories.upgrades.save(deviceId, [...kept].reverse());
      await open.repositories.upgrades.save(neighbourId, [upgrade(neighbourId)]);
      assert.deepEqual(await (await reopened()).upgrades.load(), [...kept, upgrade(neighbourId)]);
    });

    it('change, and give way, of one device and no other', async () => {
      const { upgrades } = open.repositories;
      const session = (at: number): UpgradeRecord =>
        upgrade(deviceId, { sessionId: `session ${String(at)}`, askedAtMs: NOON_MS + at });
      await upgrades.save(neighbourId, [upgrade(neighbourId)]);
      await upgrades.save(deviceId, [session(1), session(2), session(3)]);
      const ended = { ...session(3), state: 'done' as const, running: 'V2.0', changedAtMs: NOON_MS + 9 };
      await upgrades.save(deviceId, [session(2), ended, session(4)]);
      const others = [upgrade(neighbourId)];
      assert.deepEqual(await upgrades.load(), [session(2), ended, session(4), ...others]);
      await upgrades.save(deviceId, [session(2), ended, session(4)]);
      assert.deepEqual(await upgrades.load(), [session(2), ended, session(4), ...others]);
      await upgrades.save(deviceId, []);
      assert.deepEqual(await upgrades.load(), others);
    });

    it('tell sessions apart by case, and those of two devices by the device', async () => {
      const { upgrades } = open.repositories;
      const two = [upgrade(deviceId, { sessionId: 'A' }), upgrade(deviceId, { sessionId: 'a' })];
      await upgrades.save(deviceId, two);
      await upgrades.save(neighbourId, [upgrade(neighbourId, { sessionId: 'a' })]);
      assert.deepEqual(
        (await upgrades.load()).map(({ deviceId: id, sessionId }) => [id, sessionId]),
        [
          [deviceId, 'A'],
          [deviceId, 'a'],
          [neighbourId, 'a'],
        ],
      );
    });

    it('of many devices may be saved at the same time', async () => {
      const { upgrades, devices } = open.repositories;
      const many = await devices.insertMany(Array.from({ length: 60 }, () => aNewDevice()));
      const rounds = ['running', 'done'] as const;
      for (const state of rounds)
        await Promise.all(many.map(({ id }) => upgrades.save(id, [upgrade(id, { state }), byOther(id)])));
      await Promise.all(many.map(({ id }) => upgrades.save(id, [upgrade(id, { state: 'done' })])));
      assert.deepEqual(
        await upgrades.load(),
        many.map(({ id }) => upgrade(id, { state: 'done' })),
      );
    });

    it('go with their device, and there are none of one that is gone', async () => {
      const { upgrades, devices } = open.repositories;
      await upgrades.save(deviceId, [upgrade(deviceId), byOther(deviceId)]);
      await upgrades.save(neighbourId, [upgrade(neighbourId)]);
      await devices.remove(deviceId);
      assert.deepEqual(await upgrades.load(), [upgrade(neighbourId)]);
      await assert.rejects(upgrades.save(deviceId, [upgrade(deviceId)]), hasCode('STORAGE_FAILED'));
    });
  });
}
