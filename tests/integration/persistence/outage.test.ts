import assert from 'node:assert/strict';
import libsql from 'libsql';
import { type Database, openDatabase } from '../../../bff/src/adapters/persistence/index.ts';
import { silentLogger, SystemClock } from '../../../bff/src/kernel/index.ts';
import { hasCode } from '../../support/core/has-code.ts';
import { aDeviceRecord } from '../../support/core/records.ts';
import { mysqlDatabase, NO_SERVER, sqliteDatabase, type TestDatabase } from '../../support/databases.ts';
import { skipSuite } from '../../support/skip.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { until } from '../../support/until.ts';

const aDevice = (no: number): ReturnType<typeof aDeviceRecord> =>
  aDeviceRecord({
    gbId: `3402000000132${String(no).padStart(7, '0')}`,
    serial: `S${String(no).padStart(8, '0')}`,
  });

async function kept(database: Database): Promise<ReadonlySet<string>> {
  return new Set((await database.repositories.devices.loadDevices()).map(({ gbId }) => gbId));
}

describe('a database server that goes away and comes back', function () {
  this.timeout(30_000);
  let database: TestDatabase | undefined;
  let proxy: TcpProxy;
  let clock: FakeClock;
  let open: Database;

  beforeEach(async function () {
    database = await mysqlDatabase();
    if (!database) skipSuite(this, NO_SERVER);
    assert.ok('url' in database.location);
    const url = new URL(database.location.url);
    proxy = await TcpProxy.start({ host: url.hostname, port: Number(url.port === '' ? 3306 : url.port) });
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    clock = new FakeClock();
    open = await openDatabase({ url: url.href, clock, logger: silentLogger });
  });

  afterEach(async () => {
    if (!database) return;
    await open.close();
    await proxy.close();
    await database.drop();
  });

  it('is told as STORAGE_FAILED, and works again without anybody’s help', async () => {
    const { devices, access, grants } = open.repositories;
    await devices.insert(aDevice(1));
    assert.equal(await open.answers(), true);
    proxy.cut();
    await assert.rejects(devices.insert(aDevice(2)), hasCode('STORAGE_FAILED'));
    await assert.rejects(devices.loadDevices(), hasCode('STORAGE_FAILED'));
    await assert.rejects(access.removeTokens([], 0), hasCode('STORAGE_FAILED'));
    await assert.rejects(grants.removeKey(1), hasCode('STORAGE_FAILED'));
    assert.equal(await open.answers(), false);
    proxy.mend();
    await devices.insert(aDevice(2));
    assert.equal(await open.answers(), true);
    assert.equal((await kept(open)).size, 2);
  });

  it('loses nothing that was acknowledged, whenever it goes', async () => {
    const { devices } = open.repositories;
    const acknowledged: string[] = [];
    let failed = 0;
    let no = 0;
    let writing = true;
    const writer = async (): Promise<void> => {
      while (writing) {
        no += 1;
        const device = aDevice(no);
        await devices.insert(device).then(
          () => acknowledged.push(device.gbId),
          (error: unknown) => {
            assert.ok(hasCode('STORAGE_FAILED')(error), String(error));
            failed += 1;
          },
        );
      }
    };
    const writers = [writer(), writer(), writer(), writer()];
    for (let round = 1; round <= 3; round += 1) {
      const before = acknowledged.length;
      await until('devices are added', () => acknowledged.length >= before + 25);
      proxy.cut();
      const failedBefore = failed;
      await until('the outage is noticed', () => failed > failedBefore);
      proxy.mend();
    }
    writing = false;
    await Promise.all(writers);
    const found = await kept(open);
    assert.deepEqual(
      acknowledged.filter((gbId) => !found.has(gbId)),
      [],
    );
  });

  it('that does not answer is given up after ten seconds, with its connection', async () => {
    const { devices } = open.repositories;
    await devices.insert(aDevice(1));
    proxy.hang();
    const outcomes = Promise.allSettled(
      Array.from({ length: 12 }, (_, index) => devices.insert(aDevice(2 + index))),
    );
    const ready = open.answers();
    // Those beyond the size of the pool begin to wait when a connection is free again.
    for (let second = 0; second < 11; second += 1) await clock.advance(1_000);
    for (const outcome of await outcomes) {
      assert.equal(outcome.status, 'rejected');
      assert.ok(hasCode('STORAGE_FAILED')(outcome.reason));
    }
    assert.equal(await ready, false);
    proxy.mend();
    await devices.insert(aDevice(99));
    assert.ok((await kept(open)).has(aDevice(99).gbId));
    assert.equal(clock.pending, 0);
  });
});

describe('a database file that another process has locked', () => {
  it('is told as STORAGE_FAILED, and works again when the lock is gone', async function () {
    this.timeout(15_000);
    const database = await sqliteDatabase();
    assert.ok('sqlitePath' in database.location);
    const open = await openDatabase({ ...database.location, clock: new SystemClock(), logger: silentLogger });
    const other = new libsql(database.location.sqlitePath);
    other.exec('BEGIN IMMEDIATE');
    await assert.rejects(open.repositories.devices.insert(aDevice(1)), hasCode('STORAGE_FAILED'));
    other.exec('ROLLBACK');
    other.close();
    await open.repositories.devices.insert(aDevice(1));
    assert.equal(await open.answers(), true);
    assert.equal((await kept(open)).size, 1);
    await open.close();
    assert.equal(await open.answers(), false);
    await database.drop();
  });
});
