import { startHost, type Host } from './host.ts';
import type { Engine } from './player/engine.ts';

export interface TestkitOptions {
  readonly engine: Engine;
  readonly patchWx?: (wx: Record<string, unknown>) => void;
}

/** Boots the package inside the test's own document, with a player of the test's making. */
function boot(options: TestkitOptions): Host {
  const pack = globalThis.yimuPackage;
  if (pack === undefined) throw new Error('the package script did not run');
  const { engine, patchWx } = options;
  return startHost({
    pack,
    root: document.body,
    loadEngine: () => Promise.resolve(engine),
    ...(patchWx === undefined ? {} : { patchWx }),
  });
}

declare global {
  var yimuTestkit: { boot(options: TestkitOptions): Host };
}

globalThis.yimuTestkit = { boot };
