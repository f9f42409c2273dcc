import type { DataSource } from 'typeorm';
import type { PresetRecord, PresetRepository } from '../../../core/index.ts';
import { PresetEntity } from '../entities/preset.entity.ts';
import type { TransactionQueue } from '../transaction-queue.ts';
import { stored } from './storage-fault.ts';

/** Names of presets in SQL. */
export class SqlPresetRepository implements PresetRepository {
  readonly #source: DataSource;
  readonly #transactions: TransactionQueue;

  constructor(source: DataSource, transactions: TransactionQueue) {
    this.#source = source;
    this.#transactions = transactions;
  }

  async ofChannel(channelId: number): Promise<readonly PresetRecord[]> {
    return await stored('load presets', () =>
      this.#source.getRepository(PresetEntity).find({ where: { channelId }, order: { no: 'ASC' } }),
    );
  }

  async save(preset: PresetRecord): Promise<void> {
    await stored('save preset', () =>
      this.#transactions.run((manager) => manager.upsert(PresetEntity, { ...preset }, ['channelId', 'no'])),
    );
  }

  async remove(channelId: number, no: number): Promise<void> {
    await stored('remove preset', () =>
      this.#transactions.run((manager) => manager.delete(PresetEntity, { channelId, no })),
    );
  }
}
