import assert from 'node:assert/strict';
import { type Database, openDatabase } from '../../../bff/src/adapters/persistence/index.ts';
import type { ProfileRecord } from '../../../bff/src/core/index.ts';
import { silentLogger, SystemClock } from '../../../bff/src/kernel/index.ts';
import { hasCode } from '../../support/core/has-code.ts';
import { aDeviceRecord } from '../../support/core/records.ts';
import { mysqlDatabase, NO_SERVER, sqliteDatabase, type TestDatabase } from '../../support/databases.ts';
import { skipSuite } from '../../support/skip.ts';

const profile = (deviceId: number, over: Partial<ProfileRecord> = {}): ProfileRecord => ({
  deviceId,
  settings: '{"talk":"talk","keepaliveIntervalS":20}',
  changedAtMs: 1_768_442_430_123,
  ...over,
});

const kinds: readonly [string, () => Promise<TestDatabase | undefined>][] = [
  ['SQLite', sqliteDatabase],
  ['MySQL or MariaDB', mysqlDatabase],
];

for (const [kind, make] of kinds) {
  describe(`profiles of devices on ${kind}`, function () {
    this.timeout(30_000);
    let database: TestDatabase | undefined;
    let open: Database;
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

    afterEach(async () => {
      const { devices } = open.repositories;
      for (const { id } of await devices.loadDevices()) await devices.remove(id);
    });

    /** Neither an ID nor a serial of another. */
    async function newDevice(): Promise<number> {
      devicesMade += 1;
      const no = String(devicesMade).padStart(7, '0');
      const record = aDeviceRecord({ gbId: `3402000000132${no}`, serial: `QQ${no}` });
      return (await open.repositories.devices.insert(record)).id;
    }

    async function reopened(): Promise<Database['repositories']> {
      assert.ok(database);
      await open.close();
      open = await openDatabase({ ...database.location, clock: new SystemClock(), logger: silentLogger });
      return open.repositories;
    }

    it('are kept with every field, by device, over a restart', async () => {
      const [first, second] = [await newDevice(), await newDevice()];
      const longest = profile(second, { settings: JSON.stringify({ text: '档案 🚪'.repeat(400) }) });
      assert.ok(longest.settings.length > 2_000);
      await open.repositories.profiles.save(longest);
      await open.repositories.profiles.save(profile(first));
      assert.deepEqual(await (await reopened()).profiles.load(), [profile(first), longest]);
    });

    it('take the place of what was there, equal or not, of one device and no other', async () => {
      const { profiles } = open.repositories;
      const [deviceId, other] = [await newDevice(), await newDevice()];
      await profiles.save(profile(other));
      await profiles.save(profile(deviceId));
      await profiles.save(profile(deviceId));
      const changed = profile(deviceId, { settings: '{}', changedAtMs: 1_768_442_999_999 });
      await profiles.save(changed);
      assert.deepEqual(await profiles.load(), [changed, profile(other)]);
    });

    it('are removed, those that are not there too, and can be set again', async () => {
      const { profiles } = open.repositories;
      const [deviceId, other] = [await newDevice(), await newDevice()];
      await profiles.save(profile(deviceId));
      await profiles.save(profile(other));
      await profiles.remove(deviceId);
      await profiles.remove(deviceId);
      assert.deepEqual(await profiles.load(), [profile(other)]);
      await profiles.save(profile(deviceId));
      assert.deepEqual(await profiles.load(), [profile(deviceId), profile(other)]);
    });

    it('of many devices may be set at the same time', async () => {
      const { profiles } = open.repositories;
      const ids: number[] = [];
      for (let at = 0; at < 50; at += 1) ids.push(await newDevice());
      for (const changedAtMs of [1, 2])
        await Promise.all(ids.map((id) => profiles.save(profile(id, { changedAtMs }))));
      assert.deepEqual(
        await profiles.load(),
        ids.map((id) => profile(id, { changedAtMs: 2 })),
      );
    });

    it('go with their device, and there is none of one that is gone', async () => {
      const { profiles, devices } = open.repositories;
      const [deviceId, other] = [await newDevice(), await newDevice()];
      await profiles.save(profile(deviceId));
      await profiles.save(profile(other));
      await devices.remove(deviceId);
      assert.deepEqual(await profiles.load(), [profile(other)]);
      await assert.rejects(profiles.save(profile(deviceId)), hasCode('STORAGE_FAILED'));
      assert.deepEqual(await profiles.load(), [profile(other)]);
    });
  });
}
