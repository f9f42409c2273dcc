import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FlvFile } from '../../../../bff/src/media-engine/stream/flv-file.ts';
import { until } from '../../../support/until.ts';

describe('the file of a recording', () => {
  let folder = '';
  let path = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yimu-flv-file-'));
    path = join(folder, 'a.flv');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('into which nothing came is taken away, so that it can be brought by another call', async () => {
    for (let call = 0; call < 2; call += 1) {
      const failures: Error[] = [];
      const file = new FlvFile(path, (error) => failures.push(error));
      await Promise.all([file.close(), file.close()]);
      assert.deepEqual(failures, []);
      assert.equal(existsSync(path), false);
    }
  });

  it('of somebody else is neither written nor taken away', async () => {
    writeFileSync(path, 'of somebody else');
    const failures: Error[] = [];
    const file = new FlvFile(path, (error) => failures.push(error));
    await until('the failure', () => failures.length === 1);
    await file.close();
    assert.equal(readFileSync(path, 'utf8'), 'of somebody else');
  });
});
