import type { DataSource } from 'typeorm';
import type { HistoryRepository, PositionRecord, PresenceRecord } from '../../../core/index.ts';
import { PositionEntity, PresenceEntity } from '../entities/report.entities.ts';
import type { TransactionQueue } from '../transaction-queue.ts';
import { fromNull, toNull } from './optional.ts';
import { SqlHistoryRepository } from './history-repository.ts';

/** Where devices were. */
export function sqlPositions(
  source: DataSource,
  transactions: TransactionQueue,
): HistoryRepository<PositionRecord> {
  return new SqlHistoryRepository(source, transactions, {
    entity: PositionEntity,
    what: 'positions',
    toRow: ({ speed, direction, altitude, height, ...rest }) => ({
      ...rest,
      speed: toNull(speed),
      direction: toNull(direction),
      altitude: toNull(altitude),
      height: toNull(height),
    }),
    toRecord: (row) => ({
      ...row,
      speed: fromNull(row.speed),
      direction: fromNull(row.direction),
      altitude: fromNull(row.altitude),
      height: fromNull(row.height),
    }),
  });
}

/** When devices came and went. */
export function sqlPresence(
  source: DataSource,
  transactions: TransactionQueue,
): HistoryRepository<PresenceRecord> {
  return new SqlHistoryRepository(source, transactions, {
    entity: PresenceEntity,
    what: 'presence events',
    toRow: ({ cause, detail, ...rest }) => ({ ...rest, cause: toNull(cause), detail: toNull(detail) }),
    toRecord: ({ kind, cause, detail, ...rest }) => ({
      ...rest,
      kind: kind as PresenceRecord['kind'],
      cause: fromNull(cause),
      detail: fromNull(detail),
    }),
  });
}
