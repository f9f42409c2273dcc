import assert from 'node:assert/strict';
import { type Database, openDatabase } from '../../../bff/src/adapters/persistence/index.ts';
import type { CatalogueNodeRecord, ChannelRecord, Repositories } from '../../../bff/src/core/index.ts';
import { silentLogger, SystemClock } from '../../../bff/src/kernel/index.ts';
import { aChannelRecord, aDeviceRecord } from '../../support/core/records.ts';
import { mysqlDatabase, NO_SERVER, sqliteDatabase, type TestDatabase } from '../../support/databases.ts';
import { skipSuite } from '../../support/skip.ts';

const GROUP = '34020000002150000001';
const ORGANISATION = '34020000002160000001';
const NOTHING = { added: [], changed: [], removedIds: [], savedNodes: [], removedNodes: [] };

/** A channel that has no row yet. */
function newChannel(no: number, over: Partial<ChannelRecord>): Omit<ChannelRecord, 'id'> {
  const channel: Partial<ChannelRecord> & Omit<ChannelRecord, 'id'> = { ...aChannelRecord(no, over) };
  Reflect.deleteProperty(channel, 'id');
  return channel;
}

for (const [kind, make] of [
  ['SQLite', sqliteDatabase],
  ['MySQL or MariaDB', mysqlDatabase],
] as const) {
  describe(`trees and presets on ${kind}`, function () {
    this.timeout(60_000);
    let place: TestDatabase | undefined;
    let database: Database;
    let repositories: Repositories;
    let deviceId: number;

    beforeEach(async function () {
      place = await make();
      if (!place) skipSuite(this, NO_SERVER);
      database = await openDatabase({
        ...place.location,
        clock: new SystemClock(),
        logger: silentLogger,
      });
      ({ repositories } = database);
      deviceId = (await repositories.devices.insert(aDeviceRecord())).id;
    });

    afterEach(async () => {
      if (!place) return;
      await database.close();
      await place.drop();
    });

    const node = (gbId: string, over: Partial<CatalogueNodeRecord> = {}): CatalogueNodeRecord => ({
      deviceId,
      gbId,
      kind: 'business-group',
      name: "分组 ' \\ 😀",
      online: true,
      parentIds: undefined,
      civilCode: undefined,
      businessGroupId: undefined,
      missed: 0,
      ...over,
    });

    async function aChannel(): Promise<number> {
      const channel = newChannel(1, {
        deviceId,
        parentIds: `${ORGANISATION}/34020000001180000001`,
        civilCode: '340200',
        businessGroupId: GROUP,
      });
      const [id] = await repositories.devices.saveChannels({
        ...NOTHING,
        ...{ deviceId, nextChannelNo: 2, added: [channel] },
      });
      assert.ok(id !== undefined);
      return id;
    }

    it('nodes are kept as they are, changed, and taken away', async () => {
      const organisation = node(ORGANISATION, {
        ...{ kind: 'virtual-organisation', parentIds: GROUP, businessGroupId: GROUP, missed: 1 },
      });
      const nodes = [node('34', { kind: 'region', name: undefined }), node(GROUP), organisation];
      const save = async (changes: object): Promise<void> => {
        await repositories.devices.saveChannels({ ...NOTHING, deviceId, nextChannelNo: 1, ...changes });
      };
      await save({ savedNodes: nodes });
      assert.deepEqual(await repositories.devices.loadNodes(), nodes);
      const changed = { ...organisation, online: false, name: '改名' };
      await save({ savedNodes: [changed], removedNodes: ['34'] });
      assert.deepEqual(await repositories.devices.loadNodes(), [nodes[1], changed]);
      await repositories.devices.remove(deviceId);
      assert.deepEqual(await repositories.devices.loadNodes(), []);
    });

    it('a channel keeps its place, and thousands are written and changed in one go', async () => {
      await aChannel();
      const [first] = await repositories.devices.loadChannels();
      assert.equal(first?.parentIds, `${ORGANISATION}/34020000001180000001`);
      assert.deepEqual([first.civilCode, first.businessGroupId], ['340200', GROUP]);
      const added = Array.from({ length: 1_000 }, (_, index) => {
        return newChannel(index + 2, { deviceId });
      });
      await repositories.devices.saveChannels({ ...NOTHING, deviceId, nextChannelNo: 1_002, added });
      const before = await repositories.devices.loadChannels();
      const changed = before.map((channel) => ({ ...channel, online: false }));
      await repositories.devices.saveChannels({ ...NOTHING, deviceId, nextChannelNo: 1_002, changed });
      assert.deepEqual(await repositories.devices.loadChannels(), changed);
    });

    it('presets are kept by number, take the place of each other, many at the same time, and go with their channel', async () => {
      const channelId = await aChannel();
      const preset = (no: number, name: string): Parameters<Repositories['presets']['save']>[0] => ({
        ...{ channelId, no, name },
        changedAtMs: 1_768_442_430_123,
      });
      const { presets } = repositories;
      await presets.save(preset(255, '大门 "&<'));
      await presets.save(preset(1, '一'));
      await presets.save(preset(1, '车位'));
      assert.deepEqual(await presets.ofChannel(channelId), [preset(1, '车位'), preset(255, '大门 "&<')]);
      const all = (name: string): ReturnType<typeof preset>[] =>
        Array.from({ length: 50 }, (_, at) => preset(at + 1, name));
      for (const name of ['巡航', '门口']) await Promise.all(all(name).map((one) => presets.save(one)));
      assert.deepEqual(await presets.ofChannel(channelId), [...all('门口'), preset(255, '大门 "&<')]);
      for (const { no } of all('').slice(1)) await presets.remove(channelId, no);
      await presets.remove(channelId, 1);
      assert.deepEqual(await presets.ofChannel(channelId), [preset(255, '大门 "&<')]);
      await repositories.devices.remove(deviceId);
      assert.deepEqual(await presets.ofChannel(channelId), []);
    });
  });
}
