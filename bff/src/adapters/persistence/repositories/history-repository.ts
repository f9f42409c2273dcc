import {
  type DataSource,
  type EntitySchema,
  type EntityManager,
  type FindOptionsOrder,
  type FindOptionsWhere,
  In,
  LessThan,
  LessThanOrEqual,
} from 'typeorm';
import type { HistoryFilter, HistoryRepository } from '../../../core/index.ts';
import type { Durability } from '../group-commit.ts';
import type { TransactionQueue } from '../transaction-queue.ts';
import { within } from './filters.ts';
import { insertRows } from './insert-rows.ts';
import { stored } from './storage-fault.ts';

const REMOVED_AT_ONCE = 5_000;
/** Devices with too long a history that one turn shortens. */
const DEVICES_AT_ONCE = 500;

interface HistoryRow {
  id: number;
  deviceId: number;
  atMs: number;
}

/** How rows of one table are records. */
interface Mapping<T, Row extends HistoryRow> {
  readonly entity: EntitySchema<Row>;
  readonly what: string;
  readonly toRow: (record: Omit<T, 'id'>) => Partial<Row>;
  readonly toRecord: (row: Row) => T;
}

/** A bounded history of devices in SQL: rows only come at its end and go at its beginning. */
export class SqlHistoryRepository<T, Row extends HistoryRow> implements HistoryRepository<T> {
  readonly #source: DataSource;
  readonly #transactions: TransactionQueue;
  readonly #mapping: Mapping<T, Row>;

  constructor(source: DataSource, transactions: TransactionQueue, mapping: Mapping<T, Row>) {
    this.#source = source;
    this.#transactions = transactions;
    this.#mapping = mapping;
  }

  async add(records: readonly Omit<T, 'id'>[]): Promise<void> {
    const { entity, toRow } = this.#mapping;
    if (records.length === 0) return;
    await this.#run('add', (manager) => insertRows(manager, entity, records.map(toRow)), 'kill');
  }

  async list(
    { deviceId, sourceGbId, fromMs, toMs }: HistoryFilter,
    page: { readonly beforeId?: number | undefined; readonly limit: number },
  ): Promise<readonly T[]> {
    const { entity, toRecord, what } = this.#mapping;
    const where = {
      ...(deviceId === undefined ? {} : { deviceId }),
      ...(sourceGbId === undefined ? {} : { sourceGbId }),
      ...(fromMs === undefined && toMs === undefined ? {} : { atMs: within(fromMs, toMs) }),
      ...(page.beforeId === undefined ? {} : { id: LessThan(page.beforeId) }),
    } as FindOptionsWhere<Row>;
    const rows = await stored(`list ${what}`, () =>
      this.#source
        .getRepository(entity)
        .find({ where, order: { id: 'DESC' } as FindOptionsOrder<Row>, take: page.limit }),
    );
    return rows.map(toRecord);
  }

  async removeDevice(deviceId: number): Promise<void> {
    await this.#forget({ deviceId } as FindOptionsWhere<Row>);
  }

  async prune(beforeMs: number, keepPerDevice: number): Promise<void> {
    await this.#forget({ atMs: LessThan(beforeMs) } as FindOptionsWhere<Row>);
    for (const deviceId of await this.#devicesBeyond(keepPerDevice)) {
      const [newestBeyond] = await stored(`find old ${this.#mapping.what}`, () =>
        this.#source.getRepository(this.#mapping.entity).find({
          where: { deviceId } as FindOptionsWhere<Row>,
          order: { id: 'DESC' } as FindOptionsOrder<Row>,
          skip: keepPerDevice,
          take: 1,
        }),
      );
      if (newestBeyond !== undefined)
        await this.#forget({ deviceId, id: LessThanOrEqual(newestBeyond.id) } as FindOptionsWhere<Row>);
    }
  }

  async #devicesBeyond(keep: number): Promise<readonly number[]> {
    const { entity, what } = this.#mapping;
    const rows = await stored(`count ${what}`, () =>
      this.#source
        .getRepository(entity)
        .createQueryBuilder('row')
        .select('row.deviceId', 'deviceId')
        .groupBy('row.deviceId')
        .having('COUNT(*) > :keep', { keep })
        .limit(DEVICES_AT_ONCE)
        .getRawMany<{ readonly deviceId: number | string }>(),
    );
    return rows.map(({ deviceId }) => Number(deviceId));
  }

  async #forget(where: FindOptionsWhere<Row>): Promise<void> {
    const { entity } = this.#mapping;
    for (;;) {
      const removed = await this.#run('forget', async (manager) => {
        const rows = await manager.find(entity, { where, take: REMOVED_AT_ONCE });
        const ids = rows.map(({ id }) => id);
        if (ids.length > 0) await manager.delete(entity, { id: In(ids) });
        return ids.length;
      });
      if (removed < REMOVED_AT_ONCE) return;
    }
  }

  async #run<R>(
    verb: string,
    work: (manager: EntityManager) => Promise<R>,
    survives: Durability = 'power-cut',
  ): Promise<R> {
    return await stored(`${verb} ${this.#mapping.what}`, () => this.#transactions.run(work, survives));
  }
}
