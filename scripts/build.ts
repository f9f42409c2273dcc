import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BuildFault } from './mp/build-fault.ts';
import { buildMp } from './mp/build-mp.ts';
import { buildH5 } from './mp/h5/build-h5.ts';
import { checkFirstLoad } from './mp/h5/first-load.ts';
import { checkTemplates } from './mp/check-templates.ts';

const ROOT = join(import.meta.dirname, '..');

const USAGE = `npm run build -- [options]
  --source <folder>   mini-program sources (miniprogram/src)
  --out <folder>      where mp/ and h5/ are made (dist)
  --no-types          leave the type check of the templates out
  --help`;

async function build(source: string, out: string, types: boolean): Promise<void> {
  const started = performance.now();
  const mpDir = join(out, 'mp');
  const { tree, bytes } = await buildMp(source, mpDir);
  console.log(`dist/mp: ${tree.pages.length} pages, ${bytes} bytes`);
  if (types) {
    const checked = checkTemplates(tree, join(ROOT, 'miniprogram', 'tsconfig.json'));
    console.log(`templates: ${checked} checked against their scripts`);
  }
  const h5Dir = join(out, 'h5');
  const { firstLoad } = await buildH5(mpDir, tree, join(ROOT, 'bff', 'h5'), h5Dir);
  console.log(`dist/h5: first load ${checkFirstLoad(h5Dir, firstLoad)} bytes with gzip`);
  console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

const { values } = parseArgs({
  options: {
    source: { type: 'string', default: join(ROOT, 'miniprogram', 'src') },
    out: { type: 'string', default: join(ROOT, 'dist') },
    'no-types': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(USAGE);
} else {
  try {
    await build(values.source, values.out, !values['no-types']);
  } catch (error) {
    if (!(error instanceof BuildFault)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
