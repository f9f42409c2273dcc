import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { BuildFault } from '../build-fault.ts';

/** What a browser may fetch before a player starts, gzip bytes. */
const FIRST_LOAD_LIMIT = 300 * 1024;

/** Gzip bytes of the files that the first load fetches; too many fail the build. */
export function checkFirstLoad(outDir: string, files: readonly string[]): number {
  const sizes = files.map((file) => ({ file, bytes: gzipSync(readFileSync(join(outDir, file))).byteLength }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total >= FIRST_LOAD_LIMIT) {
    throw new BuildFault(
      `the first load of the browser host is ${total} bytes with gzip, the limit is ${FIRST_LOAD_LIMIT}`,
      sizes.map(({ file, bytes }) => `${bytes}  ${file}`),
    );
  }
  return total;
}
