import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DownloadFiles } from '../../core/index.ts';

const SUFFIX = '.flv';

/** Downloaded recordings in a folder of their own. */
export function createDownloadFiles(folder: string): DownloadFiles {
  const pathOf = (id: string): string => {
    if (!/^[0-9a-f]{1,64}$/.test(id)) throw new RangeError('no id of a download');
    return join(folder, id + SUFFIX);
  };
  return {
    pathOf,
    async sizeOf(id) {
      return await stat(pathOf(id)).then(
        ({ size }) => size,
        () => 0,
      );
    },
    async open(id) {
      const file = await open(pathOf(id), 'r');
      const { size } = await file.stat();
      await file.close();
      return { bytes: size, stream: createReadStream(pathOf(id)) };
    },
    async remove(id) {
      await rm(pathOf(id), { force: true });
    },
    async clear() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      for (const name of await readdir(folder)) {
        if (name.endsWith(SUFFIX)) await rm(join(folder, name), { force: true });
      }
    },
  };
}
