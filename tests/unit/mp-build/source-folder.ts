import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of sources written for one test; `dispose` removes it. */
export class SourceFolder {
  readonly root = mkdtempSync(join(tmpdir(), 'yimu-mp-source-'));

  constructor(files: Readonly<Record<string, string>>) {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The least mini-program that is whole: one page. */
export const ONE_PAGE: Readonly<Record<string, string>> = {
  'src/app.json': '{ "pages": ["pages/a/index"] }',
  'src/app.ts': 'App({});',
  'src/pages/a/index.ts': "Page({ data: { title: 'x', n: 1 }, onTap() { this.setData({ n: 2 }); } });",
  'src/pages/a/index.wxml': '<view bind:tap="onTap">{{title}}</view>',
};
