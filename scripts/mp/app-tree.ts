import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { BuildFault } from './build-fault.ts';
import { readJsonObject, stringEntries, stringItems, type JsonObject } from './json-file.ts';

/** One page or component: a folder of four files that share a name. */
export interface Unit {
  /** Path inside the package, without suffix: `pages/home/index`. */
  readonly path: string;
  readonly kind: 'page' | 'component';
  readonly config: JsonObject;
  /** Local tag name to component path inside the package. */
  readonly using: ReadonlyMap<string, string>;
}

export interface AppTree {
  readonly root: string;
  readonly config: JsonObject;
  readonly pages: readonly string[];
  readonly units: readonly Unit[];
}

const SCRIPT_SUFFIXES = ['.ts', '.js'] as const;

/** The script file of a path without suffix, in TypeScript or JavaScript. */
export function scriptOf(root: string, path: string): string | undefined {
  return SCRIPT_SUFFIXES.map((suffix) => join(root, path + suffix)).find((file) => existsSync(file));
}

/** A component reference as `usingComponents` spells it, made a path inside the package. */
function resolveReference(reference: string, from: string): string {
  if (reference.startsWith('/')) return reference.slice(1);
  return posix.join(posix.dirname(from), reference);
}

function usingOf(
  config: JsonObject,
  from: string,
  inherited: ReadonlyMap<string, string>,
): Map<string, string> {
  const using = new Map(inherited);
  for (const [tag, reference] of stringEntries(config['usingComponents'])) {
    using.set(tag, resolveReference(reference, from));
  }
  return using;
}

/** Walks app.json to its pages and on to every component in use; missing files are all reported at once. */
export function readAppTree(root: string): AppTree {
  const config = readJsonObject(join(root, 'app.json'));
  const pages = stringItems(config['pages']);
  const faults: string[] = pages.length === 0 ? ['app.json: no pages'] : [];
  if (scriptOf(root, 'app') === undefined) faults.push('app: no app.ts');
  const global = usingOf(config, 'app', new Map());
  const units = new Map<string, Unit>();
  const waiting: { path: string; kind: Unit['kind']; from: string }[] = [
    ...pages.map((path) => ({ path, kind: 'page' as const, from: 'app.json' })),
    ...[...global.values()].map((path) => ({ path, kind: 'component' as const, from: 'app.json' })),
  ];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (units.has(next.path)) continue;
    const { path, kind, from } = next;
    if (scriptOf(root, path) === undefined) faults.push(`${path}.ts: missing, named by ${from}`);
    if (!existsSync(join(root, `${path}.wxml`))) faults.push(`${path}.wxml: missing, named by ${from}`);
    const own = readJsonObject(join(root, `${path}.json`), true);
    if (kind === 'component' && own['component'] !== true) {
      faults.push(`${path}.json: "component" is not true, yet ${from} uses it`);
    }
    const using = usingOf(own, path, global);
    units.set(path, { path, kind, config: own, using });
    for (const target of using.values())
      waiting.push({ path: target, kind: 'component', from: `${path}.json` });
  }
  if (faults.length > 0) throw new BuildFault('the mini-program is not whole', faults);
  return { root, config, pages, units: [...units.values()] };
}
