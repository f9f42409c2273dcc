import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CoreScript } from '../support/core/scripted-core.ts';

const ROOT = fileURLToPath(new URL('../fixtures/dialects', import.meta.url));
const MANIFEST = 'dialect.json';

/** One exchange: the request, what the core does, and the answer, exactly. */
export interface ContractCase {
  readonly title: string;
  readonly request: ContractRequest;
  /** Named parts of the manifest, and what this case adds; later ones win. */
  readonly core?: readonly (string | CoreScript)[];
  /** Arguments of the last call of a use-case, where they matter. */
  readonly asks?: Readonly<Record<string, readonly unknown[]>>;
  readonly response: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

/** At most one of the forms of a body. */
export interface ContractRequest {
  readonly method?: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly multipart?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** The body as it is; with `type` as its content type, or none. */
  readonly raw?: { readonly type?: string; readonly body: string };
}

/** What holds for all cases of a dialect. */
export interface Manifest {
  readonly core: Readonly<Record<string, CoreScript>>;
  /** Codes with their texts that no served endpoint can answer, with the reason. */
  readonly unreachable: Readonly<Record<string, string>>;
  /** Endpoints that never succeed, with the reason. */
  readonly neverSucceed: Readonly<Record<string, string>>;
}

export function dialectFolders(): readonly string[] {
  return readdirSync(ROOT).sort();
}

export function readManifest(dialect: string): Manifest {
  return readJson(join(ROOT, dialect, MANIFEST)) as Manifest;
}

/** Cases by the name of their file. */
export function readCases(dialect: string): ReadonlyMap<string, readonly ContractCase[]> {
  const folder = join(ROOT, dialect);
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== MANIFEST);
  return new Map(names.sort().map((name) => [name, readJson(join(folder, name)) as readonly ContractCase[]]));
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
