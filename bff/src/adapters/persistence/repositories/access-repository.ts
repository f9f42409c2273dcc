import { type DataSource, In, LessThan, MoreThan } from 'typeorm';
import type { AccessRepository, AppRecord, TokenRecord } from '../../../core/index.ts';
import { AppEntity, TokenEntity } from '../entities/access.entity.ts';
import type { TransactionQueue } from '../transaction-queue.ts';
import { stored } from './storage-fault.ts';

const NAMED_AT_ONCE = 500;

/** Applications and hashes of their tokens in SQL. */
export class SqlAccessRepository implements AccessRepository {
  readonly #source: DataSource;
  readonly #transactions: TransactionQueue;

  constructor(source: DataSource, transactions: TransactionQueue) {
    this.#source = source;
    this.#transactions = transactions;
  }

  async loadApps(): Promise<readonly AppRecord[]> {
    return await stored('load apps', () =>
      this.#source.getRepository(AppEntity).find({ order: { id: 'ASC' } }),
    );
  }

  async insertApp(app: Omit<AppRecord, 'id'>): Promise<AppRecord> {
    return await stored('insert app', () =>
      this.#transactions.run(async (manager) => {
        await manager.insert(AppEntity, { ...app });
        return await manager.findOneByOrFail(AppEntity, { appKey: app.appKey });
      }),
    );
  }

  async updateApp({ id, ...app }: AppRecord): Promise<void> {
    await stored('update app', () =>
      this.#transactions.run((manager) => manager.update(AppEntity, { id }, app)),
    );
  }

  async loadTokens(validAfterMs: number): Promise<readonly TokenRecord[]> {
    return await stored('load tokens', () =>
      this.#source
        .getRepository(TokenEntity)
        .find({ where: { expiresAtMs: MoreThan(validAfterMs) }, order: { issuedAtMs: 'ASC' } }),
    );
  }

  async insertToken(token: TokenRecord): Promise<void> {
    await stored('insert token', () =>
      this.#transactions.run((manager) => manager.insert(TokenEntity, { ...token })),
    );
  }

  async removeTokens(tokenHashes: readonly string[], expiredBeforeMs: number): Promise<void> {
    await stored('remove tokens', () =>
      this.#transactions.run(async (manager) => {
        for (let at = 0; at < tokenHashes.length; at += NAMED_AT_ONCE) {
          await manager.delete(TokenEntity, { tokenHash: In(tokenHashes.slice(at, at + NAMED_AT_ONCE)) });
        }
        await manager.delete(TokenEntity, { expiresAtMs: LessThan(expiredBeforeMs) });
      }),
    );
  }
}
