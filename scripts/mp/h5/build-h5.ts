import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppTree } from '../app-tree.ts';
import { pictureFiles } from '../copy-files.ts';
import { writeHashed, writePictures } from './assets.ts';
import { fillIndex, writeHost } from './host-bundle.ts';
import { packageScript } from './package-script.ts';

export interface H5Build {
  /** Paths relative to index.html of what the first load fetches. */
  readonly firstLoad: readonly string[];
}

/** Makes the browser's copy of the very package in `mpDir`, run by the host whose sources are in `hostDir`. */
export async function buildH5(
  mpDir: string,
  tree: AppTree,
  hostDir: string,
  outDir: string,
): Promise<H5Build> {
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  const pictures = writePictures(mpDir, outDir, pictureFiles(mpDir));
  const app = writeHashed(outDir, 'app.js', packageScript(mpDir, tree, pictures));
  const host = await writeHost(join(hostDir, 'src', 'main.ts'), outDir);
  const style = writeHashed(outDir, 'host.css', readFileSync(join(hostDir, 'src', 'host.css')));
  const index = fillIndex(
    join(hostDir, 'index.html'),
    `<link rel="stylesheet" href="${style}" />`,
    `<script defer src="${app}"></script>\n    <script type="module" src="${host}"></script>`,
  );
  writeFileSync(join(outDir, 'index.html'), index);
  return { firstLoad: ['index.html', app, host, style] };
}
