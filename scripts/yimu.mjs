// `npm run yimu -- …`: the command line.
import { endWithNpm } from './lib/end-with-npm.mjs';
import { ensureInstalled, root } from './lib/setup.mjs';

ensureInstalled();
endWithNpm();
process.chdir(root);
const { register } = await import('tsx/esm/api');
register();
await import('../bff/src/app/cli/main.ts');
