import { Readable } from 'node:stream';
import type { DownloadFiles, RecordsPort } from '../../../bff/src/core/index.ts';

type RecordsOrder = Parameters<RecordsPort['query']>[0];
type RecordedFiles = Awaited<ReturnType<RecordsPort['query']>>;

/** The archives of devices as the core sees them, at the edge of the process. */
export class FakeRecords implements RecordsPort {
  readonly asked: RecordsOrder[] = [];
  answer: (order: RecordsOrder) => Promise<RecordedFiles> = () =>
    Promise.resolve({ files: [], complete: true });

  async query(order: RecordsOrder): Promise<RecordedFiles> {
    this.asked.push(order);
    return await this.answer(order);
  }

  /** Answers with files of these times, in ms. */
  have(...files: readonly (readonly [beginMs: number, endMs: number])[]): void {
    this.answer = () =>
      Promise.resolve({
        complete: true,
        files: files.map(([beginMs, endMs]) => ({
          ...{ beginMs, endMs, kind: 'time' as const, name: 'n', secret: false },
          ...{ filePath: undefined, recorderId: undefined, fileSize: undefined },
        })),
      });
  }
}

/** A folder of downloads in memory. */
export class FakeDownloadFiles implements DownloadFiles {
  readonly sizes = new Map<string, number>();
  readonly removed: string[] = [];

  pathOf(id: string): string {
    return `/downloads/${id}.flv`;
  }

  sizeOf(id: string): Promise<number> {
    return Promise.resolve(this.sizes.get(id) ?? 0);
  }

  open(id: string): ReturnType<DownloadFiles['open']> {
    return Promise.resolve({ bytes: this.sizes.get(id) ?? 0, stream: Readable.from([id]) });
  }

  remove(id: string): Promise<void> {
    this.removed.push(id);
    this.sizes.delete(id);
    return Promise.resolve();
  }

  clear(): Promise<void> {
    this.sizes.clear();
    return Promise.resolve();
  }
}
