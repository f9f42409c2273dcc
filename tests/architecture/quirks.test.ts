import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VENDOR_QUIRKS } from '../../bff/src/gb28181/vendor-quirks.ts';
import { isProfileField } from '../../shared/src/index.ts';
import { type NamedTest, namedTests } from './named-tests.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FIXTURES = join(ROOT, 'tests/fixtures');
const OWN = 'gb28181/quirks';
const COUNT = 70;

interface Row {
  readonly id: string;
  readonly where: string;
  readonly fixture: string;
}

/** One file of the folder of the quirks as its manifest describes it. */
interface Kept {
  readonly file: string;
  readonly quirks: readonly string[];
  readonly shows: string;
  readonly provenance: string;
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
  .map(([id = '', , , , where = '', fixture = '']) => ({ id, where, fixture }));

/** The files that a row names, relative to tests/fixtures. */
function filesOf({ fixture }: Row): readonly string[] {
  return [...fixture.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);
}

describe('the quirks of docs/quirks.md', function () {
  this.timeout(30_000);
  let tests: readonly NamedTest[] = [];
  const testsOf = (id: string): readonly NamedTest[] => tests.filter(({ quirks }) => quirks.has(id));

  before(() => {
    tests = namedTests(join(ROOT, 'tests'));
  });

  it('are all there, once and in order', () => {
    assert.deepEqual(
      rows.map(({ id }) => id),
      Array.from({ length: COUNT }, (_, index) => `Q${String(index + 1)}`),
    );
  });

  it('have a test each that is named after it', () => {
    assert.deepEqual(
      rows.filter(({ id }) => testsOf(id).length === 0).map(({ id }) => id),
      [],
    );
  });

  it('have fixtures that exist, or say in a few words why there is nothing to keep', () => {
    const form = /^(?:`[^`]+`(?:, `[^`]+`)*|– \S.{5,60})$/;
    const wrong = rows.filter(
      (row) => !form.test(row.fixture) || !filesOf(row).every((file) => existsSync(join(FIXTURES, file))),
    );
    assert.deepEqual(wrong, []);
  });

  it('have a test that bears the number and reads the fixture, for each', () => {
    const unread = rows.flatMap((row) =>
      filesOf(row)
        .filter((file) => !testsOf(row.id).some(({ texts }) => texts.has(file)))
        .map((file) => `${row.id} ${file}`),
    );
    assert.deepEqual(unread, []);
  });

  it('name every fixture that is kept for them, and the manifest says where each comes from', () => {
    const { files } = JSON.parse(readFileSync(join(FIXTURES, OWN, 'manifest.json'), 'utf8')) as {
      readonly files: readonly Kept[];
    };
    assert.deepEqual(
      files.map(({ file }) => file).sort(),
      readdirSync(join(FIXTURES, OWN))
        .filter((name) => name !== 'manifest.json')
        .sort(),
    );
    for (const { file, quirks, shows, provenance } of files) {
      assert.ok(quirks.length > 0 && shows !== '' && provenance !== '', file);
      const silent = quirks.filter(
        (id) => !rows.some((row) => row.id === id && filesOf(row).includes(`${OWN}/${file}`)),
      );
      assert.deepEqual(silent, [], file);
    }
  });

  it('are met at a place that exists, or by a field of the profile', () => {
    const unmet = rows.filter(({ where }) => {
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
    const named = new Set(rows.map(({ where }) => /^`(\w+)`$/.exec(where)?.[1]));
    for (const { vendor, profile } of VENDOR_QUIRKS)
      for (const field of Object.keys(profile)) assert.ok(named.has(field), `${vendor}: ${field}`);
  });
});
