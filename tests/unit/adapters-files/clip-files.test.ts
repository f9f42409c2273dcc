import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClipFiles } from '../../../bff/src/adapters/files/index.ts';
import { SystemRandom } from '../../../bff/src/kernel/index.ts';
import { hasCode } from '../../support/core/has-code.ts';

async function* pieces(...parts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    await Promise.resolve();
    yield Buffer.from(part);
  }
}

describe('clips as files', () => {
  let dir: string;
  let folder: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'yimu-clips-'));
    folder = join(dir, 'clips');
  });

  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  function store(): ClipFiles {
    return new ClipFiles({ folder, random: new SystemRandom(), maxBytes: 20, maxClips: 2 });
  }

  it('hold what came, show how it begins, and are gone when they are discarded', async () => {
    const clip = await store().take(pieces('ID3', ' and what', ' follows'));
    assert.equal(readFileSync(clip.path, 'latin1'), 'ID3 and what follows');
    assert.equal(Buffer.from(clip.head).toString('latin1'), 'ID3 and what fol');
    assert.equal(clip.bytes, 20);
    assert.equal(statSync(clip.path).mode & 0o777, 0o600);
    await clip.discard();
    await clip.discard();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('are refused when they are empty or too long, and leave nothing', async () => {
    const clips = store();
    await assert.rejects(clips.take(pieces()), hasCode('INVALID_ARGUMENT'));
    await assert.rejects(clips.take(pieces('0123456789', '0123456789', '0')), hasCode('INVALID_ARGUMENT'));
    assert.deepEqual(readdirSync(folder), []);
  });

  it('are refused when too many are kept, until one is discarded', async () => {
    const clips = store();
    const first = await clips.take(pieces('a'));
    await clips.take(pieces('b'));
    await assert.rejects(clips.take(pieces('c')), hasCode('QUOTA_EXCEEDED'));
    await first.discard();
    await clips.take(pieces('c'));
  });

  it('of a run that was killed are removed, and nothing else', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, `${'a1'.repeat(12)}.clip`), 'left');
    writeFileSync(join(folder, 'notes.txt'), 'of the operator');
    await (await store().take(pieces('a'))).discard();
    assert.deepEqual(readdirSync(folder), ['notes.txt']);
  });

  it('are refused as a storage fault when the disk does not take them', async () => {
    writeFileSync(folder, 'no folder');
    await assert.rejects(store().take(pieces('a')), hasCode('STORAGE_FAILED'));
  });
});
