import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import type { RandomSource } from '../kernel/index.ts';

const KEY_BYTES = 32;
const OWNER_ONLY = 0o600;

/** Where the server keeps its files. All of them are readable by their owner alone. */
export class DataDir {
  readonly path: string;

  /** Makes the directory when it is absent. */
  constructor(path: string) {
    this.path = resolve(path);
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Writes whole or not at all: a reader never sees half a file. */
  writeJson(name: string, value: unknown): void {
    renameSync(this.#draft(name, `${JSON.stringify(value, null, 2)}\n`), this.file(name));
  }

  /** `undefined` when there is no such file, or none that can be read as JSON. */
  readJson(name: string): unknown {
    const text = this.#read(name);
    try {
      return text === undefined ? undefined : JSON.parse(text.toString('utf8'));
    } catch {
      return undefined;
    }
  }

  remove(name: string): void {
    rmSync(this.file(name), { force: true });
  }

  /** The key that seals secrets at rest; made at the first start and never again. */
  sealingKey(random: RandomSource): Uint8Array {
    const name = 'secret.key';
    const known = this.#read(name);
    if (known?.length === KEY_BYTES) return known;
    if (known) throw new Error(`${this.file(name)} is damaged: restore it from a backup`);
    const key = Uint8Array.from(random.bytes(KEY_BYTES));
    renameSync(this.#draft(name, key), this.file(name));
    return key;
  }

  /** A file beside the one that is meant, on the disk when this returns. */
  #draft(name: string, content: string | Uint8Array): string {
    const path = `${this.file(name)}.${String(process.pid)}.new`;
    rmSync(path, { force: true });
    const file = openSync(path, 'wx', OWNER_ONLY);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return path;
  }

  #read(name: string): Buffer | undefined {
    const path = this.file(name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats) return undefined;
    if ((stats.mode & 0o077) !== 0) chmodSync(path, OWNER_ONLY);
    return readFileSync(path);
  }
}
