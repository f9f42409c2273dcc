import assert from 'node:assert/strict';
import { type Database, openDatabase } from '../../../bff/src/adapters/persistence/index.ts';
import { silentLogger, SystemClock } from '../../../bff/src/kernel/index.ts';
import { aDeviceRecord } from '../../support/core/records.ts';
import { hasCode } from '../../support/core/has-code.ts';
import { sqliteDatabase, type TestDatabase } from '../../support/databases.ts';

describe('transactions on SQLite that wait for each other', function () {
  this.timeout(30_000);
  let database: TestDatabase;
  let open: Database;

  beforeEach(async () => {
    database = await sqliteDatabase();
    open = await openDatabase({ ...database.location, clock: new SystemClock(), logger: silentLogger });
  });

  afterEach(async () => {
    await open.close();
    await database.drop();
  });

  const device = (index: number): ReturnType<typeof aDeviceRecord> => {
    const digits = String(index).padStart(4, '0');
    return aDeviceRecord({ gbId: `3402000000132001${digits}`, serial: `G0000${digits}` });
  };

  it('are committed together, and each has its own end: one that fails takes no other along', async () => {
    const { devices } = open.repositories;
    const ends = await Promise.allSettled(
      Array.from({ length: 60 }, (_, index) => devices.insert(device(index % 40))),
    );
    assert.deepEqual(
      ends.map(({ status }) => status),
      Array.from({ length: 60 }, (_, index) => (index < 40 ? 'fulfilled' : 'rejected')),
    );
    for (const end of ends.slice(40))
      assert.ok(end.status === 'rejected' && hasCode('ALREADY_EXISTS')(end.reason));
    assert.equal((await devices.loadDevices()).length, 40);
  });

  it('let everything else have its turn meanwhile', async () => {
    const { devices } = open.repositories;
    let turns = 0;
    let running = true;
    const count = (): void => {
      turns += 1;
      if (running) setImmediate(count);
    };
    setImmediate(count);
    await Promise.all(Array.from({ length: 200 }, (_, index) => devices.insert(device(index))));
    running = false;
    assert.ok(turns >= 8, `${String(turns)} turns`);
  });

  it('that cannot even begin are all refused', async () => {
    const { devices } = open.repositories;
    await open.close();
    const ends = await Promise.allSettled([0, 1, 2].map((index) => devices.insert(device(index))));
    assert.ok(ends.every((end) => end.status === 'rejected' && hasCode('STORAGE_FAILED')(end.reason)));
    open = await openDatabase({ ...database.location, clock: new SystemClock(), logger: silentLogger });
  });
});
