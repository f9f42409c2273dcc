import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDir } from '../../../bff/src/app/data-dir.ts';
import { SystemRandom } from '../../../bff/src/kernel/index.ts';

describe('the data directory', () => {
  let path = '';
  const random = new SystemRandom();

  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'yimu-data-'));
  });

  afterEach(() => {
    rmSync(path, { recursive: true, force: true });
  });

  it('makes one sealing key and keeps it', () => {
    const key = new DataDir(path).sealingKey(random);
    assert.equal(key.length, 32);
    assert.deepEqual(Buffer.from(new DataDir(path).sealingKey(random)), Buffer.from(key));
    assert.equal(statSync(join(path, 'secret.key')).mode & 0o077, 0);
  });

  it('refuses a damaged key rather than making every secret void', () => {
    writeFileSync(join(path, 'secret.key'), 'short');
    assert.throws(() => new DataDir(path).sealingKey(random), /damaged/);
  });

  it('writes files that only the owner reads, whole, and forgets them on demand', () => {
    const dir = new DataDir(path);
    dir.writeJson('control.json', { key: 'k' });
    assert.deepEqual(dir.readJson('control.json'), { key: 'k' });
    assert.equal(statSync(dir.file('control.json')).mode & 0o077, 0);
    dir.remove('control.json');
    assert.equal(dir.readJson('control.json'), undefined);
    dir.remove('control.json');
    assert.deepEqual(readdirSync(path), []);
  });

  it('takes a file that is no JSON for none', () => {
    const dir = new DataDir(path);
    writeFileSync(dir.file('control.json'), '{"key":');
    assert.equal(dir.readJson('control.json'), undefined);
  });

  it('closes to others what they could read', () => {
    const dir = new DataDir(path);
    writeFileSync(dir.file('control.json'), '{}', { mode: 0o644 });
    dir.readJson('control.json');
    assert.equal(statSync(dir.file('control.json')).mode & 0o077, 0);
  });

  it('is made with all its parents, for its owner alone', () => {
    const dir = new DataDir(join(path, 'a', 'b'));
    assert.equal(statSync(dir.path).mode & 0o077, 0);
  });

  it('is not disturbed by a draft that a killed server has left', () => {
    const dir = new DataDir(path);
    writeFileSync(join(path, `control.json.${process.pid}.new`), 'half');
    dir.writeJson('control.json', { key: 'k' });
    assert.deepEqual(dir.readJson('control.json'), { key: 'k' });
  });
});
