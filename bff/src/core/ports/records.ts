import type { RecordingKind } from './signalling.ts';

/** One file that a device has recorded; times in UTC, ms. */
export interface RecordedFile {
  readonly beginMs: number;
  readonly endMs: number;
  readonly kind: 'time' | 'alarm' | 'manual' | 'unknown';
  readonly name: string;
  readonly filePath: string | undefined;
  readonly recorderId: string | undefined;
  /** Bytes, as the device says it. */
  readonly fileSize: number | undefined;
  readonly secret: boolean;
}

export interface RecordedFiles {
  /** By begin. */
  readonly files: readonly RecordedFile[];
  /** False when the device did not tell all that it announced. */
  readonly complete: boolean;
}

/** The archives of devices. Refusals are those of `SignallingPort`. */
export interface RecordsPort {
  query(order: {
    readonly deviceGbId: string;
    readonly channelGbId: string;
    readonly beginMs: number;
    readonly endMs: number;
    readonly kind: RecordingKind;
  }): Promise<RecordedFiles>;
}
