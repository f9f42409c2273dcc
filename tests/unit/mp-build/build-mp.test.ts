import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { BuildFault } from '../../../scripts/mp/build-fault.ts';
import { buildMp } from '../../../scripts/mp/build-mp.ts';
import { checkPackageSize } from '../../../scripts/mp/package-size.ts';
import { ONE_PAGE, SourceFolder } from './source-folder.ts';

describe('the build of the mini-program package', function () {
  this.timeout(20_000);
  let folder: SourceFolder | undefined;
  const build = async (files: Readonly<Record<string, string>>): Promise<string> => {
    folder = new SourceFolder(files);
    const out = folder.path('out');
    await buildMp(folder.path('src'), out);
    return out;
  };
  const faultsOf = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    try {
      await build(files);
    } catch (error) {
      if (error instanceof BuildFault) return error.faults;
      throw error;
    }
    return [];
  };
  afterEach(() => {
    folder?.dispose();
    folder = undefined;
  });

  it('links TypeScript and code outside the mini-program into CommonJS, what is shared once', async () => {
    const out = await build({
      ...ONE_PAGE,
      'src/app.json': '{ "pages": ["pages/a/index", "pages/b/index"] }',
      'shared/code.ts': "export const greet = (name?: string): string => `hi ${name ?? 'you'}`;",
      'src/pages/a/index.ts':
        "import { greet } from '../../../shared/code.ts';\nPage({ data: { text: greet('a') } });",
      'src/pages/b/index.ts':
        "import { greet } from '../../../shared/code.ts';\nPage({ data: { text: greet() } });",
      'src/pages/b/index.wxml': '<view/>',
    });
    const page = readFileSync(`${out}/pages/a/index.js`, 'utf8');
    const chunk = /require\("(\.\.\/\.\.\/chunks\/[^"]+)"\)/.exec(page)?.[1];
    assert.ok(chunk !== undefined, page);
    const shared = readFileSync(`${out}/${chunk.replace('../../', '')}`, 'utf8');
    assert.match(shared, /hi/);
    assert.doesNotMatch(shared, /\?\?/, 'ES2018 at most');
    assert.doesNotMatch(page, /: string/);
  });

  it('takes components in use and leaves the rest', async () => {
    const component = { ts: 'Component({});', wxml: '<slot/>', json: '{ "component": true }' };
    const files: Record<string, string> = {
      ...ONE_PAGE,
      'src/pages/a/index.json': '{ "usingComponents": { "x-outer": "/components/outer/index" } }',
      'src/components/outer/index.json':
        '{ "component": true, "usingComponents": { "x-inner": "../inner/index" } }',
    };
    for (const name of ['outer', 'inner', 'idle']) {
      for (const [suffix, text] of Object.entries(component))
        files[`src/components/${name}/index.${suffix}`] ??= text;
    }
    const out = await build(files);
    for (const name of ['outer', 'inner']) {
      for (const suffix of ['js', 'wxml', 'json'])
        assert.ok(existsSync(`${out}/components/${name}/index.${suffix}`));
    }
    assert.ok(!existsSync(`${out}/components/idle`));
  });

  it('copies what templates and style sheets name, and pictures', async () => {
    const out = await build({
      ...ONE_PAGE,
      'src/pages/a/index.wxml': '<import src="../../parts/row.wxml" /><view/>',
      'src/parts/row.wxml': '<template name="row"><view/></template>',
      'src/pages/a/index.wxss': "@import '/styles/base.wxss';",
      'src/styles/base.wxss': '.a { color: red; }',
      'src/images/a.svg': '<svg/>',
      'src/notes.md': 'not for the phone',
    });
    for (const file of ['parts/row.wxml', 'styles/base.wxss', 'images/a.svg'])
      assert.ok(existsSync(`${out}/${file}`));
    assert.ok(!existsSync(`${out}/notes.md`));
  });

  it('takes the theme that app.json names, and misses it when it is not there', async () => {
    const app = '{ "pages": ["pages/a/index"], "darkmode": true, "themeLocation": "theme.json" }';
    const theme = '{ "light": { "nav": "#fff" }, "dark": { "nav": "#000" } }';
    const out = await build({ ...ONE_PAGE, 'src/app.json': app, 'src/theme.json': theme });
    assert.equal(readFileSync(`${out}/theme.json`, 'utf8'), theme);
    folder?.dispose();
    assert.deepEqual(await faultsOf({ ...ONE_PAGE, 'src/app.json': app }), [
      'theme.json: missing, named by app.json',
    ]);
  });

  it('names every missing file at once', async () => {
    const faults = await faultsOf({
      'src/app.json': '{ "pages": ["pages/a/index", "pages/b/index"] }',
      'src/app.ts': 'App({});',
      'src/pages/a/index.ts': 'Page({});',
      'src/pages/a/index.wxml': '<view/>',
      'src/pages/a/index.json': '{ "usingComponents": { "x-box": "/components/box/index" } }',
    });
    assert.deepEqual(faults, [
      'pages/b/index.ts: missing, named by app.json',
      'pages/b/index.wxml: missing, named by app.json',
      'components/box/index.ts: missing, named by pages/a/index.json',
      'components/box/index.wxml: missing, named by pages/a/index.json',
      'components/box/index.json: "component" is not true, yet pages/a/index.json uses it',
    ]);
  });

  it('refuses JSON that is none, and an import that leads nowhere', async () => {
    assert.match(
      (await faultsOf({ ...ONE_PAGE, 'src/pages/a/index.json': '{ nonsense' }))[0] ?? '',
      /pages\/a\/index\.json/,
    );
    folder?.dispose();
    await assert.rejects(
      build({
        ...ONE_PAGE,
        'src/pages/a/index.ts': "import { x } from './nowhere.ts';\nPage({ data: { x } });",
      }),
      /nowhere/,
    );
  });

  it('refuses a main package that is too large and names the largest file', async () => {
    const out = await build(ONE_PAGE);
    writeFileSync(`${out}/big.png`, Buffer.alloc(2000));
    assert.throws(
      () => checkPackageSize(out, 2000),
      (error: unknown) =>
        error instanceof BuildFault &&
        error.faults[0] === '2000  big.png' &&
        error.message.includes('limit is 2000'),
    );
    assert.ok(checkPackageSize(out) > 2000);
  });
});
