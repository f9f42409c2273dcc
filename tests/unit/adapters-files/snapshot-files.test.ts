import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SnapshotFiles } from '../../../bff/src/adapters/files/snapshot-files.ts';
import { SystemRandom } from '../../../bff/src/kernel/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('pictures as files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yimu-snapshots-'));
  const clock = new FakeClock();
  const files = (): SnapshotFiles =>
    new SnapshotFiles({
      ...{ folder, clock, random: new SystemRandom() },
      maxFiles: 3,
      maxBytes: 100,
      maxAgeMs: 5_000,
    });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('are read back, by their owner alone, and by no other name', async () => {
    const store = files();
    const name = await store.save(Uint8Array.of(1, 2, 3));
    assert.deepEqual([...((await store.read(name)) ?? [])], [1, 2, 3]);
    assert.equal(statSync(join(folder, name)).mode & 0o077, 0);
    for (const other of [
      '../secret.key',
      '',
      name.replace('.jpg', '.png'),
      `${'0'.repeat(13)}-${'0'.repeat(16)}.jpg`,
    ])
      assert.equal(await store.read(other), undefined);
  });

  it('make room: too many, too large, too old; a run that was killed leaves no draft', async () => {
    writeFileSync(join(folder, '1768442430123-0123456789abcdef.jpg.new'), 'half');
    const store = files();
    for (let at = 0; at < 4; at += 1) {
      await clock.advance(10);
      await store.save(new Uint8Array(10));
    }
    assert.equal(readdirSync(folder).length, 3);
    await clock.advance(10);
    const large = await store.save(new Uint8Array(95));
    assert.deepEqual(readdirSync(folder), [large]);
    await clock.advance(6_000);
    const newest = await files().save(new Uint8Array(1));
    assert.deepEqual(readdirSync(folder), [newest]);
  });
});
