import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { SYSTEM_PRINCIPAL } from '../../../../bff/src/core/index.ts';
import { CoreError } from '../../../../bff/src/kernel/index.ts';
import { CHANNEL_GB_ID, type CoreOnFakes, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';
import { hasCode } from '../../../support/core/has-code.ts';
import { channelGbId } from '../../../support/core/records.ts';

const gbIdOf = (no: number): string => `3402000000132${String(no).padStart(7, '0')}`;

describe('adding a device', () => {
  it('gives it a serial of nine capitals and digits, and shows no secret', async () => {
    const { core } = await coreOnFakes();
    const device = await core.devices.add({ gbId: GB_ID, name: ' 大门\u0000 ', password: 'of-the-camera' });
    assert.match(device.serial, /^[A-Z][A-Z0-9]{8}$/);
    assert.deepEqual([device.name, device.online, device.passwordless], ['大门', false, false]);
    assert.ok(!JSON.stringify(device).includes('of-the-camera'));
    assert.deepEqual(core.devices.get(device.serial), device);
    assert.deepEqual(core.devices.get(device.serial.toLowerCase()), device);
    assert.deepEqual(core.devices.get(GB_ID), device);
    await core.stop();
  });

  it('is durable when it is acknowledged, and never keeps the password itself', async () => {
    const { core, repositories } = await coreOnFakes();
    await core.devices.add({ gbId: GB_ID, password: 'of-the-camera' });
    const [record] = await repositories.devices.loadDevices();
    assert.match(record?.credential ?? '', /^v1\./);
    assert.ok(!JSON.stringify(record).includes('of-the-camera'));
    await core.stop();
  });

  const refused: readonly [string, Parameters<CoreOnFakes['core']['devices']['add']>[0]][] = [
    ['an id of 19 digits', { gbId: GB_ID.slice(1), password: 'x' }],
    ['an id with a letter', { gbId: `${GB_ID.slice(0, 19)}x`, password: 'x' }],
    ['neither password nor the mark that it needs none', { gbId: GB_ID }],
    ['both password and that mark', { gbId: GB_ID, password: 'x', passwordless: true }],
    ['an empty password', { gbId: GB_ID, password: '' }],
    ['a password of more than 128 characters', { gbId: GB_ID, password: 'x'.repeat(129) }],
  ];
  for (const [what, order] of refused) {
    it(`is refused with ${what}`, async () => {
      const { core } = await coreOnFakes();
      await assert.rejects(core.devices.add(order), hasCode('INVALID_ARGUMENT'));
      assert.equal(core.devices.count, 0);
      assert.equal(core.devices.credential(GB_ID), undefined);
      await core.stop();
    });
  }

  it('is refused for a known id, also when both come at once, and beyond the limit', async () => {
    const { core } = await coreOnFakes({ settings: { maxDevices: 2 } });
    const outcomes = await Promise.allSettled([
      core.devices.add({ gbId: GB_ID, passwordless: true }),
      core.devices.add({ gbId: GB_ID, passwordless: true }),
    ]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
    await assert.rejects(core.devices.add({ gbId: GB_ID, passwordless: true }), hasCode('ALREADY_EXISTS'));
    await core.devices.add({ gbId: gbIdOf(2), passwordless: true });
    await assert.rejects(
      core.devices.add({ gbId: gbIdOf(3), passwordless: true }),
      hasCode('QUOTA_EXCEEDED'),
    );
    await core.stop();
  });

  it('never gives a serial again, not even that of a removed device', async () => {
    const { core, repositories } = await coreOnFakes();
    const seen = new Set<string>();
    for (let round = 0; round < 20; round += 1) {
      const { serial } = await core.devices.add({ gbId: GB_ID, passwordless: true });
      assert.ok(!seen.has(serial));
      seen.add(serial);
      await core.devices.remove(GB_ID);
    }
    const tries: string[] = [];
    const insert = repositories.devices.insert.bind(repositories.devices);
    repositories.devices.insert = (device) => {
      tries.push(device.serial);
      return tries.length < 3 ? Promise.reject(new CoreError('CONFLICT', '')) : insert(device);
    };
    const { serial } = await core.devices.add({ gbId: GB_ID, passwordless: true });
    assert.equal(new Set(tries).size, 3);
    assert.equal(serial, tries[2]);
    repositories.devices.insert = () => Promise.reject(new CoreError('CONFLICT', ''));
    await assert.rejects(core.devices.add({ gbId: gbIdOf(2), passwordless: true }), hasCode('CONFLICT'));
    await core.stop();
  });

  it('leaves nothing behind when the database does not take it', async () => {
    const { core, repositories } = await coreOnFakes();
    const insert = repositories.devices.insert.bind(repositories.devices);
    repositories.devices.insert = () => Promise.reject(new CoreError('STORAGE_FAILED', ''));
    await assert.rejects(core.devices.add({ gbId: GB_ID, password: 'x' }), hasCode('STORAGE_FAILED'));
    assert.deepEqual([core.devices.count, core.devices.credential(GB_ID)], [0, undefined]);
    repositories.devices.insert = insert;
    assert.ok(await core.devices.add({ gbId: GB_ID, password: 'x' }));
    await core.stop();
  });
});

describe('the digest credential of a device (RFC 7616 §3.4.2)', () => {
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

  it('is found without I/O, outlives a restart, and is void in another realm', async () => {
    const before = await coreOnFakes();
    await before.core.devices.add({ gbId: GB_ID, password: '密码1' });
    const expected = {
      gbId: GB_ID,
      ha1Md5: md5(`${GB_ID}:3402000000:密码1`),
      ha1Sha256: createHash('sha256').update(`${GB_ID}:3402000000:密码1`).digest('hex'),
      passwordless: false,
    };
    assert.deepEqual(before.core.devices.credential(GB_ID), expected);
    assert.equal(before.core.devices.credential(gbIdOf(9)), undefined);
    await before.core.stop();
    const { repositories } = before;
    const after = await coreOnFakes({ repositories });
    assert.deepEqual(after.core.devices.credential(GB_ID), expected);
    await after.core.stop();
    const elsewhere = await coreOnFakes({ repositories, settings: { realm: '4401000000' } });
    assert.deepEqual(elsewhere.core.devices.credential(GB_ID), {
      gbId: GB_ID,
      ha1Md5: undefined,
      ha1Sha256: undefined,
      passwordless: false,
    });
    await elsewhere.core.stop();
  });

  it('changes with the password, which ends the registration; a new name does not', async () => {
    const { core, signalling } = await coreOnFakes();
    await core.devices.add({ gbId: GB_ID, password: 'one' });
    assert.equal((await core.devices.change(GB_ID, { name: '新' })).name, '新');
    assert.deepEqual(signalling.forgotten, []);
    await core.devices.change(GB_ID, { password: 'two' });
    assert.equal(core.devices.credential(GB_ID)?.ha1Md5, md5(`${GB_ID}:3402000000:two`));
    assert.deepEqual(signalling.forgotten, [GB_ID]);
    await core.devices.change(GB_ID, { passwordless: true });
    assert.deepEqual(core.devices.credential(GB_ID), {
      gbId: GB_ID,
      ha1Md5: undefined,
      ha1Sha256: undefined,
      passwordless: true,
    });
    await assert.rejects(core.devices.change(GB_ID, { passwordless: false }), hasCode('INVALID_ARGUMENT'));
    await assert.rejects(
      core.devices.change(GB_ID, { passwordless: true, password: 'x' }),
      hasCode('INVALID_ARGUMENT'),
    );
    assert.equal((await core.devices.change(GB_ID, { password: 'three' })).passwordless, false);
    await core.stop();
  });
});

describe('changing a device', () => {
  it('does not write over what the device told meanwhile, in memory or at rest', async () => {
    const bench = await coreOnFakes();
    const { core, repositories, signalling } = bench;
    await bench.addCamera();
    const update = repositories.devices.update.bind(repositories.devices);
    repositories.devices.update = async (row) => {
      signalling.tellPart(GB_ID, [
        {
          channelGbId: channelGbId(2),
          name: '',
          manufacturer: undefined,
          model: undefined,
          online: true,
          ptzType: undefined,
        },
      ]);
      await bench.clock.advance(10);
      await update(row);
    };
    await core.devices.change(GB_ID, { name: '大门', mediaTransport: 'tcp-active' });
    assert.equal((await repositories.devices.loadDevices())[0]?.nextChannelNo, 3);
    const device = core.devices.get(GB_ID);
    assert.deepEqual([device.name, device.mediaTransport, device.model], ['大门', 'tcp-active', 'M']);
    assert.equal(core.devices.channels(device).length, 2);
    assert.equal((await core.devices.change(GB_ID, { mediaTransport: null })).mediaTransport, undefined);
    await core.stop();
  });

  it('changes nothing when the database does not take it', async () => {
    const { core, repositories } = await coreOnFakes();
    await core.devices.add({ gbId: GB_ID, name: 'a', passwordless: true });
    repositories.devices.update = () => Promise.reject(new CoreError('STORAGE_FAILED', ''));
    await assert.rejects(core.devices.change(GB_ID, { name: 'b' }), hasCode('STORAGE_FAILED'));
    assert.equal(core.devices.get(GB_ID).name, 'a');
    await core.stop();
  });

  it('and removing are refused for a device that is not there, or not any more', async () => {
    const { core } = await coreOnFakes();
    await assert.rejects(core.devices.change(GB_ID, { name: 'b' }), hasCode('DEVICE_NOT_FOUND'));
    await core.devices.add({ gbId: GB_ID, passwordless: true });
    const outcomes = await Promise.allSettled([
      core.devices.remove(GB_ID),
      core.devices.change(GB_ID, { name: 'b' }),
      core.devices.remove(GB_ID),
    ]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected'],
    );
    await core.stop();
  });
});

describe('removing a device', () => {
  it('takes its channels, credential and registration along', async () => {
    const bench = await coreOnFakes();
    await bench.addCamera();
    const { core, signalling, repositories } = bench;
    const { id } = core.devices.get(GB_ID);
    await core.devices.remove(GB_ID);
    assert.deepEqual(signalling.forgotten, [GB_ID]);
    assert.equal(core.devices.credential(GB_ID), undefined);
    assert.deepEqual([core.devices.find(GB_ID), core.devices.byId(id)], [undefined, undefined]);
    assert.throws(() => core.devices.get(GB_ID), hasCode('DEVICE_NOT_FOUND'));
    assert.deepEqual(await repositories.devices.loadChannels(), []);
    await core.stop();
  });
});

describe('looking at devices', () => {
  it('finds a camera by number or gbId, and says what is missing', async () => {
    const bench = await coreOnFakes();
    await bench.addCamera();
    const { devices } = bench.core;
    assert.equal(devices.camera(GB_ID, { no: 1 }).channel.gbId, CHANNEL_GB_ID);
    assert.equal(devices.camera(GB_ID, { gbId: CHANNEL_GB_ID }).channel.no, 1);
    assert.throws(() => devices.camera(GB_ID, { no: 2 }), hasCode('CHANNEL_NOT_FOUND'));
    assert.throws(() => devices.camera(GB_ID, { gbId: channelGbId(9) }), hasCode('CHANNEL_NOT_FOUND'));
    for (const ref of ['', 'ABC', 'Q0000000', gbIdOf(9), '__proto__', `${GB_ID}0`])
      assert.throws(() => devices.camera(ref, { no: 1 }), hasCode('DEVICE_NOT_FOUND'), ref);
    await bench.core.stop();
  });

  it('pages through devices and through cameras of all devices', async () => {
    const { core, signalling, clock } = await coreOnFakes({ settings: { catalogJitterMs: 0 } });
    signalling.catalog = (gbId) =>
      Promise.resolve({
        complete: true,
        entries: [1, 2, 3].map((no) => ({
          channelGbId: `${gbId.slice(0, 10)}131${gbId.slice(-4)}00${String(no)}`,
          name: '',
          manufacturer: undefined,
          model: undefined,
          online: no !== 2,
          ptzType: undefined,
        })),
      });
    for (let no = 1; no <= 5; no += 1) {
      await core.devices.add({ gbId: gbIdOf(no), passwordless: true });
      signalling.comeOnline(gbIdOf(no));
    }
    await clock.advance(100);
    const page = (offset: number, limit: number): readonly string[] =>
      core.devices.list({ offset, limit }).items.map(({ gbId }) => gbId);
    assert.deepEqual(page(0, 2), [gbIdOf(1), gbIdOf(2)]);
    assert.deepEqual(page(4, 2), [gbIdOf(5)]);
    assert.deepEqual(page(5, 2), []);
    assert.equal(core.devices.list({ offset: 9, limit: 1 }).total, 5);
    const all = core.devices.listCameras({ offset: 0, limit: 99 });
    assert.equal(all.total, 15);
    assert.equal(all.items.length, 15);
    for (let offset = 0; offset < 16; offset += 1) {
      const { items } = core.devices.listCameras({ offset, limit: 4 });
      assert.deepEqual(items, all.items.slice(offset, offset + 4));
    }
    assert.deepEqual(
      all.items.slice(0, 3).map(({ channel }) => channel.online),
      [true, false, true],
    );
    await core.stop();
  });

  it('names a device by its operator, else by itself, else by its serial; a channel after its device', async () => {
    const bench = await coreOnFakes();
    const { core, signalling } = bench;
    const { serial } = await core.devices.add({ gbId: GB_ID, passwordless: true });
    assert.equal(core.devices.get(GB_ID).name, serial);
    signalling.catalog = () => Promise.reject(new CoreError('DEVICE_TIMEOUT', ''));
    signalling.comeOnline(GB_ID);
    await bench.clock.advance(1_000);
    assert.equal(core.devices.get(GB_ID).name, 'IPC');
    assert.equal(core.devices.camera(GB_ID, { no: 1 }).channel.name, 'IPC-1');
    await core.devices.change(GB_ID, { name: '大门' });
    assert.equal(core.devices.camera(GB_ID, { no: 1 }).channel.name, '大门-1');
    await core.stop();
  });

  it('shows when an offline device was last seen, over a restart too', async () => {
    const bench = await coreOnFakes();
    await bench.addCamera();
    bench.signalling.goOffline(GB_ID);
    const seen = bench.core.devices.get(GB_ID).lastSeenAtMs;
    assert.equal(seen, 1);
    assert.equal(bench.core.devices.presence(GB_ID).online, false);
    await bench.core.stop();
    const again = await coreOnFakes({ repositories: bench.repositories });
    assert.equal(again.core.devices.get(GB_ID).lastSeenAtMs, seen);
    assert.equal(again.core.devices.camera(GB_ID, { no: 1 }).channel.online, false);
    await again.core.stop();
  });
});

describe('a device that does not come online', () => {
  const camera = { no: 1 };

  it('is offline, not without cameras, before it ever told them', async () => {
    const { core, signalling } = await coreOnFakes();
    await core.devices.add({ gbId: GB_ID, password: 'right' });
    assert.throws(() => core.devices.camera(GB_ID, camera), hasCode('DEVICE_OFFLINE'));
    signalling.comeOnline(GB_ID);
    assert.throws(() => core.devices.camera(GB_ID, camera), hasCode('CHANNEL_NOT_FOUND'));
    await core.stop();
  });

  it('for its password is refused for that, until it registers or is given another password', async () => {
    const { core, signalling } = await coreOnFakes();
    await core.devices.add({ gbId: GB_ID, password: 'right' });
    signalling.refusePassword(GB_ID);
    assert.equal(core.devices.get(GB_ID).passwordRefused, true);
    assert.throws(() => core.devices.camera(GB_ID, camera), hasCode('DEVICE_PASSWORD_WRONG'));
    signalling.comeOnline(GB_ID);
    signalling.goOffline(GB_ID);
    assert.equal(core.devices.get(GB_ID).passwordRefused, false);
    signalling.refusePassword(GB_ID);
    await core.devices.change(GB_ID, { password: 'what the camera has' });
    assert.equal(core.devices.get(GB_ID).passwordRefused, false);
    await core.stop();
  });

  it('for its password gets no address and no stream', async () => {
    const bench = await coreOnFakes();
    const { core, signalling, media } = bench;
    const online = await bench.addCamera();
    const order = { quality: 1, principal: SYSTEM_PRINCIPAL, ttlS: undefined, host: 'yimu.example' } as const;
    const { url } = core.live.issueAddress({ camera: online, ...order });
    signalling.goOffline(GB_ID);
    signalling.refusePassword(GB_ID);
    const offline = core.devices.camera(GB_ID, camera);
    const wrong = hasCode('DEVICE_PASSWORD_WRONG');
    assert.throws(() => core.live.issueAddress({ camera: offline, ...order }), wrong);
    const decision = await media.ask(url);
    assert.equal(decision.allow ? '' : decision.code, 'DEVICE_PASSWORD_WRONG');
    await core.stop();
  });

  it('is not spoken ill of by others: an ID that is online or unknown keeps no such mark', async () => {
    const bench = await coreOnFakes();
    const { core, signalling } = bench;
    await bench.addCamera();
    signalling.refusePassword(GB_ID);
    signalling.refusePassword(gbIdOf(77));
    signalling.goOffline(GB_ID);
    assert.equal(core.devices.get(GB_ID).passwordRefused, false);
    await core.devices.add({ gbId: gbIdOf(77), password: 'right' });
    assert.equal(core.devices.get(gbIdOf(77)).passwordRefused, false);
    await core.stop();
  });
});

describe('devices in sight of a principal', () => {
  it('are all of them, or those that it is confined to: another one does not exist for it', async () => {
    const bench = await coreOnFakes();
    await bench.addCamera();
    const { core } = bench;
    await core.devices.add({ gbId: gbIdOf(2), passwordless: true });
    const all = core.devicesOf({ kind: 'app', id: 1 });
    assert.equal(all.list({ offset: 0, limit: 9 }).total, 2);
    assert.equal(all.listCameras({ offset: 0, limit: 9 }).total, 1);
    const own = core.devicesOf({ kind: 'app', id: 1, devices: new Set([gbIdOf(2), gbIdOf(7)]) });
    assert.deepEqual(
      own.list({ offset: 0, limit: 9 }).items.map(({ gbId }) => gbId),
      [gbIdOf(2)],
    );
    assert.deepEqual(own.list({ offset: 1, limit: 9 }), { items: [], total: 1 });
    assert.deepEqual(own.listCameras({ offset: 0, limit: 9 }), { items: [], total: 0 });
    assert.throws(() => own.get(GB_ID), hasCode('DEVICE_NOT_FOUND'));
    assert.throws(() => own.camera(GB_ID, { no: 1 }), hasCode('DEVICE_NOT_FOUND'));
    assert.throws(() => own.camera(gbIdOf(2), { no: 1 }), hasCode('DEVICE_OFFLINE'));
    const mine = core.devicesOf({ kind: 'app', id: 1, devices: new Set([GB_ID]) });
    assert.equal(mine.listCameras({ offset: 0, limit: 9 }).items[0]?.channel.gbId, CHANNEL_GB_ID);
    assert.equal(mine.channels(mine.get(GB_ID)).length, 1);
    await core.stop();
  });
});
