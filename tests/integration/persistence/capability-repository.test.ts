import assert from 'node:assert/strict';
import { type Database, openDatabase } from '../../../bff/src/adapters/persistence/index.ts';
import type { CapabilityRecord } from '../../../bff/src/core/index.ts';
import { silentLogger, SystemClock } from '../../../bff/src/kernel/index.ts';
import { aDeviceRecord } from '../../support/core/records.ts';
import { mysqlDatabase, NO_SERVER, sqliteDatabase, type TestDatabase } from '../../support/databases.ts';
import { skipSuite } from '../../support/skip.ts';

const kinds: readonly [string, () => Promise<TestDatabase | undefined>][] = [
  ['SQLite', sqliteDatabase],
  ['MySQL or MariaDB', mysqlDatabase],
];

for (const [kind, make] of kinds) {
  describe(`what is learnt of devices on ${kind}`, function () {
    this.timeout(30_000);
    let database: TestDatabase | undefined;
    let open: Database;

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

    it('is kept by command, replaced, and goes with its device', async () => {
      const { devices, capabilities } = open.repositories;
      const { id: deviceId } = await devices.insert(aDeviceRecord());
      const row: CapabilityRecord = {
        deviceId,
        command: 'ConfigDownload.OSDConfig',
        firmware: 'V4.1.70 build 250812',
        gbVersion: '3.0',
        supportedAtMs: undefined,
        sentAtMs: 1_768_442_430_001,
        emptyAtMs: 1_768_442_430_099,
        refusedAtMs: 1_768_442_430_123,
        silentAtMs: undefined,
        negatives: 2,
        targetGbId: '34020000001320000001',
        sipStatus: 405,
        text: `不支持 🚪 Cann't`,
      };
      const other = { ...row, command: 'SDCardStatus', sipStatus: undefined, text: undefined };
      await capabilities.save([row, other]);
      const supported = { ...other, supportedAtMs: 1_768_442_999_999, negatives: 0 };
      await capabilities.save([supported]);
      const byCommand = (rows: readonly CapabilityRecord[]): readonly CapabilityRecord[] =>
        [...rows].sort((a, b) => (a.command < b.command ? -1 : 1));
      assert.deepEqual(byCommand(await capabilities.load()), [row, supported]);
      await capabilities.remove(deviceId);
      assert.deepEqual(await capabilities.load(), []);
      const many = Array.from({ length: 500 }, (_, at) => ({ ...row, command: `X${String(at)}` }));
      await capabilities.save(many);
      assert.equal((await capabilities.load()).length, 500);
      await devices.remove(deviceId);
      assert.deepEqual(await capabilities.load(), []);
    });
  });
}
