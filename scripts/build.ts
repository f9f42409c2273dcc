import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BuildFault } from './mp/build-fault.ts';
import { buildMp } from './mp/build-mp.ts';
import { buildH5 } from './mp/h5/build-h5.ts';
import { checkFirstLoad } from './mp/h5/first-load.ts';
import { checkTemplates } from './mp/check-templates.ts';
import { buildServer } from './server/build-server.ts';

const ROOT = join(import.meta.dirname, '..');

const USAGE = `npm run build -- [options]
  --source <folder>   mini-program sources (miniprogram/src)
  --out <folder>      where mp/, h5/ and server/ are made (dist)
  --only <part>       pages (mp/ and h5/) or server
  --no-types          leave the type check of the templates out
  --help`;

async function buildPages(source: string, out: string, types: boolean): Promise<void> {
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
}

async function build({ source, out, only, ...options }: typeof values): Promise<void> {
  const started = performance.now();
  if (only !== 'server') await buildPages(source, out, !options['no-types']);
  if (only !== 'pages') {
    const { bytes } = await buildServer(ROOT, join(out, 'server'));
    console.log(`dist/server: ${bytes} bytes`);
  }
  console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

const { values } = parseArgs({
  options: {
    source: { type: 'string', default: join(ROOT, 'miniprogram', 'src') },
    out: { type: 'string', default: join(ROOT, 'dist') },
    only: { type: 'string' },
    'no-types': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(USAGE);
} else {
  try {
    await build(values);
  } catch (error) {
    if (!(error instanceof BuildFault)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
