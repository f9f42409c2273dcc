import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Names of the rules that a tree of these files breaks. */
function brokenRules(files: Readonly<Record<string, string>>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'yimu-layers-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    for (const name of [
      'tsconfig.base.json',
      'tsconfig.json',
      'node_modules',
      '.dependency-cruiser.cjs',
      'package.json',
    ])
      symlinkSync(join(ROOT, name), join(folder, name));
    const { stdout } = spawnSync(
      process.execPath,
      [
        join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
        '--output-type',
        'json',
        '--config',
        '.dependency-cruiser.cjs',
        'bff',
      ],
      { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    );
    const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
    return [...new Set(summary.violations.map((violation) => violation.rule.name))].sort();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the check of the layers', function () {
  this.timeout(60_000);

  it('lets a layer look down', () => {
    assert.deepEqual(
      brokenRules({
        'bff/src/kernel/index.ts': 'export const a = 1;\n',
        'bff/src/sip/index.ts': "export { a } from '../kernel/index.ts';\n",
      }),
      [],
    );
  });

  it('finds a step up, a side door, a circle of types and a foreign package', () => {
    const rules = brokenRules({
      'bff/src/kernel/index.ts': "export { b } from '../core/index.ts';\n",
      'bff/src/core/index.ts': "export { b } from './b.ts';\n",
      'bff/src/core/b.ts': "import type { C } from './c.ts';\nexport const b: C = 1;\n",
      'bff/src/core/c.ts': "import type { b } from './b.ts';\nexport type C = number | typeof b;\n",
      'bff/src/gb28181/index.ts': "import '../sip/inner.ts';\nimport 'koa';\n",
      'bff/src/sip/inner.ts': 'export const inner = 1;\n',
    });
    for (const rule of ['layer-kernel', 'no-circles', 'face-sip', 'koa-only-in-http', 'packages-gb28181']) {
      assert.ok(rules.includes(rule), `${rule} in ${rules.join(', ')}`);
    }
  });
});
