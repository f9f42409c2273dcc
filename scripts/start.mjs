// `npm start`: installs and builds what is missing, then runs the server until it is told to stop.
import { endWithNpm } from './lib/end-with-npm.mjs';
import { ensureInstalled, root } from './lib/setup.mjs';

ensureInstalled();
const { ensureBuilt } = await import('./lib/build-when-stale.mjs');
ensureBuilt('pages', 'server');

// In this very process: a signal for it is a signal for the server, once.
endWithNpm();
process.chdir(root);
await import('../dist/server/server.js');
