import { createWriteStream, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type FlvTag, flvFileHeader } from '../flv/flv-tag.ts';
import type { PipelineTracks } from '../pipeline.ts';

/** What may wait for the disk; with more it is too slow for the stream. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** Writes all of one stream into a file that players open (FLV 10.1, E.2). */
export class FlvFile {
  readonly #path: string;
  readonly #file: WriteStream;
  readonly #onFailed: (error: Error) => void;
  readonly #finished: Promise<void>;
  #tracks: PipelineTracks | undefined;
  #begun = false;
  #bytes = 0;
  #closed = false;
  #closing: Promise<void> | undefined;

  /** `onFailed` is told once when the disk does not take it; nothing more is written then. */
  constructor(path: string, onFailed: (error: Error) => void) {
    this.#path = path;
    this.#onFailed = onFailed;
    this.#file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    this.#finished = new Promise((resolve) => {
      this.#file.on('close', resolve);
    });
    this.#file.on('error', (error) => {
      this.#fail(error);
    });
  }

  /** Bytes written or waiting to be. */
  get bytes(): number {
    return this.#bytes;
  }

  onTracks(tracks: PipelineTracks): void {
    this.#tracks = tracks;
  }

  onTag(tag: FlvTag): void {
    if (this.#closed) return;
    if (!this.#begun) {
      this.#begun = true;
      const hasVideo = this.#tracks?.video !== undefined;
      this.#write(flvFileHeader({ hasVideo, hasAudio: this.#tracks?.audio !== undefined }));
    }
    this.#write(tag.bytes);
    if (this.#file.writableLength > MAX_WAITING_BYTES) this.#fail(new Error('the disk is too slow'));
  }

  /**
   * Resolves when all is on the disk and the file is closed. One into which nothing came is taken away: the same
   * recording may be asked for by another way of media.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // A file that could not be written may be that of somebody else.
    const isOwn = !this.#closed;
    if (isOwn) this.#file.end();
    this.#closed = true;
    await this.#finished;
    if (isOwn && !this.#begun) await rm(this.#path, { force: true });
  }

  #write(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    this.#file.write(bytes);
  }

  #fail(error: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#file.destroy();
    this.#onFailed(error);
  }
}
