import assert from 'node:assert/strict';
import { type Database, openDatabase } from '../../../bff/src/adapters/persistence/index.ts';
import type { UpperRecord } from '../../../bff/src/core/index.ts';
import { silentLogger, SystemClock } from '../../../bff/src/kernel/index.ts';
import { aChannelRecord, aDeviceRecord } from '../../support/core/records.ts';
import { mysqlDatabase, NO_SERVER, sqliteDatabase, type TestDatabase } from '../../support/databases.ts';
import { skipSuite } from '../../support/skip.ts';

const UPPER: Omit<UpperRecord, 'id'> = {
  name: '市局 🏛',
  gbId: '34010000002000000001',
  domain: '3401000000',
  host: 'upper.example',
  port: 5060,
  transport: 'tcp',
  localGbId: '34020000002000000001',
  username: 'us',
  credential: `v1.${'x'.repeat(900)}`,
  enabled: true,
  expiresS: 3_600,
  keepaliveS: 60,
  keepaliveMisses: 3,
  gbVersion: '3.0',
  control: 'all',
  civilCode: undefined,
  organisations: false,
  createdAtMs: 1_768_442_430_123,
};

const kinds: readonly [string, () => Promise<TestDatabase | undefined>][] = [
  ['SQLite', sqliteDatabase],
  ['MySQL or MariaDB', mysqlDatabase],
];

for (const [kind, make] of kinds)
  describe(`upper platforms on ${kind}`, function () {
    this.timeout(60_000);
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

    async function reopened(): Promise<Database['repositories']> {
      assert.ok(database);
      await open.close();
      open = await openDatabase({ ...database.location, clock: new SystemClock(), logger: silentLogger });
      return open.repositories;
    }

    async function channels(
      serial: string,
      gbId: string,
      count: number,
    ): Promise<readonly [number, number[]]> {
      const { devices } = open.repositories;
      const device = await devices.insert(aDeviceRecord({ serial, gbId }));
      const ids = await devices.saveChannels({
        ...{ deviceId: device.id, nextChannelNo: count + 1, changed: [], removedIds: [] },
        ...{ savedNodes: [], removedNodes: [] },
        added: Array.from({ length: count }, (_, at) => aChannelRecord(at + 1, { deviceId: device.id })),
      });
      return [device.id, [...ids]];
    }

    it('are kept with every field, changed and removed, over restarts', async () => {
      const upper = await open.repositories.cascade.insertUpper(UPPER);
      assert.deepEqual(await (await reopened()).cascade.loadUppers(), [upper]);
      const changed: UpperRecord = {
        ...upper,
        ...{ enabled: false, civilCode: '340100', gbVersion: '2.0', control: 'none', transport: 'udp' },
        organisations: true,
      };
      await open.repositories.cascade.updateUpper(changed);
      assert.deepEqual(await (await reopened()).cascade.loadUppers(), [changed]);
      await open.repositories.cascade.removeUpper(upper.id);
      assert.deepEqual(await open.repositories.cascade.loadUppers(), []);
    });

    it('keep what they are shown, a thousand channels at once, until it is taken out or goes', async () => {
      const { cascade, devices } = open.repositories;
      const upper = await cascade.insertUpper(UPPER);
      const [deviceId, ids] = await channels('AAAAAAAA1', '34020000001180000001', 1_000);
      const shares = ids.map((channelId, at) => ({
        ...{ upperId: upper.id, deviceId, channelId },
        gbId: `3402000000132${String(at).padStart(7, '0')}`,
      }));
      await cascade.addShares(shares);
      assert.deepEqual(await (await reopened()).cascade.loadShares(), shares);
      await assert.rejects(open.repositories.cascade.addShares(shares.slice(0, 1)));
      const first = shares.slice(0, 600).map(({ gbId }) => gbId);
      await open.repositories.cascade.removeShares(upper.id, first);
      assert.deepEqual(await open.repositories.cascade.loadShares(), shares.slice(600));
      await open.repositories.devices.remove(deviceId);
      assert.deepEqual(await open.repositories.cascade.loadShares(), []);
      assert.equal((await devices.loadDevices().catch(() => [])).length, 0);
      await open.repositories.cascade.removeUpper(upper.id);
    });

    it('take their shares along', async () => {
      const { cascade } = open.repositories;
      const upper = await cascade.insertUpper(UPPER);
      const [deviceId, [channelId = 0]] = await channels('AAAAAAAA2', '34020000001180000002', 1);
      await cascade.addShares([{ upperId: upper.id, deviceId, channelId, gbId: '34020000001320000911' }]);
      await cascade.removeUpper(upper.id);
      assert.deepEqual(await cascade.loadShares(), []);
    });
  });
