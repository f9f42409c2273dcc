import assert from 'node:assert/strict';
import type { Camera, UpwardMedia, UpwardMediaOrder } from '../../../../bff/src/core/index.ts';
import { type CoreOnFakes, coreOnFakes } from '../../../support/core/core-bench.ts';
import { hasCode } from '../../../support/core/has-code.ts';

const UPPER = '34010000002000000001';
const OWN_ID = '34020000002000000001';
const OWN = '34020000001320000911';
const GROUP = '34020000002150000001';
const ORDER = { gbId: UPPER, host: '192.0.2.9', password: 'secret-of-the-upper' };

function mediaOrder(upperKey: number, changes: Partial<UpwardMediaOrder> = {}): UpwardMediaOrder {
  return {
    ...{ upperKey, gbId: OWN, kind: 'play', streamNumber: 0, startS: 0, endS: 0, downloadSpeed: undefined },
    target: { transport: 'udp', address: '192.0.2.9', port: 30_000, ssrc: 7, payloadType: 96 },
    ...changes,
  };
}

describe('upper platforms (上级平台)', () => {
  let bench: CoreOnFakes;

  beforeEach(async () => {
    bench = await coreOnFakes();
    bench.core.cascade.start();
  });

  afterEach(async () => {
    await bench.core.stop();
  });

  async function shared(): Promise<{ readonly id: number; readonly camera: Camera }> {
    const camera = await bench.addCamera();
    const { id } = await bench.core.cascade.add(ORDER);
    await bench.core.cascade.share(id, [{ camera, gbId: OWN }]);
    await bench.clock.advance(1_000);
    bench.cascade.changes.length = 0;
    return { id, camera };
  }

  describe('are kept', () => {
    it('with what the standard proposes where nothing is said, and the password sealed', async () => {
      const { core, cascade, repositories } = bench;
      const upper = await core.cascade.add(ORDER);
      assert.deepEqual(
        [upper.domain, upper.port, upper.transport, upper.localGbId, upper.username, upper.control],
        ['3401000000', 5060, 'udp', OWN_ID, OWN_ID, 'steer'],
      );
      assert.equal(cascade.joined.get(upper.id)?.password, ORDER.password);
      assert.ok(!JSON.stringify(await repositories.cascade.loadUppers()).includes(ORDER.password));
      assert.ok(!JSON.stringify(core.cascade.list()).includes('credential'));
    });

    it('and registered to again after a restart', async () => {
      const { core, repositories } = bench;
      const { id } = await core.cascade.add(ORDER);
      await core.stop();
      const again = await coreOnFakes({ repositories });
      assert.equal(again.cascade.joined.size, 0, 'not before SIP is up');
      again.core.cascade.start();
      assert.equal(again.cascade.joined.get(id)?.password, ORDER.password);
      await again.core.stop();
      assert.deepEqual(again.cascade.left, [id]);
    });

    it('changed: the registration begins anew, and what is left out stays', async () => {
      const { core, cascade } = bench;
      const { id } = await core.cascade.add(ORDER);
      const changed = await core.cascade.change(id, { host: '192.0.2.10' });
      assert.deepEqual([changed.host, changed.gbId], ['192.0.2.10', UPPER]);
      assert.deepEqual(cascade.left, [id]);
      assert.equal(cascade.joined.get(id)?.password, ORDER.password);
      await core.cascade.change(id, { enabled: false });
      assert.equal(cascade.joined.size, 0);
      assert.equal(core.cascade.get(id).registration.phase, 'stopped');
    });

    it('removed, with what they were shown', async () => {
      const { id } = await shared();
      const { core, cascade, repositories } = bench;
      await core.cascade.remove(id);
      assert.deepEqual([cascade.joined.size, core.cascade.list().length], [0, 0]);
      assert.equal((await repositories.cascade.loadShares()).length, 0);
      await assert.rejects(core.cascade.remove(id), hasCode('PLATFORM_NOT_FOUND'));
    });

    const wrong = [
      ['an ID that is none', { gbId: '123' }],
      ['an ID that is our own', { gbId: OWN_ID }],
      ['a host with a path', { host: 'a/b' }],
      ['a port out of range', { port: 70_000 }],
      ['a registration that lasts no time', { expiresS: 1 }],
      ['a keepalive each second', { keepaliveS: 1 }],
      ['a region of odd length', { civilCode: '340' }],
      ['a user name with a quote', { username: 'a"b' }],
    ] as const;
    for (const [what, change] of wrong)
      it(`refuses ${what}`, async () => {
        await assert.rejects(bench.core.cascade.add({ ...ORDER, ...change }), hasCode('INVALID_ARGUMENT'));
      });

    it('refuses one that is there already', async () => {
      await bench.core.cascade.add(ORDER);
      await assert.rejects(
        bench.core.cascade.add({ ...ORDER, host: '192.0.2.11' }),
        hasCode('ALREADY_EXISTS'),
      );
    });
  });

  describe('are shown channels', () => {
    it('under the ID that was given, else under their own, else under one of our making', async () => {
      const { core } = bench;
      const camera = await bench.addCamera();
      const first = await core.cascade.add(ORDER);
      const [kept] = await core.cascade.share(first.id, [{ camera }]);
      assert.equal(kept?.gbId, camera.channel.gbId);
      const second = await core.cascade.add({ ...ORDER, gbId: '34010000002000000002' });
      const [given] = await core.cascade.share(second.id, [{ camera, gbId: OWN }]);
      assert.equal(given?.gbId, OWN);
      await assert.rejects(
        core.cascade.share(second.id, [{ camera, gbId: '34020000001320000912' }]),
        hasCode('ALREADY_EXISTS'),
        'an ID is for ever',
      );
      const [same] = await core.cascade.share(second.id, [{ camera }]);
      assert.equal(same?.gbId, OWN);
    });

    it('in a catalogue with our ID as their parent, and a region when one is set', async () => {
      const { id } = await shared();
      await bench.core.cascade.change(id, { civilCode: '340100', name: '市局' });
      const { answers } = bench.cascade;
      const all = answers.catalog(id, OWN_ID);
      assert.deepEqual(
        all?.map(({ gbId }) => gbId),
        ['340100', OWN],
      );
      const shown = all.find(({ gbId }) => gbId === OWN);
      assert.deepEqual([shown?.parentId, shown?.civilCode, shown?.name], [OWN_ID, '340100', '球机']);
      assert.equal(answers.catalog(id, '34')?.length, 2);
      assert.equal(answers.catalog(id, '35')?.length, 0);
      assert.equal(answers.catalog(id, OWN)?.length, 1);
      assert.equal(answers.catalog(id, '34020000001320000999'), undefined);
      assert.equal(answers.catalog(id + 1, OWN_ID), undefined);
    });

    it('in virtual organisations, one for each device, where that is set: every parent is in the catalogue', async () => {
      const { id, camera } = await shared();
      await bench.core.cascade.change(id, { organisations: true, name: '市局' });
      const { answers } = bench.cascade;
      const [group, organisation, shown, ...more] = answers.catalog(id, OWN_ID) ?? [];
      assert.equal(more.length, 0);
      assert.deepEqual([group?.gbId, group?.parentId, group?.name], [GROUP, OWN_ID, '市局']);
      const serial = String(camera.device.id).padStart(6, '0');
      assert.equal(organisation?.gbId, `34020000002160${serial}`);
      assert.deepEqual(
        [organisation.parentId, organisation.businessGroupId, organisation.name],
        [GROUP, GROUP, camera.device.name],
      );
      assert.deepEqual(
        [shown?.gbId, shown?.parentId, shown?.businessGroupId],
        [OWN, `${OWN_ID}/${organisation.gbId}`, GROUP],
      );
      const idsOf = (gbId: string): readonly string[] | undefined =>
        answers.catalog(id, gbId)?.map((item) => item.gbId);
      assert.deepEqual(idsOf(GROUP), [GROUP, organisation.gbId, OWN]);
      assert.deepEqual(idsOf(organisation.gbId), [organisation.gbId, OWN]);
      assert.equal(idsOf('34020000002160999999'), undefined);
      assert.equal(answers.find(id, organisation.gbId), undefined, 'it is no camera');
      await bench.core.cascade.unshare(id, [OWN]);
      await bench.clock.advance(1_000);
      const gone = bench.cascade.changes.map(([, { event, gbId }]) => `${event} ${gbId}`);
      assert.deepEqual(gone.sort(), [OWN, GROUP, organisation.gbId].map((gbId) => `DEL ${gbId}`).sort());
      await assert.rejects(
        bench.core.cascade.share(id, [{ camera, gbId: organisation.gbId }]),
        hasCode('INVALID_ARGUMENT'),
        'no camera has the ID of an organisation',
      );
    });

    it('and where domes look, as these tell', async () => {
      const { id, camera } = await shared();
      const looks = { pan: 12.5, tilt: -3, zoom: 2 };
      bench.reports.tell('direction', camera.device.gbId, camera.channel.gbId, looks);
      assert.deepEqual(bench.cascade.directions, [[id, { ...looks, gbId: OWN }]]);
    });

    it('and told once a second what changed: added, away, back, gone', async () => {
      const camera = await bench.addCamera();
      const { core, cascade, clock, signalling } = bench;
      const { id } = await core.cascade.add(ORDER);
      await core.cascade.share(id, [{ camera, gbId: OWN }]);
      await clock.advance(1_000);
      signalling.goOffline(camera.device.gbId);
      await clock.advance(1_000);
      signalling.comeOnline(camera.device.gbId);
      await clock.advance(1_000);
      signalling.goOffline(camera.device.gbId);
      signalling.comeOnline(camera.device.gbId);
      await clock.advance(1_000);
      await core.cascade.unshare(id, [OWN]);
      await clock.advance(1_000);
      assert.deepEqual(
        cascade.changes.map(([key, { event, gbId }]) => [key, event, gbId]),
        ['ADD', 'OFF', 'ON', 'DEL'].map((event) => [id, event, OWN]),
      );
    });

    it('until their device is removed', async () => {
      const { id, camera } = await shared();
      await bench.core.devices.remove(camera.device.gbId);
      await bench.clock.advance(1_000);
      assert.equal(bench.core.cascade.get(id).shares, 0);
      assert.deepEqual(
        bench.cascade.changes.map(([, { event }]) => event),
        ['DEL'],
      );
    });
  });

  describe('are sent pictures', () => {
    it('of the stream that viewers have: one call to the camera, kept by a lease', async () => {
      const { id } = await shared();
      const { cascade, media, signalling } = bench;
      const opening = cascade.answers.openMedia(mediaOrder(id));
      await bench.clock.advance(0);
      assert.equal(signalling.invites.length, 1);
      const sessionId = [...media.open][0] ?? '';
      media.emit('sourceUp', sessionId, { video: 'h264', audio: undefined, width: 1, height: 1 });
      const going = await opening;
      assert.deepEqual([going.address, going.port], ['192.0.2.1', 30_002]);
      assert.equal([...media.relays.values()][0]?.sessionId, sessionId);
      await bench.clock.advance(0);
      assert.deepEqual(
        bench.control.orders.map(({ command }) => command.do),
        ['key-frame'],
      );
      await bench.clock.advance(60_000);
      assert.equal(media.open.size, 1, 'the lease keeps it');
      await going.close();
      await going.close();
      assert.equal(media.relays.size, 0);
      await bench.clock.advance(60_000);
      assert.equal(media.open.size, 0);
      assert.equal(bench.figure('yimu_leases'), 0);
      assert.equal(bench.figure('yimu_upward_streams'), 0);
    });

    it('not of a camera that is away, nor of one that is not shown', async () => {
      const { id, camera } = await shared();
      const { answers } = bench.cascade;
      await assert.rejects(
        answers.openMedia(mediaOrder(id, { gbId: camera.channel.gbId })),
        hasCode('CHANNEL_NOT_FOUND'),
      );
      bench.signalling.goOffline(camera.device.gbId);
      await assert.rejects(answers.openMedia(mediaOrder(id)), hasCode('DEVICE_OFFLINE'));
    });
  });

  describe('are sent recordings', () => {
    async function playingBack(): Promise<{ readonly media: UpwardMedia; readonly ends: string[] }> {
      const { id } = await shared();
      const period = { kind: 'playback', startS: 1_000, endS: 1_600 } as const;
      const opening = bench.cascade.answers.openMedia(mediaOrder(id, period));
      await bench.clock.advance(0);
      const sessionId = [...bench.media.open][0] ?? '';
      bench.media.emit('sourceUp', sessionId, { video: 'h264', audio: undefined, width: 1, height: 1 });
      const media = await opening;
      const ends: string[] = [];
      media.onEnded((why) => ends.push(why));
      return { media, ends };
    }

    /** What a device says is over is over for the test when it says so. */
    function drainsWhenTold(): () => void {
      let tell: (quiet: boolean) => void = () => undefined;
      bench.media.drain = () =>
        new Promise((resolve) => {
          tell = resolve;
        });
      return () => {
        tell(true);
      };
    }

    it('until all has come, however early the device says that it sent all', async () => {
      const { ends } = await playingBack();
      const drained = drainsWhenTold();
      bench.signalling.calls[0]?.endFile();
      await bench.clock.advance(60_000);
      assert.deepEqual([ends, bench.media.relays.size], [[], 1]);
      drained();
      await bench.clock.advance(0);
      assert.deepEqual([ends, bench.media.relays.size], [['over'], 0]);
      assert.equal(bench.figure('yimu_upward_streams'), 0);
    });

    it('on, when it was told to go back while the last of it came', async () => {
      const { media, ends } = await playingBack();
      const drained = drainsWhenTold();
      bench.signalling.calls[0]?.endFile();
      await bench.clock.advance(0);
      await media.control({ do: 'seek', atS: 5 });
      drained();
      await bench.clock.advance(0);
      assert.deepEqual(ends, []);
      bench.signalling.calls[0]?.endFile();
      await bench.clock.advance(0);
      drained();
      await bench.clock.advance(0);
      assert.deepEqual(ends, ['over']);
    });
  });
});
