import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource, EntityManager } from 'typeorm';
import { createDataSource } from '../../../bff/src/adapters/persistence/data-source.ts';
import { GroupCommit } from '../../../bff/src/adapters/persistence/group-commit.ts';
import { FakeClock } from '../../support/fake-clock.ts';

// PRAGMA synchronous of SQLite.
const NORMAL = 1;
const FULL = 2;

describe('how much a group of transactions survives on SQLite', () => {
  let folder: string;
  let source: DataSource;
  let group: GroupCommit;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'yimu-group-'));
    source = await createDataSource({ sqlitePath: join(folder, 'group.sqlite') }).initialize();
    // Time stands still: a group is not cut short on a machine that is busy.
    group = new GroupCommit(source, new FakeClock());
  });

  afterEach(async () => {
    await group.idle();
    await source.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  const synchronous = async (manager: EntityManager): Promise<number | undefined> => {
    const rows = await manager.query<readonly { readonly synchronous: number }[]>('PRAGMA synchronous');
    return rows[0]?.synchronous;
  };

  it('is a power cut for what was asked to, and a kill for what is written behind', async () => {
    assert.equal(await group.run(synchronous, 'kill'), NORMAL);
    assert.equal(await group.run(synchronous, 'power-cut'), FULL);
    assert.equal(await group.run(synchronous, 'kill'), NORMAL);
  });

  it('is a power cut for all as soon as one of those that wait asks for it', async () => {
    const seen = await Promise.all([
      group.run(synchronous, 'kill'),
      group.run(synchronous, 'power-cut'),
      group.run(synchronous, 'kill'),
    ]);
    assert.deepEqual(seen, [FULL, FULL, FULL]);
  });

  it('is a power cut for one that comes while a group for less runs', async () => {
    let late: Promise<number | undefined> | undefined;
    const first = group.run(async (manager) => {
      late = group.run(synchronous, 'power-cut');
      return await synchronous(manager);
    }, 'kill');
    assert.equal(await first, NORMAL);
    assert.equal(await late, FULL);
  });
});
