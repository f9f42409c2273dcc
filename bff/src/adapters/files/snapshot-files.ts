import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SnapshotStore } from '../../core/index.ts';
import { type Clock, KeyedQueue, type RandomSource } from '../../kernel/index.ts';

const NAME = /^\d{13}-[0-9a-f]{16}\.jpg$/;
const RANDOM_BYTES = 8;
const OWNER_ONLY = 0o600;
/** Characters of the time in a name: names in order are pictures in order. */
const TIME_DIGITS = 13;

/** Options of {@link SnapshotFiles}. */
export interface SnapshotFilesOptions {
  /** Made at the first picture. */
  readonly folder: string;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly maxFiles: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

/** Pictures of devices as files, readable by their owner alone; the oldest go first. */
export class SnapshotFiles implements SnapshotStore {
  readonly #options: SnapshotFilesOptions;
  readonly #turns = new KeyedQueue();
  /** Name to size, the oldest first; undefined before the folder was looked at. */
  #kept: Map<string, number> | undefined;

  constructor(options: SnapshotFilesOptions) {
    this.#options = options;
  }

  async save(jpeg: Uint8Array): Promise<string> {
    return await this.#turns.run('save', () => this.#save(jpeg));
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    if (!NAME.test(name)) return undefined;
    try {
      return await readFile(join(this.#options.folder, name));
    } catch {
      return undefined;
    }
  }

  async #save(jpeg: Uint8Array): Promise<string> {
    const { folder, clock, random } = this.#options;
    const kept = await this.#list();
    const name = `${String(clock.nowMs()).padStart(TIME_DIGITS, '0')}-${random.hex(RANDOM_BYTES)}.jpg`;
    const draft = join(folder, `${name}.new`);
    // Whole or not at all: nobody reads half a picture.
    await writeFile(draft, jpeg, { mode: OWNER_ONLY });
    await rename(draft, join(folder, name));
    kept.set(name, jpeg.length);
    await this.#thin(kept, name);
    return name;
  }

  async #list(): Promise<Map<string, number>> {
    if (this.#kept !== undefined) return this.#kept;
    const { folder } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const kept = new Map<string, number>();
    for (const name of (await readdir(folder)).sort()) {
      if (NAME.test(name)) kept.set(name, (await stat(join(folder, name))).size);
      // A draft of a run that was killed.
      else if (name.endsWith('.jpg.new')) await rm(join(folder, name), { force: true });
    }
    this.#kept = kept;
    return kept;
  }

  async #thin(kept: Map<string, number>, newest: string): Promise<void> {
    const { folder, clock, maxFiles, maxBytes, maxAgeMs } = this.#options;
    const oldestMs = clock.nowMs() - maxAgeMs;
    let bytes = [...kept.values()].reduce((sum, size) => sum + size, 0);
    for (const [name, size] of kept) {
      const isOld = Number(name.slice(0, TIME_DIGITS)) < oldestMs;
      if (name === newest || (!isOld && kept.size <= maxFiles && bytes <= maxBytes)) return;
      await rm(join(folder, name), { force: true });
      kept.delete(name);
      bytes -= size;
    }
  }
}
