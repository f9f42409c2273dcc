import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BuildFault } from './build-fault.ts';

/** Our own limit, in bytes; WeChat refuses a main package above 2 MB. */
export const MAIN_PACKAGE_LIMIT = 1024 * 1024;

/** Bytes of all files below `dir`; above `limit` the build fails and names the largest. */
export function checkPackageSize(dir: string, limit = MAIN_PACKAGE_LIMIT): number {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ file: relative(dir, file), bytes: statSync(file).size }))
    .sort((a, b) => b.bytes - a.bytes);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total >= limit) {
    throw new BuildFault(
      `the main package has ${total} bytes, the limit is ${limit}; the largest files:`,
      files.slice(0, 10).map(({ file, bytes }) => `${bytes}  ${file}`),
    );
  }
  return total;
}
