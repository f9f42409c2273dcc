import { mkdirSync, rmSync } from 'node:fs';
import { readAppTree, type AppTree } from './app-tree.ts';
import { bundleScripts } from './bundle-scripts.ts';
import { copyFiles } from './copy-files.ts';
import { checkPackageSize } from './package-size.ts';

export interface MpBuild {
  readonly tree: AppTree;
  readonly bytes: number;
}

/** Makes the package that WeChat takes, in `outDir`, from the sources in `root`. */
export async function buildMp(root: string, outDir: string): Promise<MpBuild> {
  const tree = readAppTree(root);
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  await bundleScripts(tree, outDir);
  copyFiles(tree, outDir);
  return { tree, bytes: checkPackageSize(outDir) };
}
