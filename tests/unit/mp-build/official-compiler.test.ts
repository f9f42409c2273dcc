import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildMp } from '../../../scripts/mp/build-mp.ts';
import { ONE_PAGE, SourceFolder } from './source-folder.ts';

const TOOL = join(import.meta.dirname, '..', '..', '..', 'tools', 'mp-check');

interface Verdict {
  readonly code: number | null;
  readonly output: string;
}

function check(folder: string): Promise<Verdict> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(TOOL, 'check.mjs'), folder]);
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('close', (code) => {
      resolve({ code, output });
    });
  });
}

describe("WeChat's own compiler", function () {
  this.timeout(60_000);
  const folders: SourceFolder[] = [];

  before(function () {
    // Installed apart: npm ci --prefix tools/mp-check
    if (!existsSync(join(TOOL, 'node_modules'))) this.skip();
  });
  after(() => {
    for (const folder of folders) folder.dispose();
  });

  /** The verdict on a good package in which one file was replaced. */
  async function verdict(path?: string, text = ''): Promise<Verdict> {
    const folder = new SourceFolder({ ...ONE_PAGE, 'src/pages/a/index.wxss': '.a { color: red; }' });
    folders.push(folder);
    const out = folder.path('mp');
    await buildMp(folder.path('src'), out);
    if (path !== undefined) writeFileSync(join(out, path), text);
    return check(out);
  }

  it('accepts what the build makes', async () => {
    const { code, output } = await verdict();
    assert.equal(code, 0, output);
    assert.match(output, /accepts/);
  });

  for (const [what, path, text] of [
    ['a tag that is not closed', 'pages/a/index.wxml', '<view><text></view>'],
    ['a rule that is not closed', 'pages/a/index.wxss', '.a { color: red;'],
    ['a script that does not parse', 'pages/a/index.js', 'Page({'],
    ['a setting of the wrong type', 'app.json', '{ "pages": ["pages/a/index"], "lazyCodeLoading": 7 }'],
    ['a component that is not there', 'pages/a/index.json', '{ "usingComponents": { "x-y": "/none/none" } }'],
  ] as const) {
    it(`refuses ${what} and says where`, async () => {
      const { code, output } = await verdict(path, text);
      assert.equal(code, 1, output);
      assert.match(output, new RegExp(path.replace('.json', '').replace('.', '\\.')));
    });
  }

  it('asks for a folder that holds a package', async () => {
    assert.equal((await check('nowhere')).code, 2);
  });
});
