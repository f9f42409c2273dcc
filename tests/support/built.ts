import { fileURLToPath } from 'node:url';

const { ensureBuilt } = (await import(
  fileURLToPath(new URL('../../scripts/lib/build-when-stale.mjs', import.meta.url))
)) as { readonly ensureBuilt: (...parts: ('pages' | 'server')[]) => void };

/** Makes `dist/h5`, which the server hands out, when it is missing or older than its sources. */
export function ensurePagesBuilt(): void {
  ensureBuilt('pages');
}

/** Makes `dist/server`, the programs that run, when it is missing or older than its sources. */
export function ensureServerBuilt(): void {
  ensureBuilt('server');
}
