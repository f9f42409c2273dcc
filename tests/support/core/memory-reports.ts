import type {
  AlarmFilter,
  AlarmRecord,
  HistoryFilter,
  HistoryRepository,
  PositionRecord,
  PresenceRecord,
  Repositories,
  WishRecord,
} from '../../../bff/src/core/index.ts';

/** What devices told, in memory, for tests whose subject is not storage. */
export function memoryReports(): Pick<Repositories, 'alarms' | 'positions' | 'presence' | 'wishes'> {
  let alarms: AlarmRecord[] = [];
  const wishes = new Map<number, WishRecord>();
  let lastId = 0;
  return {
    alarms: {
      write: (added, repeated) => {
        for (const { id, times, lastAtMs } of repeated)
          alarms = alarms.map((alarm) => (alarm.id === id ? { ...alarm, times, lastAtMs } : alarm));
        const ids = added.map(() => (lastId += 1));
        alarms.push(...added.map((alarm, at) => ({ ...alarm, id: ids[at] ?? 0 })));
        return Promise.resolve(ids);
      },
      list: (filter, { beforeId = Infinity, limit }) =>
        Promise.resolve(
          alarms
            .filter((alarm) => matches(alarm, filter) && alarm.id < beforeId)
            .sort((a, b) => b.id - a.id)
            .slice(0, limit),
        ),
      count: (filter) => Promise.resolve(alarms.filter((alarm) => matches(alarm, filter)).length),
      setRead: (filter, read) => {
        const meant = alarms.filter((alarm) => matches(alarm, filter) && alarm.read !== read);
        alarms = alarms.map((alarm) => (meant.includes(alarm) ? { ...alarm, read } : alarm));
        return Promise.resolve(meant.length);
      },
      remove: (filter) => {
        const before = alarms.length;
        alarms = alarms.filter((alarm) => !matches(alarm, filter));
        return Promise.resolve(before - alarms.length);
      },
      prune: (before, keep) => {
        alarms = alarms.filter(({ receivedAtMs }) => receivedAtMs >= before).slice(-keep);
        return Promise.resolve();
      },
    },
    positions: memoryHistory<PositionRecord>(),
    presence: memoryHistory<PresenceRecord>(),
    wishes: {
      load: () => Promise.resolve([...wishes.values()]),
      save: (wish) => {
        wishes.set(wish.deviceId, wish);
        return Promise.resolve();
      },
      remove: (deviceId) => {
        wishes.delete(deviceId);
        return Promise.resolve();
      },
    },
  };
}

function memoryHistory<
  T extends { readonly id: number; readonly deviceId: number; readonly atMs: number },
>(): HistoryRepository<T> {
  let rows: T[] = [];
  let lastId = 0;
  return {
    add: (records) => {
      rows.push(...records.map((record) => ({ ...record, id: (lastId += 1) }) as unknown as T));
      return Promise.resolve();
    },
    list: (filter, { beforeId = Infinity, limit }) =>
      Promise.resolve(
        rows
          .filter((row) => row.id < beforeId && isWithin(row, filter))
          .sort((a, b) => b.id - a.id)
          .slice(0, limit),
      ),
    removeDevice: (deviceId) => {
      rows = rows.filter((row) => row.deviceId !== deviceId);
      return Promise.resolve();
    },
    prune: (before, keep) => {
      rows = rows.filter(({ atMs }) => atMs >= before);
      for (const deviceId of new Set(rows.map((row) => row.deviceId))) {
        const kept = rows.filter((row) => row.deviceId === deviceId).slice(-keep);
        rows = rows.filter((row) => row.deviceId !== deviceId || kept.includes(row));
      }
      return Promise.resolve();
    },
  };
}

function matches(alarm: AlarmRecord, filter: AlarmFilter): boolean {
  const { methods, types, read, ids } = filter;
  return (
    isWithin(alarm, filter) &&
    (methods?.includes(alarm.method ?? 0) ?? true) &&
    (types?.includes(alarm.type ?? 0) ?? true) &&
    (read ?? alarm.read) === alarm.read &&
    (ids?.includes(alarm.id) ?? true)
  );
}

function isWithin(
  row: { readonly deviceId: number; readonly atMs: number; readonly sourceGbId?: string },
  { deviceId, sourceGbId, fromMs = -Infinity, toMs = Infinity }: HistoryFilter,
): boolean {
  return (
    (deviceId ?? row.deviceId) === row.deviceId &&
    (sourceGbId ?? row.sourceGbId) === row.sourceGbId &&
    row.atMs >= fromMs &&
    row.atMs < toMs
  );
}
