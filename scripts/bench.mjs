// `npm run bench`: lists the benchmarks; `npm run bench -- NAME [options]` runs one.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, root } from './lib/setup.mjs';

ensureInstalled();
const folder = join(root, 'tests/bench');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -3));
const [name, ...options] = process.argv.slice(2);
if (name === undefined) {
  console.log(names.join('\n'));
} else if (!names.includes(name)) {
  console.error(`There is no benchmark ${name}. Known: ${names.join(', ')}`);
  process.exit(1);
} else {
  const args = ['--expose-gc', '--import', 'tsx', join(folder, `${name}.ts`), ...options];
  process.exit(spawnSync(process.execPath, args, { stdio: 'inherit', cwd: root }).status ?? 1);
}
