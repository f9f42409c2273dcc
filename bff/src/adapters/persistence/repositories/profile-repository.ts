import type { DataSource } from 'typeorm';
import type { ProfileRecord, ProfileRepository } from '../../../core/index.ts';
import { DeviceProfileEntity } from '../entities/device-profile.entity.ts';
import type { TransactionQueue } from '../transaction-queue.ts';
import { stored } from './storage-fault.ts';

/** Profiles of devices in SQL. */
export class SqlProfileRepository implements ProfileRepository {
  readonly #source: DataSource;
  readonly #transactions: TransactionQueue;

  constructor(source: DataSource, transactions: TransactionQueue) {
    this.#source = source;
    this.#transactions = transactions;
  }

  async load(): Promise<readonly ProfileRecord[]> {
    return await stored('load device profiles', () =>
      this.#source.getRepository(DeviceProfileEntity).find({ order: { deviceId: 'ASC' } }),
    );
  }

  async save(profile: ProfileRecord): Promise<void> {
    await stored('save device profile', () =>
      this.#transactions.run((manager) => manager.upsert(DeviceProfileEntity, { ...profile }, ['deviceId'])),
    );
  }

  async remove(deviceId: number): Promise<void> {
    await stored('remove device profile', () =>
      this.#transactions.run((manager) => manager.delete(DeviceProfileEntity, { deviceId })),
    );
  }
}
