import assert from 'node:assert/strict';
import {
  type DeviceEvent,
  type Fault,
  makeProfile,
  SimulatedDevice,
} from '../../../bff/simulator/src/index.ts';
import type { GbEvents, SubscriptionStatus, SubscriptionWish } from '../../../bff/src/gb28181/index.ts';
import { until } from '../../support/until.ts';
import { NVR, PASSWORD, Stack } from './a-stack.ts';

const SHORT = { subscribeJitterMs: 0, messageTimeoutMs: 2_000 };
const CHANNEL = makeProfile('nvr', NVR).channels[0]?.gbId ?? '';
const ALL: readonly SubscriptionWish[] = [
  { kind: 'catalog' },
  { kind: 'alarm' },
  { kind: 'position', intervalS: 1 },
  { kind: 'ptz-position', channelGbId: CHANNEL },
];

describe('subscriptions over real sockets (GB/T 28181-2016 §9.11, RFC 6665)', function () {
  this.timeout(30_000);
  let stack: Stack;
  let device: SimulatedDevice | undefined;
  let events: DeviceEvent[];

  beforeEach(async () => {
    events = [];
    stack = await Stack.start(SHORT);
  });

  afterEach(async () => {
    await device?.stop(true);
    device = undefined;
    await stack.stop();
  });

  async function online(
    options: {
      readonly faults?: readonly Fault[];
      readonly transport?: 'udp' | 'tcp';
      readonly alarmEveryS?: number;
    } = {},
  ): Promise<SimulatedDevice> {
    const started = new SimulatedDevice({
      server: { host: '127.0.0.1', ...stack.place },
      profile: makeProfile('nvr', NVR),
      password: PASSWORD,
      transport: options.transport ?? 'udp',
      retryMs: 200,
      track: [
        { longitude: 117.28, latitude: 31.86, speed: 10 },
        { longitude: 117.29, latitude: 31.87, speed: 20 },
      ],
      faults: options.faults ?? [],
      ...(options.alarmEveryS === undefined ? {} : { alarmEveryS: options.alarmEveryS }),
      onEvent: (_id, event) => events.push(event),
    });
    device = started;
    await started.start();
    await until('registered', () => started.registered);
    return started;
  }

  function heard<Name extends keyof GbEvents>(name: Name): GbEvents[Name][] {
    const list: GbEvents[Name][] = [];
    stack.platform.on(name, (...args) => list.push(args));
    return list;
  }

  async function standing(
    count: number,
    phase: SubscriptionStatus['phase'] = 'active',
  ): Promise<readonly SubscriptionStatus[]> {
    return await until(`${String(count)} ${phase}`, () => {
      const status = stack.platform.subscriptions.status(NVR);
      return status.filter((one) => one.phase === phase).length === count ? status : undefined;
    });
  }

  const subscribes = (status = 200): number =>
    events.filter((event) => event.event === 'subscribe' && event.status === status).length;

  for (const transport of ['udp', 'tcp'] as const)
    it(`stand for all four kinds, bring what the device tells, and end, over ${transport.toUpperCase()}`, async () => {
      const camera = await online({ transport });
      const [alarms, positions, changes, directions] = [
        heard('alarm'),
        heard('positions'),
        heard('catalogChanged'),
        heard('ptzPosition'),
      ];
      stack.platform.subscriptions.want(NVR, ALL);
      await standing(4);
      assert.deepEqual(camera.teller.subscriptions.types, [
        'Alarm',
        'Catalog',
        'MobilePosition',
        'PTZPosition',
      ]);
      assert.deepEqual(await camera.teller.alarm({ sourceGbId: CHANNEL, type: 6, eventType: 1 }), [200]);
      assert.deepEqual(await camera.teller.direction(CHANNEL, { pan: 90, tilt: -5, zoom: 2 }), [200]);
      const told = [
        { event: 'OFF', channelGbId: CHANNEL },
        { event: 'ADD', channelGbId: '34020000001310000099', name: '新通道' },
      ] as const;
      assert.deepEqual(await camera.teller.changes(told), [200]);
      await until('a second place on the track', () => positions.length >= 2);
      assert.deepEqual(
        alarms.map(([gbId, { sourceGbId, type, eventType, via }]) => [
          gbId,
          sourceGbId,
          type,
          eventType,
          via,
        ]),
        [[NVR, CHANNEL, 6, 1, 'notify']],
      );
      assert.deepEqual(
        positions.slice(0, 2).map(([, [position]]) => [position?.longitude, position?.speed]),
        [
          [117.28, 10],
          [117.29, 20],
        ],
      );
      assert.deepEqual([directions[0]?.[1], directions[0]?.[2].tilt], [CHANNEL, -5]);
      assert.deepEqual(
        changes[0]?.[1].map(({ event, item }) => [event, item.channelId, item.name]),
        [
          ['OFF', CHANNEL, ''],
          ['ADD', '34020000001310000099', '新通道'],
        ],
      );
      stack.platform.subscriptions.want(NVR, []);
      await until('ended at the device', () => camera.teller.subscriptions.types.length === 0);
      await until('nothing is left', () => stack.figure('yimu_sip_subscriptions') === 0);
      assert.equal(stack.figure('yimu_gb_subscriptions'), 0);
    });

  it('begin anew when the device restarted and registers as if nothing had been', async () => {
    const camera = await online();
    stack.platform.subscriptions.want(NVR, [{ kind: 'alarm' }]);
    await standing(1);
    // From another port: it moved, as far as the platform can tell, and the subscription is not known there.
    await camera.restart();
    await until('subscribed anew', () => camera.teller.subscriptions.types.length === 1);
    await standing(1);
    assert.deepEqual(await camera.teller.alarm({}), [200]);
  });

  it('begin anew when the device forgot them (481 to a refresh)', async () => {
    await stack.stop();
    stack = await Stack.start({ ...SHORT, subscribeExpiresS: 12 });
    const camera = await online({ faults: ['forgets-subscription'] });
    stack.platform.subscriptions.want(NVR, [{ kind: 'alarm' }]);
    await standing(1);
    await until('a refresh was refused', () => subscribes(481) >= 1, 20_000);
    await until(
      'and a new one stands',
      () => subscribes() >= 2 && camera.teller.subscriptions.types.length === 1,
    );
    await standing(1);
  });

  it('are refreshed before their time is over', async () => {
    await stack.stop();
    stack = await Stack.start({ ...SHORT, subscribeExpiresS: 12 });
    const camera = await online();
    stack.platform.subscriptions.want(NVR, [{ kind: 'alarm' }]);
    await standing(1);
    await until('refreshed', () => subscribes() >= 2, 20_000);
    assert.equal(camera.teller.subscriptions.types.length, 1);
    await until('and granted', () => stack.figures('yimu_gb_subscribes')['ok'] === 2);
  });

  it('that are refused are not asked for again soon', async () => {
    await online({ faults: ['refuse-subscribe'] });
    stack.platform.subscriptions.want(NVR, [{ kind: 'catalog' }]);
    const [status] = await standing(1, 'refused');
    assert.equal(status?.refusedBy, 489);
    assert.equal(subscribes(489), 2, 'once by Catalog, once by presence');
  });

  it('that the device ends come again', async () => {
    await online({ faults: ['ends-subscription'] });
    stack.platform.subscriptions.want(NVR, [{ kind: 'alarm' }]);
    await until('subscribed again', () => subscribes() >= 2);
  });

  it('take NOTIFYs outside their dialog, and none without a subscription', async () => {
    const camera = await online({ faults: ['notify-outside'] });
    const alarms = heard('alarm');
    stack.platform.subscriptions.want(NVR, [{ kind: 'alarm' }]);
    await standing(1);
    assert.deepEqual(await camera.teller.alarm({}), [200]);
    assert.equal(alarms.length, 1);
    assert.deepEqual(stack.figures('yimu_gb_notifies'), { 'outside-dialog': 1 });
  });

  it('leave nothing behind for a device that is gone', async () => {
    const camera = await online();
    stack.platform.subscriptions.want(NVR, ALL);
    await standing(4);
    stack.platform.forget(NVR);
    await standing(4, 'waiting');
    assert.equal(stack.figure('yimu_sip_subscriptions'), 0);
    // It does not know that it is not known any more.
    assert.deepEqual(await camera.teller.alarm({}), [403]);
  });
});

describe('what devices tell by MESSAGE, over real sockets', function () {
  this.timeout(30_000);
  let stack: Stack;
  let device: SimulatedDevice;
  let events: DeviceEvent[];

  beforeEach(async () => {
    events = [];
    stack = await Stack.start(SHORT);
    device = new SimulatedDevice({
      server: { host: '127.0.0.1', ...stack.place },
      profile: makeProfile('nvr', NVR),
      password: PASSWORD,
      alarmEveryS: 1,
      onEvent: (_id, event) => events.push(event),
    });
    await device.start();
  });

  afterEach(async () => {
    await device.stop(true);
    await stack.stop();
  });

  it('alarms come and are answered, each by a Response of its own', async () => {
    const alarms: GbEvents['alarm'][] = [];
    stack.platform.on('alarm', (...args) => alarms.push(args));
    assert.deepEqual(
      await device.teller.alarm({ sourceGbId: CHANNEL, description: '移动侦测 & 更多' }),
      [200],
    );
    await until('answered', () =>
      events.some((event) => event.event === 'alarm-answered' && event.source === CHANNEL),
    );
    assert.deepEqual([alarms[0]?.[1].via, alarms[0]?.[1].description], ['message', '移动侦测 & 更多']);
    await until('one of its own accord', () => alarms.some(([, { sourceGbId }]) => sourceGbId === NVR));
  });

  it('positions come', async () => {
    const positions: GbEvents['positions'][] = [];
    stack.platform.on('positions', (...args) => positions.push(args));
    assert.deepEqual(await device.teller.position({ longitude: 1.5, latitude: -2.5 }), [200]);
    assert.deepEqual([positions[0]?.[1][0]?.longitude, positions[0]?.[1][0]?.latitude], [1.5, -2.5]);
  });

  it('faults of keepalives come when they change', async () => {
    const faults: GbEvents['faults'][] = [];
    stack.platform.on('faults', (...args) => faults.push(args));
    for (const told of [[CHANNEL], [CHANNEL], []]) assert.equal(await device.tellFaulty(told), 200);
    assert.deepEqual(faults, [
      [NVR, [CHANNEL]],
      [NVR, []],
    ]);
  });
});
