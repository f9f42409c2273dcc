import assert from 'node:assert/strict';
import { type Database, openDatabase } from '../../../bff/src/adapters/persistence/index.ts';
import type { RegistrationRecord } from '../../../bff/src/core/index.ts';
import { silentLogger, SystemClock } from '../../../bff/src/kernel/index.ts';
import { hasCode } from '../../support/core/has-code.ts';
import { aDeviceRecord } from '../../support/core/records.ts';
import { mysqlDatabase, NO_SERVER, sqliteDatabase, type TestDatabase } from '../../support/databases.ts';
import { skipSuite } from '../../support/skip.ts';

const ENDS_AT_MS = 1_768_442_430_123;

const registration = (deviceId: number, over: Partial<RegistrationRecord> = {}): RegistrationRecord => ({
  deviceId,
  address: '192.0.2.9',
  endsAtMs: ENDS_AT_MS,
  ...over,
});

const kinds: readonly [string, () => Promise<TestDatabase | undefined>][] = [
  ['SQLite', sqliteDatabase],
  ['MySQL or MariaDB', mysqlDatabase],
];

for (const [kind, make] of kinds) {
  describe(`the last registrations of devices on ${kind}`, function () {
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

    it('are kept with every field, the longest address too, over a restart', async () => {
      const [first, second] = [await newDevice(), await newDevice()];
      const longest = registration(second, { address: 'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255' });
      assert.equal(longest.address.length, 45);
      await open.repositories.registrations.save(longest);
      await open.repositories.registrations.save(registration(first));
      assert.deepEqual(await (await reopened()).registrations.load(), [registration(first), longest]);
    });

    it('take the place of what was there, equal or not, of one device and no other', async () => {
      const { registrations } = open.repositories;
      const [deviceId, other] = [await newDevice(), await newDevice()];
      await registrations.save(registration(other));
      await registrations.save(registration(deviceId));
      await registrations.save(registration(deviceId));
      const moved = registration(deviceId, { address: '2001:db8::9', endsAtMs: ENDS_AT_MS + 3_600_000 });
      await registrations.save(moved);
      assert.deepEqual(await registrations.load(), [moved, registration(other)]);
    });

    it('are removed, those that are not there too, and can come again', async () => {
      const { registrations } = open.repositories;
      const [deviceId, other] = [await newDevice(), await newDevice()];
      await registrations.save(registration(deviceId));
      await registrations.save(registration(other));
      await registrations.remove(deviceId);
      await registrations.remove(deviceId);
      assert.deepEqual(await registrations.load(), [registration(other)]);
      await registrations.save(registration(deviceId));
      assert.deepEqual(await registrations.load(), [registration(deviceId), registration(other)]);
    });

    it('of many devices may come at the same time, as after a restart', async () => {
      const { registrations } = open.repositories;
      const ids: number[] = [];
      for (let at = 0; at < 50; at += 1) ids.push(await newDevice());
      for (const endsAtMs of [ENDS_AT_MS, ENDS_AT_MS + 1])
        await Promise.all(ids.map((id) => registrations.save(registration(id, { endsAtMs }))));
      assert.deepEqual(
        await registrations.load(),
        ids.map((id) => registration(id, { endsAtMs: ENDS_AT_MS + 1 })),
      );
    });

    it('go with their device, and there is none of one that is gone', async () => {
      const { registrations, devices } = open.repositories;
      const [deviceId, other] = [await newDevice(), await newDevice()];
      await registrations.save(registration(deviceId));
      await registrations.save(registration(other));
      await devices.remove(deviceId);
      assert.deepEqual(await registrations.load(), [registration(other)]);
      await assert.rejects(registrations.save(registration(deviceId)), hasCode('STORAGE_FAILED'));
      assert.deepEqual(await registrations.load(), [registration(other)]);
    });
  });
}
