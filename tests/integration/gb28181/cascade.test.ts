import assert from 'node:assert/strict';
import { GbFailure, type MediaDialog, type PlayOrder } from '../../../bff/src/gb28181/index.ts';
import { until } from '../../support/until.ts';
import { anItem, CascadeStack, LOWER, OWN, UPPER_KEY } from './a-cascade.ts';
import { CAMERA } from './a-stack.ts';
import { RawDevice, snOf } from './raw-device.ts';

const GAUGES = [
  'yimu_upper_registered',
  'yimu_upper_sessions',
  'yimu_upper_subscriptions',
  'yimu_upper_questions',
  'yimu_upper_movements',
];

describe('cascade: a lower platform at an upper one over real sockets (GB/T 28181-2016 §9, annexes K, M, P)', function () {
  this.timeout(30_000);
  let stack: CascadeStack;

  beforeEach(async () => {
    stack = await CascadeStack.start();
  });

  afterEach(async () => {
    await stack.stop();
    for (const gauge of GAUGES) assert.equal(stack.figure(gauge), 0, gauge);
  });

  describe('registration (§9.1, §9.6)', () => {
    for (const transport of ['udp', 'tcp'] as const)
      it(`registers by digest over ${transport}, tells its edition, and takes the registration back`, async () => {
        await stack.join({ transport });
        const registration = stack.upper.platform.registration(LOWER);
        assert.equal(registration?.transport, transport);
        assert.equal(registration.gbVersion, '3.0');
        assert.equal(stack.figure('yimu_upper_registered'), 1);
        const { clockOffsetMs = Number.NaN, registeredAtMs } = stack.states.at(-1) ?? {};
        assert.ok(Math.abs(clockOffsetMs) < 5_000, `the Date header was read: ${String(clockOffsetMs)}`);
        assert.ok(registeredAtMs !== undefined);
        await stack.lower.cascade.leave(UPPER_KEY);
        assert.equal(stack.upper.platform.registration(LOWER), undefined);
        assert.deepEqual(stack.upper.events.at(-1), ['offline', LOWER, 'unregistered']);
        assert.equal(stack.lower.cascade.state(UPPER_KEY), undefined);
      });

    it('is told a wrong password, and does not knock again for a minute', async () => {
      stack.lower.cascade.join(stack.config({ password: 'wrong' }));
      await until('it waits', () => stack.phase === 'waiting');
      assert.match(stack.states.at(-1)?.lastError ?? '', /password/);
      assert.equal(stack.upper.platform.registration(LOWER), undefined);
      assert.equal(stack.upper.figures('yimu_register_results')['wrong-password'], 1);
    });

    it('says that nobody answers, and comes when somebody does', async () => {
      stack.lower.cascade.join(stack.config({ transport: 'tcp', port: 1 }));
      await until('it waits', () => stack.phase === 'waiting');
      assert.match(stack.states.at(-1)?.lastError ?? '', /does not answer/);
      await stack.lower.cascade.leave(UPPER_KEY);
      await stack.join();
    });

    it('keeps alive, and registers anew when it is told that it is unknown', async () => {
      await stack.join({ keepaliveS: 1 });
      await until('a keepalive came', () => stack.upper.figure('yimu_keepalives') >= 1);
      stack.upper.platform.forget(LOWER);
      await until('it is back', () => stack.upper.platform.registration(LOWER) !== undefined);
      await until('it knows', () => stack.phase === 'registered');
      assert.ok(stack.states.some(({ lastError }) => (lastError ?? '').includes('does not know')));
    });

    it('refuses a second registration under one key', async () => {
      await stack.join();
      assert.throws(() => {
        stack.lower.cascade.join(stack.config());
      }, GbFailure);
    });
  });

  describe('questions (§9.5)', () => {
    it('shows the shared channels with their own IDs', async () => {
      await stack.join();
      const { items, complete } = await stack.upper.platform.queryCatalog(LOWER);
      assert.equal(complete, true);
      assert.equal(items.length, 1);
      const [item] = items;
      assert.equal(item?.channelId, OWN);
      assert.equal(item.name, '路口 0077');
      assert.equal(item.address, '东门 & 西门');
      assert.equal(item.civilCode, '340201');
      assert.equal(item.ptzType, 1);
    });

    for (const gbVersion of ['2.0', '3.0'] as const)
      it(`shows what cameras hang in, to a platform of edition ${gbVersion}`, async () => {
        const group = '34020100002150000001';
        const organisation = '34020100002160000007';
        stack.items = [
          anItem(group, { name: '市局', businessGroupId: undefined }),
          anItem(organisation, { parentId: group, businessGroupId: group }),
          anItem(OWN, { parentId: `${LOWER}/${organisation}`, businessGroupId: group }),
        ];
        await stack.join({ gbVersion });
        const { items } = await stack.upper.platform.queryCatalog(LOWER);
        assert.deepEqual(
          items.map(({ channelId, parentId, businessGroupId }) => [channelId, parentId, businessGroupId]),
          [
            [group, LOWER, undefined],
            [organisation, group, group],
            [OWN, `${LOWER}/${organisation}`, group],
          ],
        );
        assert.deepEqual(
          items.map(({ ptzType, civilCode }) => [ptzType, civilCode]),
          [
            [undefined, undefined],
            [undefined, undefined],
            [1, '340201'],
          ],
        );
      });

    it('shows an empty list as one', async () => {
      stack.items = [];
      await stack.join();
      const { items, complete } = await stack.upper.platform.queryCatalog(LOWER);
      assert.deepEqual([items.length, complete], [0, true]);
    });

    for (const [transport, count] of [
      ['udp', 600],
      ['tcp', 10_000],
    ] as const)
      it(`answers ${String(count)} channels in parts over ${transport}, one after another`, async () => {
        stack.items = Array.from({ length: count }, (_, index) =>
          anItem(`3402010000132${String(index).padStart(7, '0')}`),
        );
        await stack.join({ transport });
        const { items, complete } = await stack.upper.platform.queryCatalog(LOWER);
        assert.deepEqual([items.length, complete], [count, true]);
        assert.equal(stack.upper.figures('yimu_sip_refused')['source-rate'] ?? 0, 0);
      });

    it('says what it is', async () => {
      await stack.join();
      const facts = await stack.upper.platform.queries.deviceInfo(LOWER);
      assert.equal(facts.name, '驿目');
      assert.equal(facts.channelCount, 1);
    });

    it('passes a question on to the device, and its answer in parts back', async () => {
      await stack.join();
      const device = await stack.device();
      const answer = stack.upper.platform.records.query({
        deviceGbId: LOWER,
        channelGbId: OWN,
        beginMs: Date.UTC(2026, 0, 13, 16),
        endMs: Date.UTC(2026, 0, 14, 15, 59, 59),
        kind: 'all',
      });
      const query = await device.takeMessage('RecordInfo');
      assert.match(query.text, new RegExp(`<DeviceID>${CAMERA}<`));
      for (const hour of ['00', '01']) {
        const item = `<Item><DeviceID>${CAMERA}</DeviceID><Name>门</Name><StartTime>2026-01-14T${hour}:00:00</StartTime><EndTime>2026-01-14T${hour}:30:00</EndTime><Secrecy>0</Secrecy><Type>time</Type></Item>`;
        const body = `<?xml version="1.0"?><Response><CmdType>RecordInfo</CmdType><SN>${snOf(query)}</SN><DeviceID>${CAMERA}</DeviceID><Name>x</Name><SumNum>2</SumNum><RecordList Num="1">${item}</RecordList></Response>`;
        assert.equal((await device.tell(Buffer.from(body, 'latin1'))).status, 200);
      }
      const { items, complete } = await answer;
      assert.deepEqual([items.length, complete], [2, true]);
    });

    it('answers ERROR for a device that is away', async () => {
      await stack.join({ control: 'all' });
      await assert.rejects(stack.upper.platform.control.camera(LOWER, OWN, { do: 'record', on: true }), {
        reason: 'rejected',
        status: undefined,
      });
    });
  });

  describe('orders (§9.3)', () => {
    it('passes the very octets of a PTZ command on to the camera behind the ID', async () => {
      await stack.join();
      const device = await stack.device();
      const sent = stack.upper.platform.ptz(LOWER, OWN, { do: 'move', move: 'right', speed: 64 });
      const order = await device.takeMessage('DeviceControl');
      await sent;
      assert.match(order.text, /<PTZCmd>A50F0101400000F6<\/PTZCmd>/);
      assert.match(order.text, new RegExp(`<DeviceID>${CAMERA}<`));
      assert.match(order.start, new RegExp(`^MESSAGE sip:${CAMERA}@`));
      assert.equal(stack.figure('yimu_upper_movements'), 1);
      const stop = stack.upper.platform.ptz(LOWER, OWN, { do: 'stop', lens: false });
      await device.takeMessage('DeviceControl');
      await stop;
      assert.equal(stack.figure('yimu_upper_movements'), 0);
    });

    it('stops what moves when the upper platform is gone', async () => {
      await stack.join();
      const device = await stack.device();
      const sent = stack.upper.platform.ptz(LOWER, OWN, { do: 'move', move: 'zoomIn', speed: 255 });
      await device.takeMessage('DeviceControl');
      await sent;
      // What it is shown is forgotten before it is left.
      stack.isHidden = true;
      const left = stack.lower.cascade.leave(UPPER_KEY);
      const stop = await device.takeMessage('DeviceControl');
      assert.match(stop.text, /<PTZCmd>A50F0100000000B5<\/PTZCmd>/);
      await left;
    });

    it('refuses what this upper platform may not order, and an ID that it is not shown', async () => {
      await stack.join({ control: 'none' });
      const ptz = { do: 'move', move: 'left', speed: 9 } as const;
      await assert.rejects(stack.upper.platform.ptz(LOWER, OWN, ptz), { status: 403 });
      await assert.rejects(stack.upper.platform.ptz(LOWER, CAMERA, ptz), { status: 404 });
    });
  });

  describe('media sessions (§9.2, annex F, K)', () => {
    function order(changes: Partial<PlayOrder> = {}): PlayOrder {
      return {
        deviceGbId: LOWER,
        channelGbId: OWN,
        transport: 'udp',
        streamNumber: 0,
        ssrc: stack.upper.platform.reserveSsrc('live'),
        receiver: { address: '127.0.0.1', port: 31_000 },
        timeoutMs: 5_000,
        ...changes,
      };
    }

    async function playing(changes: Partial<PlayOrder> = {}): Promise<MediaDialog> {
      await stack.join();
      return await stack.upper.platform.play(order(changes));
    }

    const ways = [
      ['udp', 'udp', 30_010],
      ['tcp-passive', 'tcp-active', 30_010],
      ['tcp-active', 'tcp-passive', 30_010],
    ] as const;
    for (const [theirs, ours, port] of ways)
      it(`sends by ${ours} where ${theirs} is asked for, with the SSRC that is asked for`, async () => {
        const asked = order({ transport: theirs, streamNumber: 1 });
        await stack.join();
        const dialog = await stack.upper.platform.play(asked);
        const [got] = stack.orders;
        assert.equal(got?.target.transport, ours);
        assert.equal(got.target.ssrc, asked.ssrc.value);
        assert.equal(got.target.payloadType, 96);
        assert.deepEqual([got.kind, got.gbId, got.streamNumber], ['play', OWN, 1]);
        assert.equal(dialog.ssrc, asked.ssrc.value);
        assert.equal(dialog.remoteMedia.port, port);
        assert.equal(stack.figure('yimu_upper_sessions'), 1);
        await dialog.close();
        await until('the media is closed', () => stack.media[0]?.closed === 1);
        assert.equal(stack.figure('yimu_upper_sessions'), 0);
      });

    it('says BYE when the media is lost', async () => {
      const dialog = await playing();
      const ended: string[] = [];
      dialog.onEnded((by) => ended.push(by));
      stack.media[0]?.end('lost');
      await until('the upper platform hears of it', () => ended.includes('remote'));
    });

    it('tells the end of a recording before its BYE', async () => {
      const dialog = await playing();
      const ended: string[] = [];
      dialog.onEnded((by) => ended.push(by));
      stack.media[0]?.end('over');
      await until('the upper platform hears of it', () => ended.length > 0);
      assert.equal(stack.upper.figures('yimu_manscdp_messages')['Notify.MediaStatus'], 1);
    });

    it('ends all sessions when the upper platform is left', async () => {
      const dialog = await playing();
      const ended: string[] = [];
      dialog.onEnded((by) => ended.push(by));
      await stack.lower.cascade.leave(UPPER_KEY);
      assert.deepEqual(ended, ['remote']);
      assert.equal(stack.media[0]?.closed, 1);
    });

    const refusals = [
      ['a camera that is away', new GbFailure('not-registered', 'away'), 480],
      ['a camera that is busy', new GbFailure('busy', 'busy', 486), 486],
      ['a camera that does not answer', new GbFailure('timeout', 'silent'), 408],
    ] as const;
    for (const [what, failure, status] of refusals)
      it(`answers ${String(status)} for ${what}`, async () => {
        stack.refuseMedia = failure;
        await stack.join();
        await assert.rejects(stack.upper.platform.play(order()), { status });
      });

    it('answers 404 for an ID that is not shown', async () => {
      await stack.join();
      await assert.rejects(stack.upper.platform.play(order({ channelGbId: CAMERA })), { status: 404 });
    });
  });

  describe('subscriptions (§9.11, annex P)', () => {
    async function subscribed(kind: 'catalog' | 'alarm' | 'ptz-position'): Promise<void> {
      stack.upper.platform.subscriptions.want(LOWER, [{ kind }]);
      await stack.join();
      await until('the subscription stands', () => stack.figure('yimu_upper_subscriptions') === 1);
    }

    it('tells at once who is away, and each change after that', async () => {
      const heard: unknown[] = [];
      stack.upper.platform.on('catalogChanged', (_gbId, changes) => heard.push(...changes));
      stack.items = [anItem(OWN, { online: false })];
      await subscribed('catalog');
      await until('the first report came', () => heard.length === 1);
      stack.lower.cascade.notifyCatalog(UPPER_KEY, [{ event: 'ON', gbId: OWN, item: undefined }]);
      const added = anItem('34020100001320000078');
      stack.lower.cascade.notifyCatalog(UPPER_KEY, [{ event: 'ADD', gbId: added.gbId, item: added }]);
      await until('both changes came', () => heard.length === 3);
      const text = JSON.stringify(heard);
      assert.match(text, /34020100001320000077.*34020100001320000077.*34020100001320000078/);
    });

    it('tells alarms', async () => {
      const heard: unknown[] = [];
      stack.upper.platform.on('alarm', (gbId, alarm) => heard.push([gbId, alarm]));
      await subscribed('alarm');
      stack.lower.cascade.notifyAlarm(UPPER_KEY, {
        gbId: OWN,
        priority: 4,
        method: 5,
        atMs: Date.UTC(2026, 0, 15, 2, 31, 5),
        description: '移动侦测 <1>',
        type: 2,
        eventType: undefined,
        longitude: undefined,
        latitude: undefined,
      });
      await until('the alarm came', () => heard.length === 1);
      assert.match(JSON.stringify(heard), new RegExp(`${OWN}.*移动侦测 <1>`));
    });

    it('tells where a dome looks', async () => {
      const heard: unknown[] = [];
      stack.upper.platform.on('ptzPosition', (...told) => heard.push(told));
      await subscribed('ptz-position');
      const { lower } = stack;
      lower.cascade.notifyDirection(UPPER_KEY, { gbId: OWN, pan: 12.5, tilt: -3, zoom: undefined });
      const told = await until('the direction came', () => heard[0]);
      const [gbId, channelGbId, { pan, tilt, zoom }] = told as [string, string, Record<string, unknown>];
      assert.deepEqual([gbId, channelGbId, pan, tilt, zoom], [LOWER, OWN, 12.5, -3, undefined]);
    });

    it('ends them when it leaves', async () => {
      await subscribed('catalog');
      await stack.lower.cascade.leave(UPPER_KEY);
      assert.equal(stack.figure('yimu_upper_subscriptions'), 0);
    });
  });

  it('hears nothing of a stranger who signs as the upper platform', async () => {
    await stack.join();
    const peer = await stack.stranger();
    const { id, domain } = stack.upper.place;
    const forger = new RawDevice({ port: stack.sipPort, id: LOWER, domain }, peer, id, '');
    const body = `<?xml version="1.0"?><Query><CmdType>Catalog</CmdType><SN>1</SN><DeviceID>${LOWER}</DeviceID></Query>`;
    assert.equal((await forger.tell(body)).status, 403);
    assert.equal((await forger.ask('INVITE')).status, 403);
    assert.equal(stack.orders.length, 0);
  });
});
