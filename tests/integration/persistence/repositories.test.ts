import assert from 'node:assert/strict';
import { type Database, openDatabase } from '../../../bff/src/adapters/persistence/index.ts';
import type { ChannelRecord, DeviceRecord } from '../../../bff/src/core/ports/repositories.ts';
import { silentLogger, SystemClock } from '../../../bff/src/kernel/index.ts';
import { hasCode } from '../../support/core/has-code.ts';
import { aChannelRecord, aDeviceRecord } from '../../support/core/records.ts';
import { mysqlDatabase, NO_SERVER, sqliteDatabase, type TestDatabase } from '../../support/databases.ts';
import { skipSuite } from '../../support/skip.ts';

const device = (over: Partial<DeviceRecord> = {}): Omit<DeviceRecord, 'id'> =>
  aDeviceRecord({
    name: '大门 🚪',
    credential: 'v1.sealed',
    passwordless: false,
    mediaTransport: 'tcp-passive',
    ...over,
  });

const channel = (
  deviceId: number,
  no: number,
  over: Partial<ChannelRecord> = {},
): Omit<ChannelRecord, 'id'> => aChannelRecord(no, { deviceId, ptzType: 1, ...over });

const kinds: readonly [string, () => Promise<TestDatabase | undefined>][] = [
  ['SQLite', sqliteDatabase],
  ['MySQL or MariaDB', mysqlDatabase],
  ['MySQL or MariaDB whose database was made for Latin letters', () => mysqlDatabase('latin1')],
];

for (const [kind, make] of kinds) {
  describe(`the repositories on ${kind}`, function () {
    this.timeout(30_000);
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

    async function reopened(): Promise<Database> {
      assert.ok(database);
      await open.close();
      open = await openDatabase({ ...database.location, clock: new SystemClock(), logger: silentLogger });
      return open;
    }

    it('keep a device with every field, over a restart', async () => {
      const inserted = await open.repositories.devices.insert(device());
      assert.ok(Number.isInteger(inserted.id));
      const changed = { ...inserted, name: undefined, credential: undefined, passwordless: true };
      await open.repositories.devices.update(changed);
      await open.repositories.devices.saveFacts([
        {
          id: inserted.id,
          reportedName: 'IPC',
          manufacturer: 'Yimu',
          model: 'M',
          firmware: '1.0',
          lastSeenAtMs: 1_768_442_999_999,
        },
      ]);
      const { devices } = (await reopened()).repositories;
      assert.deepEqual(await devices.loadDevices(), [
        {
          ...changed,
          reportedName: 'IPC',
          manufacturer: 'Yimu',
          model: 'M',
          firmware: '1.0',
          lastSeenAtMs: 1_768_442_999_999,
        },
      ]);
    });

    it('refuse a known gbId and a serial that was ever in use', async () => {
      const { devices } = open.repositories;
      await assert.rejects(devices.insert(device({ serial: 'Q00000002' })), hasCode('ALREADY_EXISTS'));
      await assert.rejects(devices.insert(device({ gbId: '34020000001320000002' })), hasCode('CONFLICT'));
      const gone = await devices.insert(device({ gbId: '34020000001320000003', serial: 'Q00000003' }));
      await devices.remove(gone.id);
      await assert.rejects(
        devices.insert(device({ gbId: '34020000001320000003', serial: 'Q00000003' })),
        hasCode('CONFLICT'),
      );
      assert.equal((await devices.loadDevices()).length, 1);
    });

    it('take many devices at once, in their order, or none of them', async () => {
      const { devices } = open.repositories;
      const before = (await devices.loadDevices()).length;
      const many = Array.from({ length: 450 }, (_, index) => {
        const digits = String(450 - index).padStart(4, '0');
        return device({ gbId: `3402000000132007${digits}`, serial: `B0000${digits}`, name: digits });
      });
      const records = await devices.insertMany(many);
      assert.deepEqual(
        records.map(({ gbId, serial, name }) => ({ gbId, serial, name })),
        many.map(({ gbId, serial, name }) => ({ gbId, serial, name })),
      );
      const other = device({ gbId: '34020000001320080001', serial: 'B00009999' });
      await assert.rejects(devices.insertMany([other, ...many.slice(0, 1)]), hasCode('ALREADY_EXISTS'));
      const known = { ...other, gbId: '34020000001320080002', serial: 'B00000001' };
      await assert.rejects(devices.insertMany([other, known]), hasCode('CONFLICT'));
      assert.equal((await devices.loadDevices()).length, before + 450);
      await Promise.all(records.map(({ id }) => devices.remove(id)));
    });

    it('write what 450 devices told, each its own', async () => {
      const { devices } = open.repositories;
      const added = await devices.insertMany(
        Array.from({ length: 450 }, (_, index) => {
          const digits = String(index).padStart(4, '0');
          return device({ gbId: `3402000000132006${digits}`, serial: `F0000${digits}` });
        }),
      );
      const told = added.map(({ id }, index) => ({
        id,
        reportedName: index % 2 === 0 ? undefined : `球机 ${String(index)}`,
        manufacturer: index === 0 ? undefined : "O'Brien",
        model: index % 3 === 0 ? 'M' : undefined,
        firmware: undefined,
        lastSeenAtMs: index % 5 === 0 ? undefined : 1_768_442_999_000 + index,
      }));
      await devices.saveFacts(told);
      const kept = new Map((await devices.loadDevices()).map((one) => [one.id, one]));
      for (const [index, facts] of told.entries())
        assert.deepEqual(kept.get(facts.id), { ...added[index], ...facts });
      await Promise.all(added.map(({ id }) => devices.remove(id)));
    });

    it('leave to a device, when an operator changes it, what it told and the number of its next channel', async () => {
      const { devices } = open.repositories;
      const before = await devices.insert(device({ gbId: '34020000001180000009', serial: 'Q00000009' }));
      await devices.saveFacts([{ ...before, model: 'M', lastSeenAtMs: 9 }]);
      await devices.saveChannels({
        deviceId: before.id,
        nextChannelNo: 3,
        added: [channel(before.id, 1), channel(before.id, 2)],
        changed: [],
        removedIds: [],
        savedNodes: [],
        removedNodes: [],
      });
      await devices.update({ ...before, name: '新' });
      const after = (await devices.loadDevices()).find(({ id }) => id === before.id);
      assert.deepEqual(after, { ...before, name: '新', model: 'M', lastSeenAtMs: 9, nextChannelNo: 3 });
      await devices.remove(before.id);
    });

    it('keep names in any script, as long as the core lets them be (Q69)', async () => {
      const { devices, access } = open.repositories;
      const names = [
        '摄像机'.repeat(42),
        '🚪'.repeat(128),
        'Ünïcødé – ۱۲۳',
        'O\'Brien "; DROP TABLE device; --\\',
        'ﷺ',
      ];
      for (const [index, name] of names.entries()) {
        const row = device({
          gbId: `3402000000132002000${String(index)}`,
          serial: `N0000000${String(index)}`,
          name,
        });
        const { id } = await devices.insert({ ...row, reportedName: name, model: '型'.repeat(64) });
        await devices.saveChannels({
          deviceId: id,
          nextChannelNo: 2,
          added: [channel(id, 1, { name })],
          changed: [],
          removedIds: [],
          savedNodes: [],
          removedNodes: [],
        });
        const kept = (await devices.loadDevices()).find((one) => one.id === id);
        assert.deepEqual([kept?.name, kept?.reportedName, kept?.model], [name, name, '型'.repeat(64)]);
        assert.equal((await devices.loadChannels()).find((one) => one.deviceId === id)?.name, name);
        await devices.remove(id);
      }
      const app = await access.insertApp({
        appKey: 'n'.repeat(32),
        secretHash: 'x',
        name: '应用'.repeat(32),
        disabled: false,
        createdAtMs: 5,
      });
      assert.equal((await access.loadApps()).find(({ id }) => id === app.id)?.name, '应用'.repeat(32));
    });

    it('add, change and remove channels in one go, and forget them with their device', async () => {
      const { devices } = open.repositories;
      const { id } = await devices.insert(device({ gbId: '34020000001180000004', serial: 'Q00000004' }));
      const added = Array.from({ length: 450 }, (_, index) => channel(id, index + 1));
      const ids = await devices.saveChannels({
        deviceId: id,
        nextChannelNo: 451,
        added,
        changed: [],
        removedIds: [],
        savedNodes: [],
        removedNodes: [],
      });
      assert.equal(new Set(ids).size, 450);
      const [first = 0, second = 0] = ids;
      await devices.saveChannels({
        deviceId: id,
        nextChannelNo: 451,
        added: [],
        changed: [
          { ...channel(id, 1, { name: undefined, online: false, retired: true, missed: 2 }), id: first },
        ],
        removedIds: [second],
        savedNodes: [],
        removedNodes: [],
      });
      const channels = await devices.loadChannels();
      assert.equal(channels.length, 449);
      assert.deepEqual(channels[0], {
        ...channel(id, 1, { name: undefined, online: false, retired: true, missed: 2 }),
        id: first,
      });
      assert.deepEqual(channels[1], { ...channel(id, 3), id: ids[2] });
      assert.equal((await devices.loadDevices()).find((one) => one.id === id)?.nextChannelNo, 451);
      await devices.remove(id);
      assert.deepEqual(await devices.loadChannels(), []);
    });

    it('change nothing when a part of a change fails', async () => {
      const { devices } = open.repositories;
      const { id } = await devices.insert(device({ gbId: '34020000001180000005', serial: 'Q00000005' }));
      await assert.rejects(
        devices.saveChannels({
          deviceId: id,
          nextChannelNo: 3,
          added: [channel(id, 1), channel(id, 1)],
          changed: [],
          removedIds: [],
          savedNodes: [],
          removedNodes: [],
        }),
        hasCode('STORAGE_FAILED'),
      );
      assert.deepEqual(await devices.loadChannels(), []);
    });

    it('keep applications and their tokens until these expire', async () => {
      const { access } = open.repositories;
      const app = await access.insertApp({
        appKey: 'k'.repeat(32),
        secretHash: 'scrypt$x',
        name: '应用',
        disabled: false,
        createdAtMs: 5,
      });
      await access.updateApp({ ...app, disabled: true, secretHash: 'scrypt$y' });
      const token = (hash: string, expiresAtMs: number) => ({
        tokenHash: hash.repeat(64),
        appId: app.id,
        issuedAtMs: 1,
        expiresAtMs,
      });
      for (const row of [token('a', 100), token('b', 200), token('c', 300)]) await access.insertToken(row);
      assert.deepEqual(await access.loadTokens(100), [token('b', 200), token('c', 300)]);
      await access.removeTokens(['c'.repeat(64)], 150);
      assert.deepEqual(await access.loadTokens(0), [token('b', 200)]);
      const again = (await reopened()).repositories.access;
      assert.deepEqual(
        (await again.loadApps()).find(({ id }) => id === app.id),
        { ...app, disabled: true, secretHash: 'scrypt$y' },
      );
    });

    it('keep signing keys and cancelled addresses', async () => {
      const { grants } = open.repositories;
      await grants.insertKey({ no: 1, sealedKey: 's1', createdAtMs: 1 });
      await grants.insertKey({ no: 2, sealedKey: 's2', createdAtMs: 2 });
      await grants.removeKey(1);
      assert.deepEqual(await grants.loadKeys(), [{ no: 2, sealedKey: 's2', createdAtMs: 2 }]);
      const cancelled = { channelName: 'Q00000001_1', grantId: '77', issuedUntilS: 10, forgetAtMs: 1_000 };
      await grants.saveCancellation(cancelled);
      await grants.saveCancellation({ ...cancelled, issuedUntilS: 20, forgetAtMs: 2_000 });
      await grants.saveCancellation({ ...cancelled, grantId: '', forgetAtMs: 500 });
      assert.deepEqual(await grants.loadCancellations(600), [
        { ...cancelled, issuedUntilS: 20, forgetAtMs: 2_000 },
      ]);
      await grants.removeCancellations(2_000);
      assert.deepEqual(await grants.loadCancellations(0), []);
    });

    it('serve many callers at once', async () => {
      const { devices } = open.repositories;
      const before = (await devices.loadDevices()).length;
      await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          devices.insert(
            device({
              gbId: `3402000000132001${String(index).padStart(4, '0')}`,
              serial: `R${String(index).padStart(8, '0')}`,
            }),
          ),
        ),
      );
      assert.equal((await devices.loadDevices()).length, before + 40);
    });

    it('let catalogues, facts and operators write the same devices at once: none gives way', async () => {
      const { devices } = open.repositories;
      const made: DeviceRecord[] = [];
      for (let no = 0; no < 8; no += 1) {
        const digits = String(no).padStart(4, '0');
        made.push(
          await devices.insert(device({ gbId: `3402000000132003${digits}`, serial: `W0000${digits}` })),
        );
      }
      const jobs: Promise<unknown>[] = [];
      for (let round = 1; round <= 12; round += 1) {
        const order = round % 2 === 0 ? made : [...made].reverse();
        jobs.push(devices.saveFacts(order.map((one) => ({ ...one, lastSeenAtMs: round }))));
        for (const { id } of order) {
          const added = [channel(id, round)];
          jobs.push(
            devices.saveChannels({
              deviceId: id,
              nextChannelNo: round + 1,
              added,
              changed: [],
              removedIds: [],
              savedNodes: [],
              removedNodes: [],
            }),
          );
          jobs.push(devices.update({ ...device(), id, name: `第${String(round)}次` }));
        }
      }
      await Promise.all(jobs);
      const ids = new Set(made.map(({ id }) => id));
      assert.equal((await devices.loadChannels()).filter(({ deviceId }) => ids.has(deviceId)).length, 8 * 12);
      for (const id of ids) await devices.remove(id);
    });

    // SQLite serves one process, and does not look at lengths.
    if (kind === 'SQLite') return;

    it('refuse what does not fit rather than cut it short', async () => {
      const { devices } = open.repositories;
      await assert.rejects(
        devices.insert(device({ gbId: '34020000001320020009', serial: 'N00000009', name: 'x'.repeat(129) })),
        hasCode('STORAGE_FAILED'),
      );
    });

    it('let two servers add the same device at once: one of them is told that it exists', async () => {
      assert.ok(database);
      const clock = new SystemClock();
      const other = await openDatabase({ ...database.location, clock, logger: silentLogger });
      for (let round = 0; round < 10; round += 1) {
        const row = device({ gbId: `3402000000132004000${String(round)}` });
        const outcomes = await Promise.allSettled([
          open.repositories.devices.insert({ ...row, serial: `X000000${String(round)}1` }),
          other.repositories.devices.insert({ ...row, serial: `X000000${String(round)}2` }),
        ]);
        const [refused] = outcomes.filter(({ status }) => status === 'rejected');
        assert.ok(refused?.status === 'rejected' && hasCode('ALREADY_EXISTS')(refused.reason));
        assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
      }
      await other.close();
    });
  });
}
