import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, runOrExit } from './setup.mjs';

const SOURCES = ['miniprogram', 'bff/h5', 'shared/src', 'scripts/mp', 'scripts/build.ts'];
const PRODUCT = 'dist/h5/index.html';

/** Builds `dist/mp` and `dist/h5` when they are missing or older than their sources. */
export function ensureBuilt() {
  const product = join(root, PRODUCT);
  if (existsSync(product)) {
    const builtAt = statSync(product).mtimeMs;
    if (SOURCES.every((source) => newest(join(root, source)) <= builtAt)) return;
  }
  console.log('Building the mini-program and its pages for browsers …');
  // The types are checked by `npm test`: here somebody waits for the server.
  runOrExit(process.execPath, ['--import', 'tsx', 'scripts/build.ts', '--no-types']);
}

function newest(path) {
  if (!existsSync(path)) return 0;
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return readdirSync(path)
    .filter((name) => name !== 'node_modules')
    .reduce((latest, name) => Math.max(latest, newest(join(path, name))), 0);
}
