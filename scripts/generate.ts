/** Writes the documents that are made from the sources; with `--check` it only says which are stale. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderConfigurationPage, renderExampleEnvironment } from '../bff/src/config/index.ts';
import { renderErrorsPage } from '../bff/src/http/index.ts';

const DOCUMENTS = new Map([
  ['docs/configuration.md', renderConfigurationPage],
  ['docs/errors.md', renderErrorsPage],
  ['config.example.env', renderExampleEnvironment],
]);

const checkOnly = process.argv.includes('--check');
const stale: string[] = [];
for (const [name, render] of DOCUMENTS) {
  const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
  const text = render();
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  stale.push(name);
  if (!checkOnly) writeFileSync(path, text);
}
if (stale.length > 0)
  console.log(`${checkOnly ? 'stale, run npm run generate' : 'written'}: ${stale.join(', ')}`);
process.exitCode = checkOnly && stale.length > 0 ? 1 : 0;
