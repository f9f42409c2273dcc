import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';
import { rolldown } from 'rolldown';

/** Programs by the names of the files that are made of them. */
const PROGRAMS = {
  server: 'bff/src/main.ts',
  yimu: 'bff/src/app/cli/main.ts',
  'media-worker': 'bff/src/media-engine/worker/entry.ts',
  simulator: 'bff/simulator/src/main.ts',
};
/** Packages of this repository; all others are loaded from node_modules. */
const OWN = /^(?:@yimu\/|sip-parser-lite$)/;

/**
 * Makes plain JavaScript of the server, the command line and the simulator. It takes a third of the time to start and
 * about 90 MB less than sources that are translated as they are loaded. What stood in `outDir` is replaced at once.
 */
export async function buildServer(root: string, outDir: string): Promise<{ readonly bytes: number }> {
  const bundle = await rolldown({
    cwd: root,
    input: Object.fromEntries(Object.entries(PROGRAMS).map(([name, path]) => [name, join(root, path)])),
    platform: 'node',
    external: (id) => isFromElsewhere(id),
  });
  const making = `${outDir}-${String(process.pid)}`;
  const { output } = await bundle.write({
    dir: making,
    format: 'esm',
    sourcemap: true,
    chunkFileNames: '[name]-[hash].js',
  });
  await bundle.close();
  mkdirSync(dirname(outDir), { recursive: true });
  rmSync(outDir, { recursive: true, force: true });
  renameSync(making, outDir);
  return { bytes: output.reduce((sum, file) => sum + (file.type === 'chunk' ? file.code.length : 0), 0) };
}

function isFromElsewhere(id: string): boolean {
  if (id.startsWith('.') || id.startsWith('#') || isAbsolute(id) || OWN.test(id)) return false;
  return id.startsWith('node:') || builtinModules.includes(id) || /^[@a-z]/i.test(id);
}
