import { type DataSource, In } from 'typeorm';
import type { CascadeRepository, ShareRecord, UpperControl, UpperRecord } from '../../../core/index.ts';
import {
  SharedChannelEntity,
  UpperPlatformEntity,
  type UpperPlatformRow,
} from '../entities/upper-platform.entity.ts';
import type { TransactionQueue } from '../transaction-queue.ts';
import { fromNull, toNull } from './optional.ts';
import { stored } from './storage-fault.ts';

/** Rows of one statement: its parameters are limited by both databases. */
const ROWS = 200;
const CONTROLS: readonly UpperControl[] = ['none', 'steer', 'all'];

/** Upper platforms and what each is shown, in SQL. */
export class SqlCascadeRepository implements CascadeRepository {
  readonly #source: DataSource;
  readonly #transactions: TransactionQueue;

  constructor(source: DataSource, transactions: TransactionQueue) {
    this.#source = source;
    this.#transactions = transactions;
  }

  async loadUppers(): Promise<readonly UpperRecord[]> {
    return await stored('load upper platforms', async () => {
      const rows = await this.#source.getRepository(UpperPlatformEntity).find({ order: { id: 'ASC' } });
      return rows.map(toRecord);
    });
  }

  async loadShares(): Promise<readonly ShareRecord[]> {
    return await stored('load shared channels', () =>
      this.#source.getRepository(SharedChannelEntity).find({ order: { upperId: 'ASC', gbId: 'ASC' } }),
    );
  }

  async insertUpper(upper: Omit<UpperRecord, 'id'>): Promise<UpperRecord> {
    return await stored('insert upper platform', () =>
      this.#transactions.run(async (manager) => {
        const row = { ...upper, civilCode: toNull(upper.civilCode) };
        const { identifiers } = await manager.insert(UpperPlatformEntity, row);
        return { ...upper, id: Number(identifiers[0]?.['id']) };
      }),
    );
  }

  async updateUpper({ id, ...upper }: UpperRecord): Promise<void> {
    await stored('update upper platform', () =>
      this.#transactions.run((manager) =>
        manager.update(UpperPlatformEntity, { id }, { ...upper, civilCode: toNull(upper.civilCode) }),
      ),
    );
  }

  async removeUpper(id: number): Promise<void> {
    await stored('remove upper platform', () =>
      this.#transactions.run((manager) => manager.delete(UpperPlatformEntity, { id })),
    );
  }

  async addShares(shares: readonly ShareRecord[]): Promise<void> {
    await stored('share channels', () =>
      this.#transactions.run(async (manager) => {
        for (let at = 0; at < shares.length; at += ROWS)
          await manager.insert(
            SharedChannelEntity,
            shares.slice(at, at + ROWS).map((share) => ({ ...share })),
          );
      }),
    );
  }

  async removeShares(upperId: number, gbIds: readonly string[]): Promise<void> {
    await stored('unshare channels', () =>
      this.#transactions.run(async (manager) => {
        for (let at = 0; at < gbIds.length; at += ROWS)
          await manager.delete(SharedChannelEntity, { upperId, gbId: In(gbIds.slice(at, at + ROWS)) });
      }),
    );
  }
}

function toRecord(row: UpperPlatformRow): UpperRecord {
  return {
    ...row,
    transport: row.transport === 'tcp' ? 'tcp' : 'udp',
    gbVersion: row.gbVersion === '3.0' ? '3.0' : '2.0',
    control: CONTROLS.find((control) => control === row.control) ?? 'none',
    civilCode: fromNull(row.civilCode),
  };
}
