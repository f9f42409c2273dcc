import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import type { DatabaseLocation } from '../../bff/src/adapters/persistence/index.ts';

/** A database of a test's own. */
export interface TestDatabase {
  readonly location: DatabaseLocation;
  drop(): Promise<void>;
}

/** A fresh SQLite file. */
export function sqliteDatabase(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'yimu-sqlite-'));
  return Promise.resolve({
    location: { sqlitePath: join(folder, 'test.sqlite') },
    drop: () => {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  });
}

const MYSQL_URL = process.env['YIMU_TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306';

/** Why tests of the server are skipped. */
export const NO_SERVER = 'no MySQL or MariaDB server answers; YIMU_TEST_MYSQL_URL may name one';

/** A fresh database on the MySQL or MariaDB server of the machine; `undefined` when none answers. */
export async function mysqlDatabase(charset = 'utf8mb4'): Promise<TestDatabase | undefined> {
  const name = `yimu_test_${randomBytes(6).toString('hex')}`;
  const run = async (sql: string): Promise<void> => {
    const connection = await mysql.createConnection({ uri: MYSQL_URL, connectTimeout: 3_000 });
    await connection.query(sql);
    await connection.end();
  };
  try {
    await run(`CREATE DATABASE ${name} CHARACTER SET ${charset}`);
  } catch {
    return undefined;
  }
  return {
    location: { url: `${MYSQL_URL.replace(/\/+$/, '')}/${name}` },
    drop: () => run(`DROP DATABASE ${name}`),
  };
}
