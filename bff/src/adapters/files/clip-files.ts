import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CORE_ERROR_TEXTS, type CoreErrorCode } from '@yimu/shared';
import type { ClipStore, StoredClip } from '../../core/index.ts';
import { CoreError, type RandomSource } from '../../kernel/index.ts';

const OWNER_ONLY = 0o600;
const RANDOM_BYTES = 12;
const HEAD_BYTES = 16;
const NAME = /^[0-9a-f]{24}\.clip$/;

/** Options of {@link ClipFiles}. */
export interface ClipFilesOptions {
  /** Made at the first clip; what a run that was killed left in it is removed then. */
  readonly folder: string;
  readonly random: RandomSource;
  /** Octets of one clip. */
  readonly maxBytes: number;
  /** Clips at one time, those that are coming in included. */
  readonly maxClips: number;
}

/** Clips as files, readable by their owner alone, kept as long as they are spoken. */
export class ClipFiles implements ClipStore {
  readonly #options: ClipFilesOptions;
  #kept = 0;
  #prepared: Promise<void> | undefined;

  constructor(options: ClipFilesOptions) {
    this.#options = options;
  }

  async take(content: AsyncIterable<Uint8Array>): Promise<StoredClip> {
    const { folder, random, maxClips } = this.#options;
    if (this.#kept >= maxClips) throw refusal('QUOTA_EXCEEDED');
    this.#kept += 1;
    const path = join(folder, `${random.hex(RANDOM_BYTES)}.clip`);
    let isKept = true;
    const discard = async (): Promise<void> => {
      if (!isKept) return;
      isKept = false;
      this.#kept -= 1;
      await rm(path, { force: true }).catch(() => undefined);
    };
    try {
      this.#prepared ??= prepare(folder);
      await this.#prepared;
      return { path, discard, ...(await this.#write(path, content)) };
    } catch (error) {
      await discard();
      throw error instanceof CoreError ? error : refusal('STORAGE_FAILED', error);
    }
  }

  async #write(
    path: string,
    content: AsyncIterable<Uint8Array>,
  ): Promise<Pick<StoredClip, 'bytes' | 'head'>> {
    const file = await open(path, 'wx', OWNER_ONLY);
    let bytes = 0;
    let head: Buffer = Buffer.alloc(0);
    try {
      for await (const chunk of content) {
        bytes += chunk.length;
        if (bytes > this.#options.maxBytes) throw refusal('INVALID_ARGUMENT');
        if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES);
        await file.appendFile(chunk);
      }
    } finally {
      await file.close();
    }
    if (bytes === 0) throw refusal('INVALID_ARGUMENT');
    return { bytes, head: Uint8Array.from(head) };
  }
}

async function prepare(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder))
    if (NAME.test(name)) await rm(join(folder, name), { force: true });
}

function refusal(code: CoreErrorCode, cause?: unknown): CoreError {
  return new CoreError(code, CORE_ERROR_TEXTS[code], {}, cause);
}
