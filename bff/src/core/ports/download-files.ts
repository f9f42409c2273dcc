import type { Readable } from 'node:stream';

/** The folder of downloaded recordings. */
export interface DownloadFiles {
  /** Path of the file of a download, which need not exist. */
  pathOf(id: string): string;
  /** Bytes of its file; 0 when there is none. */
  sizeOf(id: string): Promise<number>;
  /** Its bytes from the begin; rejects when it is gone. */
  open(id: string): Promise<{ readonly bytes: number; readonly stream: Readable }>;
  /** Idempotent. */
  remove(id: string): Promise<void>;
  /** Removes what an earlier run has left: nobody knows of it any more. */
  clear(): Promise<void>;
}
