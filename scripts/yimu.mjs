// `npm run yimu -- …`: the command line.
import { endWithNpm } from './lib/end-with-npm.mjs';
import { ensureInstalled, root } from './lib/setup.mjs';

ensureInstalled();
const { ensureBuilt } = await import('./lib/build-when-stale.mjs');
ensureBuilt('server');

endWithNpm();
process.chdir(root);
await import('../dist/server/yimu.js');
