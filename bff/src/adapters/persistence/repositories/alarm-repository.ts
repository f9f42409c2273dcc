import {
  type DataSource,
  type EntityManager,
  type FindOptionsWhere,
  In,
  LessThan,
  LessThanOrEqual,
} from 'typeorm';
import type { AlarmFilter, AlarmRecord, AlarmRepository } from '../../../core/index.ts';
import { AlarmEntity, type AlarmRow } from '../entities/report.entities.ts';
import type { TransactionQueue } from '../transaction-queue.ts';
import { within } from './filters.ts';
import { fromNull, toNull } from './optional.ts';
import { stored } from './storage-fault.ts';

/** Rows per INSERT statement: below the limit of bound values of both databases. */
const ROWS_AT_ONCE = 200;
/** Rows that one statement takes out, so that none holds the table for long. */
const REMOVED_AT_ONCE = 5_000;

/** Alarms in SQL. */
export class SqlAlarmRepository implements AlarmRepository {
  readonly #source: DataSource;
  readonly #transactions: TransactionQueue;

  constructor(source: DataSource, transactions: TransactionQueue) {
    this.#source = source;
    this.#transactions = transactions;
  }

  async write(
    added: readonly Omit<AlarmRecord, 'id'>[],
    repeated: readonly Pick<AlarmRecord, 'id' | 'times' | 'lastAtMs'>[],
  ): Promise<readonly number[]> {
    return await this.#run('write alarms', async (manager) => {
      for (const { id, times, lastAtMs } of repeated)
        await manager.update(AlarmEntity, { id }, { times, lastAtMs });
      const ids: number[] = [];
      for (let at = 0; at < added.length; at += ROWS_AT_ONCE)
        ids.push(...(await insertSome(manager, added.slice(at, at + ROWS_AT_ONCE))));
      return ids;
    });
  }

  async list(
    filter: AlarmFilter,
    page: { readonly beforeId?: number | undefined; readonly limit: number },
  ): Promise<readonly AlarmRecord[]> {
    const rows = await stored('list alarms', () =>
      this.#source.getRepository(AlarmEntity).find({
        where: {
          ...whereOf(filter),
          ...(page.beforeId === undefined || filter.ids !== undefined ? {} : { id: LessThan(page.beforeId) }),
        },
        order: { id: 'DESC' },
        take: page.limit,
      }),
    );
    return rows.map(toRecord);
  }

  async count(filter: AlarmFilter): Promise<number> {
    return await stored('count alarms', () =>
      this.#source.getRepository(AlarmEntity).count({ where: whereOf(filter) }),
    );
  }

  async setRead(filter: AlarmFilter, read: boolean): Promise<number> {
    return await this.#run('mark alarms', async (manager) => {
      const where = { ...whereOf(filter), read: !read };
      // The drivers count differently what an UPDATE finds: it is counted before.
      const changed = await manager.count(AlarmEntity, { where });
      if (changed > 0) await manager.update(AlarmEntity, where, { read });
      return changed;
    });
  }

  async remove(filter: AlarmFilter): Promise<number> {
    return await this.#run('remove alarms', async (manager) => {
      const where = whereOf(filter);
      const removed = await manager.count(AlarmEntity, { where });
      // An empty order would be refused by the ORM: it means all.
      if (Object.keys(where).length === 0)
        await manager.createQueryBuilder().delete().from(AlarmEntity).execute();
      else if (removed > 0) await manager.delete(AlarmEntity, where);
      return removed;
    });
  }

  async prune(receivedBeforeMs: number, keep: number): Promise<void> {
    await this.#forget({ receivedAtMs: LessThan(receivedBeforeMs) });
    const [newestBeyond] = await stored('find old alarms', () =>
      this.#source.getRepository(AlarmEntity).find({ order: { id: 'DESC' }, skip: keep, take: 1 }),
    );
    if (newestBeyond !== undefined) await this.#forget({ id: LessThanOrEqual(newestBeyond.id) });
  }

  async #forget(where: FindOptionsWhere<AlarmRow>): Promise<void> {
    for (;;) {
      const removed = await this.#run('forget alarms', async (manager) => {
        const rows = await manager.find(AlarmEntity, { where, select: { id: true }, take: REMOVED_AT_ONCE });
        if (rows.length > 0) await manager.delete(AlarmEntity, { id: In(rows.map(({ id }) => id)) });
        return rows.length;
      });
      if (removed < REMOVED_AT_ONCE) return;
    }
  }

  async #run<T>(what: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return await stored(what, () => this.#transactions.run(work));
  }
}

/** The ids of rows of one INSERT are in their order, in both databases. */
async function insertSome(
  manager: EntityManager,
  added: readonly Omit<AlarmRecord, 'id'>[],
): Promise<readonly number[]> {
  const [last] = await manager.find(AlarmEntity, { order: { id: 'DESC' }, select: { id: true }, take: 1 });
  await manager
    .createQueryBuilder()
    .insert()
    .into(AlarmEntity)
    .values(added.map(toRow))
    .updateEntity(false)
    .execute();
  // Nobody but this process writes alarms, one batch after another: what is above the last is ours.
  const rows = await manager.find(AlarmEntity, {
    where: last === undefined ? {} : { id: within(last.id + 1, undefined) },
    order: { id: 'ASC' },
    select: { id: true },
    take: added.length,
  });
  return rows.map(({ id }) => id);
}

function whereOf(filter: AlarmFilter): FindOptionsWhere<AlarmRow> {
  const { deviceId, sourceGbId, methods, types, fromMs, toMs, read, ids } = filter;
  return {
    ...(deviceId === undefined ? {} : { deviceId }),
    ...(sourceGbId === undefined ? {} : { sourceGbId }),
    ...(methods === undefined ? {} : { method: In([...methods]) }),
    ...(types === undefined ? {} : { type: In([...types]) }),
    ...(fromMs === undefined && toMs === undefined ? {} : { atMs: within(fromMs, toMs) }),
    ...(read === undefined ? {} : { read }),
    ...(ids === undefined ? {} : { id: In([...ids]) }),
  };
}

function toRow(record: Omit<AlarmRecord, 'id'>): Omit<AlarmRow, 'id'> {
  const { priority, method, type, eventType, description, longitude, latitude } = record;
  return {
    ...record,
    priority: toNull(priority),
    method: toNull(method),
    type: toNull(type),
    eventType: toNull(eventType),
    description: toNull(description),
    longitude: toNull(longitude),
    latitude: toNull(latitude),
  };
}

function toRecord(row: AlarmRow): AlarmRecord {
  return {
    ...row,
    priority: fromNull(row.priority),
    method: fromNull(row.method),
    type: fromNull(row.type),
    eventType: fromNull(row.eventType),
    description: fromNull(row.description),
    longitude: fromNull(row.longitude),
    latitude: fromNull(row.latitude),
  };
}
