import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { scriptOf, type AppTree } from './app-tree.ts';
import { BuildFault } from './build-fault.ts';

/**
 * Links TypeScript and shared code into CommonJS files that WeChat's own `require` runs, one per page and
 * component, what several of them use in `chunks/`.
 */
export async function bundleScripts(tree: AppTree, outDir: string): Promise<void> {
  const input: Record<string, string> = {};
  for (const path of ['app', ...tree.units.map((unit) => unit.path)]) {
    const file = scriptOf(tree.root, path);
    if (file !== undefined) input[path] = file;
  }
  const faults: string[] = [];
  const bundle = await rolldown({
    input,
    platform: 'neutral',
    transform: { target: 'es2018' },
    onLog(_level, log) {
      faults.push(log.message);
    },
  });
  try {
    await bundle.write({
      dir: outDir,
      format: 'cjs',
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name].js',
      exports: 'named',
    });
  } finally {
    await bundle.close();
  }
  if (faults.length > 0) throw new BuildFault(`scripts of ${join(tree.root)}`, faults);
}
