import assert from 'node:assert/strict';
import { DataSource } from 'typeorm';
import { createDataSource } from '../../../bff/src/adapters/persistence/data-source.ts';
import { mysqlDatabase, NO_SERVER, sqliteDatabase, type TestDatabase } from '../../support/databases.ts';
import { skipSuite } from '../../support/skip.ts';

const kinds: readonly [string, () => Promise<TestDatabase | undefined>][] = [
  ['SQLite', sqliteDatabase],
  ['MySQL or MariaDB', mysqlDatabase],
];

for (const [kind, make] of kinds) {
  describe(`the schema on ${kind}`, function () {
    this.timeout(30_000);
    let database: TestDatabase | undefined;
    let source: DataSource;

    beforeEach(async function () {
      database = await make();
      if (!database) skipSuite(this, NO_SERVER);
      source = await opened(database);
    });

    afterEach(async () => {
      if (!database) return;
      await source.destroy();
      await database.drop();
    });

    async function tables(): Promise<readonly string[]> {
      const isServer = source.options.type !== 'better-sqlite3';
      const rows = await source.query<readonly Record<string, string>[]>(
        isServer ? 'SHOW TABLES' : "SELECT name FROM sqlite_master WHERE type = 'table'",
      );
      return rows
        .flatMap((row) => Object.values(row))
        .filter((name) => name !== 'migrations' && !name.startsWith('sqlite_'));
    }

    it('is made by the migrations as the entities describe it', async () => {
      await source.runMigrations();
      const { upQueries } = await source.driver.createSchemaBuilder().log();
      assert.deepEqual(
        upQueries.map(({ query }) => query),
        [],
      );
      assert.ok((await tables()).includes('device'));
    });

    it('goes when every migration is taken back, and can be made again', async () => {
      const count = (await source.runMigrations()).length;
      for (let step = 0; step < count; step += 1) await source.undoLastMigration();
      assert.deepEqual(await tables(), []);
      assert.equal((await source.runMigrations()).length, count);
      assert.equal((await source.runMigrations()).length, 0);
    });
  });
}

/** TypeORM reads the schema of a MariaDB server rightly only when it is told that it is one. */
async function opened(database: TestDatabase): Promise<DataSource> {
  const source = createDataSource(database.location);
  await source.initialize();
  if (!('url' in database.location)) return source;
  const [row] = await source.query<readonly { readonly version: string }[]>('SELECT VERSION() AS version');
  if (!row?.version.includes('MariaDB')) return source;
  await source.destroy();
  const { options } = source;
  assert.equal(options.type, 'mysql');
  return await new DataSource({ ...options, type: 'mariadb' }).initialize();
}
