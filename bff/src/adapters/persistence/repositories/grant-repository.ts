import { type DataSource, LessThanOrEqual, MoreThan } from 'typeorm';
import type { GrantCancellation, GrantKeyRecord, GrantRepository } from '../../../core/index.ts';
import { GrantCancellationEntity, GrantKeyEntity } from '../entities/grant.entity.ts';
import type { TransactionQueue } from '../transaction-queue.ts';
import { stored } from './storage-fault.ts';

/** Signing keys and cancelled addresses in SQL. */
export class SqlGrantRepository implements GrantRepository {
  readonly #source: DataSource;
  readonly #transactions: TransactionQueue;

  constructor(source: DataSource, transactions: TransactionQueue) {
    this.#source = source;
    this.#transactions = transactions;
  }

  async loadKeys(): Promise<readonly GrantKeyRecord[]> {
    return await stored('load grant keys', () =>
      this.#source.getRepository(GrantKeyEntity).find({ order: { no: 'ASC' } }),
    );
  }

  async insertKey(key: GrantKeyRecord): Promise<void> {
    await stored('insert grant key', () =>
      this.#transactions.run((manager) => manager.insert(GrantKeyEntity, { ...key })),
    );
  }

  async removeKey(no: number): Promise<void> {
    await stored('remove grant key', () =>
      this.#transactions.run((manager) => manager.delete(GrantKeyEntity, { no })),
    );
  }

  async loadCancellations(nowMs: number): Promise<readonly GrantCancellation[]> {
    return await stored('load cancellations', () =>
      this.#source.getRepository(GrantCancellationEntity).find({
        where: { forgetAtMs: MoreThan(nowMs) },
        order: { forgetAtMs: 'ASC' },
      }),
    );
  }

  async saveCancellation(cancellation: GrantCancellation): Promise<void> {
    await stored('save cancellation', () =>
      this.#transactions.run((manager) => manager.save(GrantCancellationEntity, { ...cancellation })),
    );
  }

  async removeCancellations(forgetBeforeMs: number): Promise<void> {
    await stored('remove cancellations', () =>
      this.#transactions.run((manager) =>
        manager.delete(GrantCancellationEntity, { forgetAtMs: LessThanOrEqual(forgetBeforeMs) }),
      ),
    );
  }
}
