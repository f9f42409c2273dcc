import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../../bff/src/adapters/persistence/index.ts';
import { silentLogger, SystemClock } from '../../../bff/src/kernel/index.ts';
import { sqliteDatabase } from '../../support/databases.ts';

const WRITER = fileURLToPath(new URL('../../support/durability-writer.ts', import.meta.url));
const KILL_AFTER = 100;

describe('SQLite in the data directory', () => {
  it('loses nothing that was acknowledged when the process is killed', async function () {
    this.timeout(30_000);
    const database = await sqliteDatabase();
    assert.ok('sqlitePath' in database.location);
    const child = spawn(process.execPath, ['--import', 'tsx', WRITER, database.location.sqlitePath], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const acknowledged: string[] = [];
    let rest = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      acknowledged.push(...lines);
      if (acknowledged.length >= KILL_AFTER) child.kill('SIGKILL');
    });
    await new Promise((resolve) => child.on('close', resolve));
    assert.ok(acknowledged.length >= KILL_AFTER);

    const open = await openDatabase({ ...database.location, clock: new SystemClock(), logger: silentLogger });
    const kept = new Set((await open.repositories.devices.loadDevices()).map((device) => device.gbId));
    await open.close();
    await database.drop();
    assert.deepEqual(
      acknowledged.filter((gbId) => !kept.has(gbId)),
      [],
    );
  });

  it('is whole in its one file when the server has stopped: a copy of that file is a backup', async () => {
    const database = await sqliteDatabase();
    assert.ok('sqlitePath' in database.location);
    const { sqlitePath } = database.location;
    const parts = { clock: new SystemClock(), logger: silentLogger };
    const open = await openDatabase({ sqlitePath, ...parts });
    const key = { no: 1, sealedKey: 'sealed', createdAtMs: 1 };
    await open.repositories.grants.insertKey(key);
    await open.close();

    const copy = await sqliteDatabase();
    assert.ok('sqlitePath' in copy.location);
    copyFileSync(sqlitePath, copy.location.sqlitePath);
    const restored = await openDatabase({ sqlitePath: copy.location.sqlitePath, ...parts });
    const kept = await restored.repositories.grants.loadKeys();
    await restored.close();
    await database.drop();
    await copy.drop();
    assert.deepEqual(kept, [key]);
  });
});
