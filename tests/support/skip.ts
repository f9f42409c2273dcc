import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Skips every test of the suite whose hook calls it, and says why in the summary. */
export function skipSuite(hook: Mocha.Context, reason: string): never {
  hook.test?.parent?.eachTest((test) => {
    Object.assign(test, { skipReason: reason });
  });
  return hook.skip();
}

/** Skips the test that calls it, and says why in the summary. */
export function skipTest(context: Mocha.Context, reason: string): never {
  Object.assign(context.test ?? {}, { skipReason: reason });
  return context.skip();
}

export const NO_FFMPEG = 'no ffmpeg on this machine';
export const NO_TSHARK = 'no tshark on this machine';

/** Where tshark is; undefined when it is not there. */
export function tsharkPath(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'tshark'))
    .find((path) => existsSync(path));
}
