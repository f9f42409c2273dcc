import { type DataSource, In } from 'typeorm';
import type { UpgradeRecord, UpgradeRepository } from '../../../core/index.ts';
import { DeviceUpgradeEntity, type DeviceUpgradeRow } from '../entities/device-upgrade.entity.ts';
import type { TransactionQueue } from '../transaction-queue.ts';
import { fromNull, toNull } from './optional.ts';
import { stored } from './storage-fault.ts';

/** Upgrades of devices in SQL. */
export class SqlUpgradeRepository implements UpgradeRepository {
  readonly #source: DataSource;
  readonly #transactions: TransactionQueue;

  constructor(source: DataSource, transactions: TransactionQueue) {
    this.#source = source;
    this.#transactions = transactions;
  }

  async load(): Promise<readonly UpgradeRecord[]> {
    const rows = await stored('load upgrades', () =>
      this.#source
        .getRepository(DeviceUpgradeEntity)
        .find({ order: { deviceId: 'ASC', askedAtMs: 'ASC', sessionId: 'ASC' } }),
    );
    return rows.map(toRecord);
  }

  async save(deviceId: number, upgrades: readonly UpgradeRecord[]): Promise<void> {
    const sessions = new Set(upgrades.map(({ sessionId }) => sessionId));
    await stored('save upgrades', () =>
      this.#transactions.run(async (manager) => {
        const kept = await manager.find(DeviceUpgradeEntity, {
          where: { deviceId },
          select: { deviceId: true, sessionId: true },
        });
        const gone = kept.map(({ sessionId }) => sessionId).filter((one) => !sessions.has(one));
        if (gone.length > 0) await manager.delete(DeviceUpgradeEntity, { deviceId, sessionId: In(gone) });
        if (upgrades.length > 0)
          await manager.upsert(DeviceUpgradeEntity, upgrades.map(toRow), ['deviceId', 'sessionId']);
      }),
    );
  }
}

function toRecord(row: DeviceUpgradeRow): UpgradeRecord {
  return {
    deviceId: row.deviceId,
    sessionId: row.sessionId,
    state: row.state as UpgradeRecord['state'],
    firmware: fromNull(row.firmware),
    manufacturer: fromNull(row.manufacturer),
    source: fromNull(row.source),
    running: fromNull(row.running),
    reason: fromNull(row.reason),
    askedAtMs: row.askedAtMs,
    changedAtMs: row.changedAtMs,
  };
}

function toRow(record: UpgradeRecord): DeviceUpgradeRow {
  return {
    ...record,
    firmware: toNull(record.firmware),
    manufacturer: toNull(record.manufacturer),
    source: toNull(record.source),
    running: toNull(record.running),
    reason: toNull(record.reason),
  };
}
