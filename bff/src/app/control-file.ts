import type { DataDir } from './data-dir.ts';

const NAME = 'control.json';
const PROBE_WITHIN_MS = 2_000;

/** What the running server writes for its own command line: where it is, and the key of the operator API. */
export interface ControlFile {
  readonly url: string;
  readonly key: string;
  readonly pid: number;
  /** Where devices register. */
  readonly sip: {
    readonly host: string;
    readonly port: number;
    readonly id: string;
    readonly domain: string;
  };
}

/** Another server runs on the same data directory: two would spoil each other's data. */
export class AlreadyRunningError extends Error {
  readonly pid: number;
  readonly url: string;
  readonly path: string;

  constructor({ pid, url }: ControlFile, path: string) {
    super(`a server runs on ${path} already: process ${String(pid)}, ${url}`);
    this.name = 'AlreadyRunningError';
    this.pid = pid;
    this.url = url;
    this.path = path;
  }
}

/** `undefined` when no server has left one. */
export function readControlFile(dataDir: DataDir): ControlFile | undefined {
  const read = dataDir.readJson(NAME);
  if (typeof read !== 'object' || read === null) return undefined;
  const { url, key, pid } = read as Partial<ControlFile>;
  const whole = typeof url === 'string' && typeof key === 'string' && typeof pid === 'number';
  return whole ? (read as ControlFile) : undefined;
}

/** Replaces what a server before has left. */
export function writeControlFile(dataDir: DataDir, control: ControlFile): void {
  dataDir.writeJson(NAME, control);
}

/** Forgets where the server was. */
export function removeControlFile(dataDir: DataDir): void {
  dataDir.remove(NAME);
}

/** Rejects with {@link AlreadyRunningError} when the server that wrote the control file still answers. */
export async function refuseSecondServer(dataDir: DataDir): Promise<void> {
  const control = readControlFile(dataDir);
  if (control && processExists(control.pid) && (await answers(control.url)))
    throw new AlreadyRunningError(control, dataDir.path);
}

function processExists(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const { ok } = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(PROBE_WITHIN_MS) });
    return ok;
  } catch {
    return false;
  }
}
