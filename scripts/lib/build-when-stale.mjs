import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, runOrExit } from './setup.mjs';

/** What `npm run build -- --only …` makes, the last file of it, and what it is made of. */
const PARTS = {
  pages: {
    title: 'the mini-program and its pages for browsers',
    product: 'dist/h5/index.html',
    sources: ['miniprogram', 'bff/h5', 'shared/src', 'scripts/mp', 'scripts/build.ts'],
  },
  server: {
    title: 'the server',
    product: 'dist/server/server.js',
    sources: [
      'bff/src',
      'bff/simulator/src',
      'bff/sip-parser-lite/src',
      'shared/src',
      'scripts/server',
      'scripts/build.ts',
    ],
  },
};

/** Builds each part that is missing or older than its sources. */
export function ensureBuilt(...names) {
  for (const name of names) {
    if (isFresh(PARTS[name])) continue;
    console.log(`Building ${PARTS[name].title} …`);
    // The types are checked by `npm test`: here somebody waits for the server.
    runOrExit(process.execPath, ['--import', 'tsx', 'scripts/build.ts', '--only', name, '--no-types']);
  }
}

function isFresh({ product, sources }) {
  const path = join(root, product);
  if (!existsSync(path)) return false;
  const builtAt = statSync(path).mtimeMs;
  return sources.every((source) => newest(join(root, source)) <= builtAt);
}

function newest(path) {
  if (!existsSync(path)) return 0;
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return readdirSync(path)
    .filter((name) => name !== 'node_modules')
    .reduce((latest, name) => Math.max(latest, newest(join(path, name))), 0);
}
