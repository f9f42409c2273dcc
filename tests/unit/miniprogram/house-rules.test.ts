import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const SOURCE = join(import.meta.dirname, '..', '..', '..', 'miniprogram', 'src');

const files = readdirSync(SOURCE, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(SOURCE.length + 1))
  .sort();

const read = (file: string): string => readFileSync(join(SOURCE, file), 'utf8');
const ending = (...suffixes: readonly string[]): string[] =>
  files.filter((file) => suffixes.some((suffix) => file.endsWith(suffix)));

/** Source without comments, whose words are for engineers. */
function code(file: string): string {
  return read(file)
    .replace(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->/g, '')
    .replace(/^\s*\/\/.*$/gm, '');
}

describe('the house rules of the mini-program', () => {
  it('wx is touched in platform/ only', () => {
    const elsewhere = ending('.ts').filter(
      (file) => !file.startsWith('platform/') && /\bwx\./.test(code(file)),
    );
    assert.deepEqual(elsewhere, []);
  });

  it('models and texts use nothing but each other and the shared contract', () => {
    for (const file of ending('.ts').filter((name) => /^(models|texts)\//.test(name))) {
      for (const [, from = ''] of read(file).matchAll(/from '([^']+)'/g)) {
        const allowed = from === '@yimu/shared' || /^\.\/[\w-]+\.ts$|^\.\.\/(models|texts)\//.test(from);
        assert.ok(allowed, `${file} imports ${from}`);
      }
    }
  });

  it('components ask no network: they import no service', () => {
    for (const file of ending('.ts').filter((name) => name.startsWith('components/')))
      assert.doesNotMatch(read(file), /from '[^']*services\//, file);
  });

  it('Chinese stands in texts/ and in the titles of pages only', () => {
    const elsewhere = ending('.ts', '.wxml', '.wxss').filter(
      (file) => !file.startsWith('texts/') && /[\u4e00-\u9fff]/.test(code(file)),
    );
    assert.deepEqual(elsewhere, []);
  });

  it('pages and components are whole folders, and a page has fewer than 150 lines', () => {
    for (const file of ending('.wxml')) {
      for (const suffix of ['.ts', '.json', '.wxss'])
        assert.ok(
          existsSync(join(SOURCE, dirname(file), `index${suffix}`)),
          `${dirname(file)}/index${suffix}`,
        );
    }
    for (const file of ending('index.ts').filter((name) => name.startsWith('pages/')))
      assert.ok(read(file).split('\n').length < 150, file);
  });

  it('nothing is fetched from elsewhere: no font, picture or script of a foreign host', () => {
    for (const file of ending('.ts', '.wxml', '.wxss', '.json')) {
      const hosts = [...code(file).matchAll(/https?:\/\/([\w.-]+)/g)].map(([, host]) => host);
      assert.deepEqual(
        hosts.filter((host) => host !== 'yimu.example.com'),
        [],
        file,
      );
    }
  });

  it('every icon that a template or script names is there, and every icon is used', () => {
    const icons = ending('.svg')
      .filter((file) => file.startsWith('images/icons/'))
      .map((file) => file.slice('images/icons/'.length, -'.svg'.length));
    const sources = ending('.ts', '.wxml').map(read).join('\n');
    for (const icon of icons) assert.match(sources, new RegExp(`['"/]${icon}(['".])`), `${icon} is not used`);
    for (const [, icon = ''] of sources.matchAll(/icons\/([\w-]+)\.svg/g))
      assert.ok(icons.includes(icon), icon);
    for (const [, icon = ''] of sources.matchAll(/\bicon(?:="|: ')(?!none')([\w-]+)['"]/g))
      assert.ok(icons.includes(icon), icon);
  });

  it('what can be tapped has a name for those who do not see it', () => {
    for (const file of ending('.wxml')) {
      for (const [tag] of read(file).matchAll(/<(?:view|image)\b[^>]*(?:bind|catch):tap[^>]*>[^<]*/g)) {
        const named = tag.includes('aria-label=') || /\{\{[^}]*[tT]ext[^}]*\}\}\s*$/.test(tag);
        assert.ok(named, `${file}: ${tag}`);
      }
    }
  });
});
