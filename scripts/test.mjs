// `npm test`: installs and builds what is missing, then runs every check and every suite.
//   npm test                     all
//   npm test -- unit lint        only these
//   npm test -- --strict         a skipped test is a failure too
import { ensureInstalled } from './lib/setup.mjs';

ensureInstalled();
const { runSteps } = await import('./lib/test-steps.mjs');
process.exit(await runSteps(process.argv.slice(2)));
