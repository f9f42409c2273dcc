import { fileURLToPath } from 'node:url';

/** Whether this runs as the sources stand, translated while they are loaded, or as `npm run build` made it. */
const AS_SOURCE = import.meta.url.endsWith('.ts');
const ROOT = new URL(AS_SOURCE ? '../../../' : '../../', import.meta.url);

/** The pages of the mini-program for browsers, when they are built. */
export const H5_FOLDER = fileURLToPath(new URL('dist/h5', ROOT));

/** The operators' console. */
export const CONSOLE_FOLDER = fileURLToPath(new URL('bff/console', ROOT));

/** What Node is told to run the simulator in a process of its own. */
export const SIMULATOR_PROGRAM: readonly string[] = AS_SOURCE
  ? ['--import', 'tsx', fileURLToPath(new URL('bff/simulator/src/main.ts', ROOT))]
  : [fileURLToPath(new URL('dist/server/simulator.js', ROOT))];
