import type { DataSource } from 'typeorm';
import type { WishRecord, WishRepository } from '../../../core/index.ts';
import { WishEntity } from '../entities/report.entities.ts';
import type { TransactionQueue } from '../transaction-queue.ts';
import { stored } from './storage-fault.ts';

/** What devices are to tell, in SQL. */
export class SqlWishRepository implements WishRepository {
  readonly #source: DataSource;
  readonly #transactions: TransactionQueue;

  constructor(source: DataSource, transactions: TransactionQueue) {
    this.#source = source;
    this.#transactions = transactions;
  }

  async load(): Promise<readonly WishRecord[]> {
    return await stored('load wishes', () =>
      this.#source.getRepository(WishEntity).find({ order: { deviceId: 'ASC' } }),
    );
  }

  async save(wish: WishRecord): Promise<void> {
    await stored('save wish', () =>
      this.#transactions.run((manager) => manager.upsert(WishEntity, { ...wish }, ['deviceId'])),
    );
  }

  async remove(deviceId: number): Promise<void> {
    await stored('remove wish', () =>
      this.#transactions.run((manager) => manager.delete(WishEntity, { deviceId })),
    );
  }
}
