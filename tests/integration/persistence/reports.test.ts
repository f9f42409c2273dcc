import assert from 'node:assert/strict';
import { type Database, openDatabase } from '../../../bff/src/adapters/persistence/index.ts';
import type { AlarmRecord, PositionRecord, WishRecord } from '../../../bff/src/core/index.ts';
import { silentLogger, SystemClock } from '../../../bff/src/kernel/index.ts';
import { aDeviceRecord } from '../../support/core/records.ts';
import { mysqlDatabase, NO_SERVER, sqliteDatabase, type TestDatabase } from '../../support/databases.ts';
import { skipSuite } from '../../support/skip.ts';

const CAMERA = '34020000001320000001';
const NOON_MS = 1_768_442_400_000;

const alarm = (over: Partial<AlarmRecord> = {}): Omit<AlarmRecord, 'id'> => ({
  deviceId: 1,
  sourceGbId: CAMERA,
  priority: 4,
  method: 5,
  type: 2,
  eventType: undefined,
  atMs: NOON_MS,
  receivedAtMs: NOON_MS,
  lastAtMs: NOON_MS,
  times: 1,
  description: "移动侦测 '; DROP TABLE alarm; --",
  longitude: 117.280_001,
  latitude: undefined,
  read: false,
  ...over,
});

const position = (over: Partial<PositionRecord> = {}): Omit<PositionRecord, 'id'> => ({
  deviceId: 1,
  sourceGbId: CAMERA,
  atMs: NOON_MS,
  longitude: 117.280_001,
  latitude: 31.86,
  speed: 12.5,
  direction: undefined,
  altitude: -3,
  height: undefined,
  ...over,
});

const kinds: readonly [string, () => Promise<TestDatabase | undefined>][] = [
  ['SQLite', sqliteDatabase],
  ['MySQL or MariaDB', mysqlDatabase],
];

for (const [kind, make] of kinds) {
  describe(`what devices told, on ${kind}`, function () {
    this.timeout(60_000);
    let database: TestDatabase | undefined;
    let open: Database;

    before(async function () {
      database = await make();
      if (!database) skipSuite(this, NO_SERVER);
      open = await openDatabase({ ...database.location, clock: new SystemClock(), logger: silentLogger });
    });

    after(async () => {
      if (!database) return;
      await open.close();
      await database.drop();
    });

    beforeEach(async () => {
      const { alarms, positions, presence } = open.repositories;
      await alarms.remove({});
      for (const history of [positions, presence]) for (const id of [1, 2, 3]) await history.removeDevice(id);
    });

    async function reopened(): Promise<Database> {
      assert.ok(database);
      await open.close();
      open = await openDatabase({ ...database.location, clock: new SystemClock(), logger: silentLogger });
      return open;
    }

    it('keeps alarms with every field, over a restart', async () => {
      const [id = 0, other = 0] = await open.repositories.alarms.write(
        [alarm(), alarm({ eventType: 1, read: true, longitude: undefined, description: undefined })],
        [],
      );
      assert.ok(other > id);
      const { repositories } = await reopened();
      assert.deepEqual(await repositories.alarms.list({}, { limit: 10 }), [
        {
          ...alarm({ eventType: 1, read: true, longitude: undefined, description: undefined }),
          id: other,
        },
        { ...alarm(), id },
      ]);
    });

    it('gives the ids of many alarms in their order, and counts up those told again', async () => {
      const { alarms } = open.repositories;
      const many = Array.from({ length: 450 }, (_, at) => alarm({ atMs: NOON_MS + at }));
      const ids = await alarms.write(many, []);
      assert.deepEqual(
        ids,
        [...ids].sort((a, b) => a - b),
      );
      const [told] = await alarms.list({ ids: [ids[449] ?? 0] }, { limit: 1 });
      assert.equal(told?.atMs, NOON_MS + 449);
      await alarms.write([], [{ id: ids[449] ?? 0, times: 7, lastAtMs: NOON_MS + 9_000 }]);
      const [again] = await alarms.list({ ids: [ids[449] ?? 0] }, { limit: 1 });
      assert.deepEqual([again?.times, again?.lastAtMs], [7, NOON_MS + 9_000]);
    });

    it('finds alarms by device, source, method, type, time and whether they were read, page by page', async () => {
      const { alarms } = open.repositories;
      const ids = await alarms.write(
        [
          alarm(),
          alarm({ deviceId: 2, method: 2, type: 1, atMs: NOON_MS + 1_000 }),
          alarm({ sourceGbId: '34020000001340000001', method: undefined, atMs: NOON_MS + 2_000, read: true }),
        ],
        [],
      );
      const found = async (filter: Parameters<typeof alarms.list>[0]): Promise<readonly number[]> =>
        (await alarms.list(filter, { limit: 10 })).map(({ id }) => ids.indexOf(id));
      assert.deepEqual(await found({ deviceId: 2 }), [1]);
      assert.deepEqual(await found({ sourceGbId: '34020000001340000001' }), [2]);
      assert.deepEqual(await found({ methods: [2, 5] }), [1, 0]);
      assert.deepEqual(await found({ types: [1] }), [1]);
      assert.deepEqual(await found({ fromMs: NOON_MS, toMs: NOON_MS + 2_000 }), [1, 0]);
      assert.deepEqual(await found({ fromMs: NOON_MS + 1_000 }), [2, 1]);
      assert.deepEqual(await found({ read: false }), [1, 0]);
      assert.equal(await alarms.count({ read: false, deviceId: 1 }), 1);
      const newest = await alarms.list({}, { limit: 2 });
      const rest = await alarms.list({}, { limit: 2, beforeId: newest.at(-1)?.id });
      assert.deepEqual(
        [newest.map(({ id }) => ids.indexOf(id)), rest.map(({ id }) => ids.indexOf(id))],
        [[2, 1], [0]],
      );
    });

    it('marks and removes alarms, and says how many', async () => {
      const { alarms } = open.repositories;
      const [first = 0] = await alarms.write([alarm(), alarm({ deviceId: 2 }), alarm({ deviceId: 2 })], []);
      assert.equal(await alarms.setRead({ ids: [first] }, true), 1);
      assert.equal(await alarms.setRead({ ids: [first] }, true), 0);
      assert.equal(await alarms.setRead({}, true), 2);
      assert.equal(await alarms.count({ read: false }), 0);
      assert.equal(await alarms.setRead({ deviceId: 2 }, false), 2);
      assert.equal(await alarms.remove({ deviceId: 2 }), 2);
      assert.equal(await alarms.remove({}), 1);
      assert.equal(await alarms.count({}), 0);
    });

    it('forgets alarms that are too old, and the oldest of too many', async () => {
      const { alarms } = open.repositories;
      const ids = await alarms.write(
        Array.from({ length: 10 }, (_, at) => alarm({ receivedAtMs: NOON_MS + at })),
        [],
      );
      await alarms.prune(NOON_MS + 2, 5);
      const left = await alarms.list({}, { limit: 20 });
      assert.deepEqual(
        left.map(({ id }) => ids.indexOf(id)),
        [9, 8, 7, 6, 5],
      );
    });

    it('keeps positions and presence with every field, bounded in age and number for each device', async () => {
      const { positions, presence } = open.repositories;
      await positions.add(Array.from({ length: 450 }, (_, at) => position({ atMs: NOON_MS + at })));
      await positions.add([position({ deviceId: 2, sourceGbId: 'other', speed: undefined })]);
      const event = { deviceId: 1, atMs: NOON_MS, cause: undefined, detail: 'udp 192.0.2.9' };
      await presence.add([
        { ...event, kind: 'online' },
        { ...event, kind: 'offline', cause: 'keepalive-lost', detail: undefined, atMs: NOON_MS + 1 },
      ]);
      const { repositories } = await reopened();
      const [newest] = await repositories.positions.list({ deviceId: 1 }, { limit: 1 });
      assert.deepEqual(newest, { ...position({ atMs: NOON_MS + 449 }), id: newest?.id });
      assert.equal((await repositories.positions.list({ sourceGbId: 'other' }, { limit: 9 })).length, 1);
      const within = { fromMs: NOON_MS + 10, toMs: NOON_MS + 13 };
      assert.equal((await repositories.positions.list({ deviceId: 1, ...within }, { limit: 9 })).length, 3);
      assert.deepEqual(
        (await repositories.presence.list({}, { limit: 9 })).map(({ kind: what, cause }) => [what, cause]),
        [
          ['offline', 'keepalive-lost'],
          ['online', undefined],
        ],
      );
      await repositories.positions.prune(NOON_MS + 100, 20);
      const left = await repositories.positions.list({}, { limit: 1_000 });
      assert.deepEqual([left.length, left.at(-1)?.atMs], [20, NOON_MS + 430]);
    });

    it('keeps what many devices are to tell, set at the same time', async () => {
      const { devices, wishes } = open.repositories;
      const many = await devices.insertMany(
        Array.from({ length: 50 }, (_, at) => {
          const no = String(at).padStart(7, '0');
          return aDeviceRecord({ gbId: `3402000000118${no}`, serial: `WW${no}` });
        }),
      );
      const all = (wanted: string): readonly WishRecord[] =>
        many.map(({ id }) => ({ deviceId: id, wanted, arm: false }));
      for (const wanted of ['[1]', '[2]']) await Promise.all(all(wanted).map((wish) => wishes.save(wish)));
      assert.deepEqual(await wishes.load(), all('[2]'));
      for (const { id } of many) await devices.remove(id);
    });

    it('keeps what a device is to tell, for as long as the device is there', async () => {
      const { devices, wishes } = open.repositories;
      const { id } = await devices.insert(aDeviceRecord({}));
      await wishes.save({ deviceId: id, wanted: '[{"kind":"alarm"}]', arm: true });
      await wishes.save({ deviceId: id, wanted: '[]', arm: true });
      assert.deepEqual(await (await reopened()).repositories.wishes.load(), [
        { deviceId: id, wanted: '[]', arm: true },
      ]);
      await open.repositories.devices.remove(id);
      assert.deepEqual(await open.repositories.wishes.load(), []);
    });
  });
}
