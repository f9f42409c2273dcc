import { fileURLToPath } from 'node:url';

const { ensureBuilt } = (await import(
  fileURLToPath(new URL('../../scripts/lib/build-when-stale.mjs', import.meta.url))
)) as { readonly ensureBuilt: () => void };

/** Makes `dist/h5`, which the server hands out, when it is missing or older than its sources. */
export function ensurePagesBuilt(): void {
  ensureBuilt();
}
