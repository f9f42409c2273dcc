import type { RecordItem, RecordKind } from '../manscdp/record-info.ts';

/** Which recordings are asked for; `all` kinds at once. */
export type RecordQueryKind = Exclude<RecordKind, 'unknown'> | 'all';

export interface RecordOrder {
  readonly deviceGbId: string;
  readonly channelGbId: string;
  /** UTC, ms; whole seconds are asked for. */
  readonly beginMs: number;
  readonly endMs: number;
  readonly kind: RecordQueryKind;
}

export interface RecordAnswer {
  /** By begin; each file once, though devices repeat them and days share them. */
  readonly items: readonly RecordItem[];
  /** False when something that was announced is missing, or a day could not be asked. */
  readonly complete: boolean;
}

/** The archives of devices (GB/T 28181-2016 §9.7, annex A.2.4 g). */
export interface GbRecords {
  /**
   * What a channel has of a period. Long periods are asked day by day, as devices overflow with more; at most
   * `maxRecordDays` of them. Rejects with GbFailure when the device refuses, or says nothing at all.
   */
  query(order: RecordOrder): Promise<RecordAnswer>;
}
