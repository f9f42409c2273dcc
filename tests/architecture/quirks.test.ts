import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VENDOR_QUIRKS } from '../../bff/src/gb28181/vendor-quirks.ts';
import { isProfileField } from '../../shared/src/index.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COUNT = 70;
const TITLE = /\bit\(\s*(['"`])((?:(?!\1).)*)\1/gs;

interface Row {
  readonly id: string;
  readonly cells: readonly string[];
}

const rows: readonly Row[] = readFileSync(join(ROOT, 'docs/quirks.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| Q\d+ /.test(line))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  .map(([id = '', ...cells]) => ({ id, cells }));

/** Which quirks the tests are named after. */
function tested(): ReadonlySet<string> {
  const files = readdirSync(join(ROOT, 'tests'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.test.ts') && !name.includes('node_modules'),
  );
  const titles = files.flatMap((name) =>
    [...readFileSync(join(ROOT, 'tests', name), 'utf8').matchAll(TITLE)].map(([, , title = '']) => title),
  );
  return new Set(titles.flatMap((title) => title.match(/\bQ\d+\b/g) ?? []));
}

describe('the quirks of docs/quirks.md', () => {
  it('are all there, once and in order', () => {
    assert.deepEqual(
      rows.map(({ id }) => id),
      Array.from({ length: COUNT }, (_, index) => `Q${String(index + 1)}`),
    );
  });

  it('have a test each that is named after it', () => {
    const named = tested();
    assert.deepEqual(
      rows.filter(({ id }) => !named.has(id)).map(({ id }) => id),
      [],
    );
  });

  it('are met at a place that exists, or by a field of the profile', () => {
    const unmet = rows.filter(({ cells }) => {
      const where = cells.at(-1) ?? '';
      const field = /^`(\w+)`$/.exec(where)?.[1];
      const file = /^\[[^\]]+\]\(\.\.\/([^)]+)\)$/.exec(where)?.[1];
      return (
        !(field !== undefined && isProfileField(field)) &&
        !(file !== undefined && existsSync(join(ROOT, file)))
      );
    });
    assert.deepEqual(unmet, []);
  });

  it('that are learnt from a maker set fields that the document names', () => {
    const named = new Set(rows.map(({ cells }) => /^`(\w+)`$/.exec(cells.at(-1) ?? '')?.[1]));
    for (const { vendor, profile } of VENDOR_QUIRKS)
      for (const field of Object.keys(profile)) assert.ok(named.has(field), `${vendor}: ${field}`);
  });
});
