import { type DataSource, type EntityManager, In, MoreThan } from 'typeorm';
import type {
  CatalogueNodeRecord,
  ChannelChanges,
  ChannelRecord,
  DeviceFactsRow,
  DeviceRecord,
  DeviceRepository,
  DeviceSettingsRow,
} from '../../../core/index.ts';
import { SameTexts } from '../../../kernel/index.ts';
import { CatalogueNodeEntity } from '../entities/catalogue-node.entity.ts';
import { ChannelEntity } from '../entities/channel.entity.ts';
import { DeviceEntity, DeviceSerialEntity } from '../entities/device.entity.ts';
import type { TransactionQueue } from '../transaction-queue.ts';
import { updateFacts } from './device-facts.ts';
import {
  toChannelRecord,
  toChannelRow,
  toDeviceRecord,
  toDeviceRow,
  toNodeRecord,
  toNodeRow,
  toSettingsRow,
} from './device-mapping.ts';
import { insertRows } from './insert-rows.ts';
import { isDuplicate, refused, stored } from './storage-fault.ts';

/** Rows per INSERT statement: below the limit of bound values of both databases. */
const ROWS_AT_ONCE = 200;
const ROWS_PER_PAGE = 2_000;

/** Devices and channels in SQL. */
export class SqlDeviceRepository implements DeviceRepository {
  readonly #source: DataSource;
  readonly #transactions: TransactionQueue;

  constructor(source: DataSource, transactions: TransactionQueue) {
    this.#source = source;
    this.#transactions = transactions;
  }

  async loadDevices(): Promise<readonly DeviceRecord[]> {
    return await stored('load devices', async () => {
      const repository = this.#source.getRepository(DeviceEntity);
      const same = new SameTexts();
      const devices: DeviceRecord[] = [];
      // Page by page: the rows of all devices at once would stay in the heap's size.
      for (let last = 0; ;) {
        const rows = await repository.find({
          where: { id: MoreThan(last) },
          order: { id: 'ASC' },
          take: ROWS_PER_PAGE,
        });
        for (const row of rows) devices.push(toDeviceRecord(row, same));
        if (rows.length < ROWS_PER_PAGE) return devices;
        last = rows.at(-1)?.id ?? Number.MAX_SAFE_INTEGER;
      }
    });
  }

  async loadChannels(): Promise<readonly ChannelRecord[]> {
    return await stored('load channels', async () => {
      const repository = this.#source.getRepository(ChannelEntity);
      const same = new SameTexts();
      const channels: ChannelRecord[] = [];
      for (let last = 0; ;) {
        const rows = await repository.find({
          where: { id: MoreThan(last) },
          order: { id: 'ASC' },
          take: ROWS_PER_PAGE,
        });
        for (const row of rows) channels.push(toChannelRecord(row, same));
        if (rows.length < ROWS_PER_PAGE) break;
        last = rows.at(-1)?.id ?? Number.MAX_SAFE_INTEGER;
      }
      return channels.sort((a, b) => a.deviceId - b.deviceId || a.no - b.no);
    });
  }

  async loadNodes(): Promise<readonly CatalogueNodeRecord[]> {
    return await stored('load nodes of catalogues', async () => {
      const rows = await this.#source
        .getRepository(CatalogueNodeEntity)
        .find({ order: { deviceId: 'ASC', gbId: 'ASC' } });
      return rows.map(toNodeRecord);
    });
  }

  async insert(device: Omit<DeviceRecord, 'id'>): Promise<DeviceRecord> {
    const [record] = await this.insertMany([device]);
    if (record === undefined) throw refused('STORAGE_FAILED', 'device was not inserted');
    return record;
  }

  async insertMany(devices: readonly Omit<DeviceRecord, 'id'>[]): Promise<readonly DeviceRecord[]> {
    try {
      return await this.#insertMany(devices);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      // Somebody else was faster between the look and the insert.
      const gbIds = devices.map(({ gbId }) => gbId);
      const isKnown = await stored('look for a device', () =>
        this.#source.getRepository(DeviceEntity).existsBy({ gbId: In(gbIds) }),
      );
      throw refused(isKnown ? 'ALREADY_EXISTS' : 'CONFLICT', 'device', error);
    }
  }

  async #insertMany(devices: readonly Omit<DeviceRecord, 'id'>[]): Promise<readonly DeviceRecord[]> {
    return await this.#transaction('insert devices', async (manager) => {
      const records: DeviceRecord[] = [];
      for (let at = 0; at < devices.length; at += ROWS_AT_ONCE)
        records.push(...(await insertSome(manager, devices.slice(at, at + ROWS_AT_ONCE))));
      return records;
    });
  }

  async update(device: DeviceSettingsRow): Promise<void> {
    await this.#transaction('update device', async (manager) => {
      await manager.update(DeviceEntity, { id: device.id }, toSettingsRow(device));
    });
  }

  async remove(id: number): Promise<void> {
    await this.#transaction('remove device', async (manager) => {
      await manager.delete(ChannelEntity, { deviceId: id });
      await manager.delete(CatalogueNodeEntity, { deviceId: id });
      await manager.delete(DeviceEntity, { id });
    });
  }

  async saveChannels(changes: ChannelChanges): Promise<readonly number[]> {
    return await this.#transaction('save channels', async (manager) => {
      const { deviceId, nextChannelNo, added, changed, removedIds, savedNodes, removedNodes } = changes;
      // The device's row first: whoever changes it too then waits, and neither has to give way.
      await manager.query('UPDATE device SET next_channel_no = ? WHERE id = ?', [nextChannelNo, deviceId]);
      if (removedIds.length > 0) await manager.delete(ChannelEntity, [...removedIds]);
      for (const batch of batches(changed)) {
        const rows = batch.map((channel) => ({ id: channel.id, ...toChannelRow(channel) }));
        await manager.upsert(ChannelEntity, rows, ['id']);
      }
      await insertRows(manager, ChannelEntity, added.map(toChannelRow));
      for (const batch of batches([...removedNodes, ...savedNodes.map(({ gbId }) => gbId)]))
        await manager.delete(CatalogueNodeEntity, { deviceId, gbId: In([...batch]) });
      await insertRows(manager, CatalogueNodeEntity, savedNodes.map(toNodeRow));
      return await idsOf(manager, deviceId, added);
    });
  }

  async saveFacts(rows: readonly DeviceFactsRow[]): Promise<void> {
    // In one order always: two batches that meet then wait for each other instead of blocking each other.
    const sorted = [...rows].sort((a, b) => a.id - b.id);
    const write = async (manager: EntityManager): Promise<void> => {
      for (let at = 0; at < sorted.length; at += ROWS_AT_ONCE)
        await updateFacts(manager, sorted.slice(at, at + ROWS_AT_ONCE));
    };
    await stored('save device facts', () => this.#transactions.run(write, 'kill'));
  }

  async #transaction<T>(what: string, run: (manager: EntityManager) => Promise<T>): Promise<T> {
    return await stored(what, () => this.#transactions.run(run));
  }
}

async function insertSome(
  manager: EntityManager,
  devices: readonly Omit<DeviceRecord, 'id'>[],
): Promise<readonly DeviceRecord[]> {
  const gbIds = devices.map(({ gbId }) => gbId);
  const serials = devices.map(({ serial }) => serial);
  if (await manager.existsBy(DeviceEntity, { gbId: In(gbIds) })) throw refused('ALREADY_EXISTS', 'gbId');
  if (new Set(serials).size < serials.length) throw refused('CONFLICT', 'serial');
  if (await manager.existsBy(DeviceSerialEntity, { serial: In(serials) }))
    throw refused('CONFLICT', 'serial');
  await insertRows(
    manager,
    DeviceSerialEntity,
    serials.map((serial) => ({ serial })),
  );
  await insertRows(manager, DeviceEntity, devices.map(toDeviceRow));
  const rows = await manager.findBy(DeviceEntity, { gbId: In(gbIds) });
  const byGbId = new Map(rows.map((row) => [row.gbId, row]));
  return gbIds.map((gbId) => {
    const row = byGbId.get(gbId);
    if (row === undefined) throw refused('STORAGE_FAILED', 'device was not inserted');
    return toDeviceRecord(row);
  });
}

function batches<T>(rows: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(rows.length / ROWS_AT_ONCE) }, (_, index) =>
    rows.slice(index * ROWS_AT_ONCE, (index + 1) * ROWS_AT_ONCE),
  );
}

/** Ids of channels that were just inserted, by their numbers, which are unique in a device. */
async function idsOf(
  manager: EntityManager,
  deviceId: number,
  added: readonly Omit<ChannelRecord, 'id'>[],
): Promise<readonly number[]> {
  if (added.length === 0) return [];
  // Bound by hand: see `insertRows`.
  const rows = await manager.query<{ readonly id: number; readonly no: number }[]>(
    'SELECT id, no FROM channel WHERE device_id = ?',
    [deviceId],
  );
  const byNo = new Map(rows.map((row) => [row.no, row.id]));
  return added.map((channel) => {
    const id = byNo.get(channel.no);
    if (id === undefined) throw refused('STORAGE_FAILED', 'channel was not inserted');
    return id;
  });
}
