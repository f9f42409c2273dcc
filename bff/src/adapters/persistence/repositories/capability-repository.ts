import type { DataSource } from 'typeorm';
import type { CapabilityRecord, CapabilityRepository } from '../../../core/index.ts';
import { DeviceCapabilityEntity, type DeviceCapabilityRow } from '../entities/device-capability.entity.ts';
import type { TransactionQueue } from '../transaction-queue.ts';
import { fromNull, toNull } from './optional.ts';
import { stored } from './storage-fault.ts';

/** What was learnt of devices, in SQL. */
export class SqlCapabilityRepository implements CapabilityRepository {
  readonly #source: DataSource;
  readonly #transactions: TransactionQueue;

  constructor(source: DataSource, transactions: TransactionQueue) {
    this.#source = source;
    this.#transactions = transactions;
  }

  async load(): Promise<readonly CapabilityRecord[]> {
    const rows = await stored('load capabilities', () =>
      this.#source.getRepository(DeviceCapabilityEntity).find(),
    );
    return rows.map(toRecord);
  }

  async save(records: readonly CapabilityRecord[]): Promise<void> {
    const rows = records.map(toRow);
    await stored('save capabilities', () =>
      this.#transactions.run(
        (manager) => manager.upsert(DeviceCapabilityEntity, rows, ['deviceId', 'command']),
        'kill',
      ),
    );
  }

  async remove(deviceId: number): Promise<void> {
    await stored('remove capabilities', () =>
      this.#transactions.run((manager) => manager.delete(DeviceCapabilityEntity, { deviceId })),
    );
  }
}

function toRecord(row: DeviceCapabilityRow): CapabilityRecord {
  return {
    deviceId: row.deviceId,
    command: row.command,
    firmware: fromNull(row.firmware),
    gbVersion: fromNull(row.gbVersion),
    supportedAtMs: fromNull(row.supportedAtMs),
    sentAtMs: fromNull(row.sentAtMs),
    emptyAtMs: fromNull(row.emptyAtMs),
    refusedAtMs: fromNull(row.refusedAtMs),
    silentAtMs: fromNull(row.silentAtMs),
    negatives: row.negatives,
    targetGbId: fromNull(row.targetGbId),
    sipStatus: fromNull(row.sipStatus),
    text: fromNull(row.text),
  };
}

function toRow(record: CapabilityRecord): DeviceCapabilityRow {
  return {
    deviceId: record.deviceId,
    command: record.command,
    firmware: toNull(record.firmware),
    gbVersion: toNull(record.gbVersion),
    supportedAtMs: toNull(record.supportedAtMs),
    sentAtMs: toNull(record.sentAtMs),
    emptyAtMs: toNull(record.emptyAtMs),
    refusedAtMs: toNull(record.refusedAtMs),
    silentAtMs: toNull(record.silentAtMs),
    negatives: record.negatives,
    targetGbId: toNull(record.targetGbId),
    sipStatus: toNull(record.sipStatus),
    text: toNull(record.text),
  };
}
