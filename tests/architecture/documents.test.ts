import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SETTINGS } from '../../bff/src/config/index.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PLACES = [
  '.',
  'docs',
  'bff/sip-parser-lite',
  'bff/h5',
  'bff/simulator',
  'miniprogram',
  'tests/fixtures',
];

const documents = PLACES.filter((place) => existsSync(join(ROOT, place))).flatMap((place) =>
  readdirSync(join(ROOT, place))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(place, name)),
);

function read(name: string): string {
  return readFileSync(join(ROOT, name), 'utf8');
}

describe('the documents', () => {
  it('link only to what exists', () => {
    const broken = documents.flatMap((name) =>
      [...read(name).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !existsSync(join(ROOT, dirname(name), target)))
        .map((target) => `${name}: ${target}`),
    );
    assert.deepEqual(broken, []);
  });

  it('name only commands that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const unknown = documents.flatMap((name) =>
      [...read(name).matchAll(/npm run ([a-z0-9-]+)/g)]
        .map(([, script = '']) => script)
        .filter((script) => scripts[script] === undefined)
        .map((script) => `${name}: ${script}`),
    );
    assert.deepEqual(unknown, []);
  });

  it('name only settings that exist', () => {
    const known = new Set<string>(Object.values(SETTINGS).map((setting) => setting.env));
    const unknown = documents.flatMap((name) =>
      [...read(name).matchAll(/\bYIMU_[A-Z_]*[A-Z]\b/g)]
        .map(([setting]) => setting)
        .filter((setting) => !known.has(setting) && !setting.startsWith('YIMU_TEST_'))
        .map((setting) => `${name}: ${setting}`),
    );
    assert.deepEqual(unknown, []);
  });

  it('say the same in both languages: the readmes have the same commands, links and headings', () => {
    const shape = (name: string): unknown => {
      const text = read(name);
      return {
        headings: (text.match(/^#+ /gm) ?? []).map((mark) => mark.trim()),
        blocks: [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(
          ([, block = '']) => block.trim().split('\n').length,
        ),
        images: [...text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, target]) => target),
      };
    };
    assert.deepEqual(shape('README.zh-CN.md'), shape('README.md'));
  });
});
