import assert from 'node:assert/strict';
import { GbFailure, type SubscriptionWish } from '../../../../bff/src/gb28181/index.ts';
import { RejectedResponse, TransactionTimeout } from '../../../../bff/src/sip/index.ts';
import { CAMERA, NVR, PlatformHarness, snOf } from '../a-platform.ts';
import { aFlow, rawRequest } from '../fake-sip.ts';
import type { FakeSubscription } from '../fake-subscription.ts';

const CATALOG: SubscriptionWish = { kind: 'catalog' };
const ALARM: SubscriptionWish = { kind: 'alarm' };
const POSITION: SubscriptionWish = { kind: 'position', intervalS: 30 };
const NO_WAIT = { limits: { subscribeJitterMs: 0 } };

/** A registered device of which this is wanted. */
async function wanted(...wishes: readonly SubscriptionWish[]): Promise<PlatformHarness> {
  const harness = await new PlatformHarness(NO_WAIT).start();
  harness.online(NVR);
  harness.platform.subscriptions.want(NVR, wishes);
  return harness;
}

function newest({ sip }: PlatformHarness): FakeSubscription {
  const subscription = sip.subscriptions.at(-1);
  assert.ok(subscription, 'nothing was subscribed to');
  return subscription;
}

/** The device accepts what was asked last. */
async function accept(harness: PlatformHarness, grantedS?: number): Promise<FakeSubscription> {
  const subscription = newest(harness);
  subscription.answer(grantedS);
  await harness.clock.advance(0);
  return subscription;
}

async function refuse(harness: PlatformHarness, error: Error): Promise<void> {
  newest(harness).fail(error);
  await harness.clock.advance(0);
}

function phases({ platform }: PlatformHarness, gbId = NVR): readonly string[] {
  return platform.subscriptions.status(gbId).map(({ phase }) => phase);
}

describe('Subscriptions: what is asked for (GB/T 28181-2016 §9.11)', () => {
  it('asks with the body, the event and the time that belong to each kind', async () => {
    const harness = await wanted(CATALOG);
    const catalog = newest(harness);
    assert.match(catalog.body, /<Query>\s*<CmdType>Catalog<\/CmdType>/);
    assert.deepEqual(
      [catalog.order.event, catalog.order.expiresS, catalog.order.requestUri, catalog.order.to],
      [`Catalog;id=${snOf(catalog.body)}`, 3_600, `sip:${NVR}@198.51.100.7:31044`, `sip:${NVR}@3402000000`],
    );
    harness.platform.subscriptions.want(NVR, [ALARM]);
    await accept(harness);
    const alarm = newest(harness);
    assert.match(
      alarm.body,
      /<StartAlarmPriority>0<\/StartAlarmPriority>\s*<EndAlarmPriority>0<\/EndAlarmPriority>\s*<AlarmMethod>0</,
    );
    assert.equal(alarm.order.event, 'presence');
    harness.platform.subscriptions.want(NVR, [POSITION]);
    await accept(harness);
    assert.match(newest(harness).body, /<CmdType>MobilePosition<\/CmdType>[^]*<Interval>30<\/Interval>/);
    harness.platform.subscriptions.want(NVR, [{ kind: 'ptz-position', channelGbId: CAMERA }]);
    await accept(harness);
    const ptz = newest(harness);
    assert.match(ptz.body, new RegExp(`<CmdType>PTZPosition</CmdType>[^]*<DeviceID>${CAMERA}<`));
    assert.equal(ptz.order.to, `sip:${CAMERA}@3402000000`);
  });

  it('asks one at a time of one device, and all in turn', async () => {
    const harness = await wanted(CATALOG, ALARM, POSITION);
    assert.deepEqual(
      [harness.sip.subscriptions.length, phases(harness)],
      [1, ['asking', 'waiting', 'waiting']],
    );
    for (let at = 0; at < 3; at += 1) await accept(harness);
    assert.deepEqual(phases(harness), ['active', 'active', 'active']);
    assert.equal(harness.figure('yimu_gb_subscriptions'), 3);
  });

  it('has few on their way at once, of all devices', async () => {
    const harness = await new PlatformHarness({
      limits: { subscribeJitterMs: 0, maxSubscribesAtOnce: 1 },
    }).start();
    harness.online(NVR);
    harness.online(CAMERA, aFlow('198.51.100.8'));
    harness.platform.subscriptions.want(NVR, [CATALOG]);
    harness.platform.subscriptions.want(CAMERA, [CATALOG]);
    assert.equal(harness.sip.subscriptions.length, 1);
    await accept(harness);
    assert.equal(harness.sip.subscriptions.length, 2);
  });

  it('refuses more than eight of one device', async () => {
    const harness = await wanted();
    const many = Array.from({ length: 9 }, (_, n): SubscriptionWish => ({
      kind: 'position',
      intervalS: n + 1,
    }));
    assert.throws(() => {
      harness.platform.subscriptions.want(NVR, many);
    }, GbFailure);
  });

  it('waits for a device that is away, and keeps nothing running without wishes', async () => {
    const harness = await new PlatformHarness(NO_WAIT).start();
    const idle = harness.clock.pending;
    harness.platform.subscriptions.want(NVR, [CATALOG]);
    assert.deepEqual([harness.sip.subscriptions.length, phases(harness)], [0, ['waiting']]);
    harness.online(NVR);
    await accept(harness);
    assert.deepEqual(phases(harness), ['active']);
    harness.platform.subscriptions.want(NVR, []);
    await harness.clock.advance(0);
    assert.deepEqual([newest(harness).unsubscribed, phases(harness), harness.clock.pending], [1, [], idle]);
  });
});

describe('Subscriptions: how they are kept', () => {
  it('refreshes at four fifths of the time that was granted', async () => {
    const harness = await wanted(CATALOG);
    const subscription = await accept(harness, 600);
    for (let minute = 0; minute < 8; minute += 1) {
      harness.keepalive(NVR);
      await harness.clock.advance(59_500);
    }
    assert.equal(subscription.refreshes.length, 0);
    await harness.clock.advance(6_000);
    assert.equal(subscription.refreshes.length, 1);
    assert.match(Buffer.from(subscription.refreshes[0]?.options.body ?? []).toString(), /CmdType>Catalog</);
    subscription.refreshes[0]?.answer();
    await harness.clock.advance(0);
    assert.deepEqual(phases(harness), ['active']);
  });

  it('begins anew when the device knows nothing of it any more', async () => {
    const harness = await wanted(CATALOG);
    const subscription = await accept(harness, 20);
    await harness.clock.advance(17_000);
    subscription.end({ by: 'error' });
    subscription.refreshes[0]?.fail(new RejectedResponse(481, 'no'));
    await harness.clock.advance(2_000);
    assert.equal(harness.sip.subscriptions.length, 2);
    await accept(harness);
    assert.deepEqual(phases(harness), ['active']);
  });

  it('begins anew when a refresh is not answered', async () => {
    const harness = await wanted(CATALOG);
    const subscription = await accept(harness, 20);
    await harness.clock.advance(17_000);
    subscription.refreshes[0]?.fail(new TransactionTimeout('SUBSCRIBE', ''));
    await harness.clock.advance(2_000);
    assert.deepEqual([subscription.dropped, harness.sip.subscriptions.length], [1, 2]);
  });

  it('stands while a refresh is refused for the moment, and tries again', async () => {
    const harness = await wanted(CATALOG);
    const subscription = await accept(harness, 100);
    await harness.clock.advance(82_000);
    subscription.refreshes[0]?.fail(new RejectedResponse(503, 'busy'));
    await harness.clock.advance(0);
    assert.deepEqual(phases(harness), ['active']);
    harness.keepalive(NVR);
    await harness.clock.advance(32_000);
    assert.equal(subscription.refreshes.length, 2);
  });

  it('begins anew after the device registered anew, and forgets what was', async () => {
    const harness = await wanted(CATALOG, ALARM);
    const first = await accept(harness);
    const second = await accept(harness);
    harness.platform.forget(NVR);
    assert.deepEqual([first.dropped, second.dropped, phases(harness)], [1, 1, ['waiting', 'waiting']]);
    await harness.clock.advance(10_000);
    assert.equal(harness.sip.subscriptions.length, 2);
    harness.online(NVR);
    assert.equal(harness.sip.subscriptions.length, 3);
    await accept(harness);
    await accept(harness);
    assert.deepEqual(phases(harness), ['active', 'active']);
  });

  it('begins anew at once when the device came back while the last attempt still hung', async () => {
    const harness = await wanted(CATALOG);
    const hanging = newest(harness);
    harness.platform.forget(NVR);
    assert.equal(hanging.dropped, 1);
    harness.online(NVR);
    hanging.fail(new TransactionTimeout('SUBSCRIBE', ''));
    await harness.clock.advance(0);
    assert.equal(harness.sip.subscriptions.length, 2);
    await accept(harness);
    assert.deepEqual(phases(harness), ['active']);
  });

  it('follows a device that moved, and asks whether one that registered again still knows', async () => {
    const harness = await wanted(CATALOG);
    const subscription = await accept(harness);
    harness.online(NVR);
    assert.equal(subscription.refreshes.length, 0, 'it answered just now');
    await harness.clock.advance(61_000);
    harness.online(NVR);
    assert.equal(subscription.refreshes.length, 1);
    subscription.refreshes[0]?.answer();
    await harness.clock.advance(0);
    harness.online(NVR, aFlow('198.51.100.7', 40_000));
    assert.equal(subscription.moves.at(-1)?.remotePort, 40_000);
    assert.equal(subscription.refreshes.length, 2);
  });

  it('asks again at once when a device that did not answer moved, and soon when it registered again', async () => {
    const harness = await wanted(CATALOG);
    await refuse(harness, new TransactionTimeout('SUBSCRIBE', ''));
    assert.deepEqual(phases(harness), ['failed']);
    harness.online(NVR, aFlow('198.51.100.7', 40_000));
    assert.equal(harness.sip.subscriptions.length, 2, 'it was asked where it was no more');
    for (let tries = 0; tries < 3; tries += 1) {
      await refuse(harness, new TransactionTimeout('SUBSCRIBE', ''));
      if (tries < 2) await harness.clock.advance(70_000);
      harness.keepalive(NVR);
    }
    assert.equal(harness.sip.subscriptions.length, 4, 'its next turn is in two minutes');
    harness.online(NVR, aFlow('198.51.100.7', 40_000));
    assert.equal(harness.sip.subscriptions.length, 4, 'it was asked just now');
    await harness.clock.advance(61_000);
    harness.online(NVR, aFlow('198.51.100.7', 40_000));
    assert.equal(harness.sip.subscriptions.length, 5);
    await accept(harness);
    assert.deepEqual(phases(harness), ['active']);
  });

  it('does not ask again what a device that moved has refused', async () => {
    const harness = await wanted(ALARM);
    await refuse(harness, new RejectedResponse(405, 'no'));
    harness.online(NVR, aFlow('198.51.100.7', 40_000));
    await harness.clock.advance(61_000);
    harness.online(NVR, aFlow('198.51.100.7', 40_000));
    assert.equal(harness.sip.subscriptions.length, 1);
  });

  it('waits as long as the device says when it ended the subscription', async () => {
    const harness = await wanted(CATALOG);
    const subscription = await accept(harness);
    subscription.end({ by: 'remote', reason: 'probation', retryAfterS: 90 });
    assert.deepEqual(phases(harness), ['waiting']);
    await harness.clock.advance(88_000);
    assert.equal(harness.sip.subscriptions.length, 1);
    await harness.clock.advance(4_000);
    assert.equal(harness.sip.subscriptions.length, 2);
  });
});

describe('Subscriptions: refusals', () => {
  it('waits longer each time there is no answer', async () => {
    const harness = await wanted(CATALOG);
    for (const [tries, waitS] of [
      [2, 30],
      [3, 60],
      [4, 120],
    ] as const) {
      await refuse(harness, new TransactionTimeout('SUBSCRIBE', ''));
      assert.deepEqual(phases(harness), ['failed']);
      harness.keepalive(NVR);
      await harness.clock.advance((waitS - 1) * 1_000);
      assert.equal(harness.sip.subscriptions.length, tries - 1);
      await harness.clock.advance(3_000);
      assert.equal(harness.sip.subscriptions.length, tries);
    }
  });

  it('asks anew, less and less often, a device that consents and grants no time', async () => {
    const harness = await wanted(CATALOG);
    await accept(harness, 0);
    assert.deepEqual(phases(harness), ['failed']);
    await harness.clock.advance(32_000);
    assert.equal(harness.sip.subscriptions.length, 2);
    await accept(harness, 0);
    await harness.clock.advance(55_000);
    assert.equal(harness.sip.subscriptions.length, 2);
    await harness.clock.advance(7_000);
    assert.equal(harness.sip.subscriptions.length, 3);
    await accept(harness);
    assert.deepEqual(phases(harness), ['active']);
    assert.deepEqual(harness.figures('yimu_gb_subscribes'), { 'no-time': 2, ok: 1 });
  });

  it('asks anew when a refresh is granted no time, or the end overtook it', async () => {
    const harness = await wanted(CATALOG);
    const first = await accept(harness, 20);
    await harness.clock.advance(17_000);
    first.refreshes[0]?.answer(0);
    await harness.clock.advance(32_000);
    assert.equal(harness.sip.subscriptions.length, 2);
    const second = await accept(harness, 20);
    await harness.clock.advance(17_000);
    second.end({ by: 'remote', reason: 'timeout' });
    second.refreshes[0]?.answer();
    await harness.clock.advance(32_000);
    assert.equal(harness.sip.subscriptions.length, 3);
  });

  it('does not ask again for an hour what the device does not want', async () => {
    const harness = await wanted(ALARM);
    await refuse(harness, new RejectedResponse(405, 'no'));
    const [status] = harness.platform.subscriptions.status(NVR);
    assert.deepEqual([status?.phase, status?.refusedBy], ['refused', 405]);
    for (let minute = 0; minute < 59; minute += 1) {
      harness.keepalive(NVR);
      await harness.clock.advance(60_000);
    }
    assert.equal(harness.sip.subscriptions.length, 1);
    assert.deepEqual(harness.figures('yimu_gb_subscribes'), { 405: 1 });
  });

  it('asks by `presence` where the event Catalog is not known (489)', async () => {
    const harness = await wanted(CATALOG);
    await refuse(harness, new RejectedResponse(489, 'Bad Event'));
    await harness.clock.advance(2_000);
    assert.equal(newest(harness).order.event, 'presence');
    await refuse(harness, new RejectedResponse(489, 'Bad Event'));
    await harness.clock.advance(10_000);
    assert.deepEqual([harness.sip.subscriptions.length, phases(harness)], [2, ['refused']]);
  });

  it('asks for the shortest time that the device takes (423), and no longer than a day', async () => {
    const harness = await wanted(CATALOG);
    await refuse(harness, new RejectedResponse(423, 'Interval Too Brief', { minExpiresS: 7_200 }));
    await harness.clock.advance(2_000);
    assert.equal(newest(harness).order.expiresS, 7_200);
    await refuse(harness, new RejectedResponse(423, 'Interval Too Brief', { minExpiresS: 9_999_999 }));
    await harness.clock.advance(2_000);
    assert.equal(newest(harness).order.expiresS, 86_400);
  });

  it('leaves nothing behind when the platform closes', async () => {
    const harness = await wanted(CATALOG, ALARM);
    const subscription = await accept(harness);
    const closing = harness.platform.close();
    newest(harness).fail(new TransactionTimeout('SUBSCRIBE', ''));
    await closing;
    assert.equal(harness.clock.pending, 0);
    assert.equal(subscription.ended, true);
  });
});

describe('Subscriptions: NOTIFY', () => {
  const NOTIFY =
    '<?xml version="1.0"?><Notify><CmdType>Catalog</CmdType><SN>1</SN><DeviceID>34020000001180000001</DeviceID>' +
    '<SumNum>1</SumNum><DeviceList Num="1"><Item><DeviceID>34020000001320000001</DeviceID><Event>OFF</Event></Item>' +
    '</DeviceList></Notify>';
  const notify = (
    harness: PlatformHarness,
    callId: string | undefined,
    body = NOTIFY,
    flow = aFlow(),
  ): number =>
    harness.sip.receive(
      rawRequest({ method: 'NOTIFY', from: NVR, body }),
      flow,
      callId === undefined ? undefined : ({ callId } as never),
    ).status;

  it('are heard when they say that less time is left: it is refreshed the sooner', async () => {
    const harness = await wanted(CATALOG);
    const subscription = await accept(harness);
    subscription.expiresMs = harness.clock.monotonicMs() + 100_000;
    assert.equal(notify(harness, subscription.callId), 200);
    await harness.clock.advance(79_000);
    assert.equal(subscription.refreshes.length, 0);
    await harness.clock.advance(3_000);
    assert.equal(subscription.refreshes.length, 1);
  });

  it('takes those of a subscription, also before its answer', async () => {
    const harness = await wanted(CATALOG);
    assert.equal(notify(harness, newest(harness).callId), 200);
    await accept(harness);
    assert.equal(notify(harness, newest(harness).callId), 200);
    const [status] = harness.platform.subscriptions.status(NVR);
    assert.deepEqual([status?.notified, harness.figures('yimu_gb_notifies')], [2, { 'in-dialog': 2 }]);
  });

  it('takes those outside any dialog while such a subscription stands', async () => {
    const harness = await wanted(CATALOG);
    assert.equal(notify(harness, undefined), 481, 'it does not stand yet');
    await accept(harness);
    assert.equal(notify(harness, undefined), 200);
    assert.equal(notify(harness, undefined, NOTIFY.replaceAll('Catalog', 'Alarm')), 481);
    assert.deepEqual(harness.figures('yimu_gb_notifies'), { 'outside-dialog': 1 });
  });

  it('knows the device by the dialog when it speaks from another address', async () => {
    const harness = await wanted(CATALOG);
    const { callId } = await accept(harness);
    assert.equal(notify(harness, callId, NOTIFY, aFlow('198.51.100.7', 50_000)), 200);
    assert.equal(notify(harness, undefined, NOTIFY, aFlow('198.51.100.7', 50_000)), 403);
  });

  it('refuses those of a subscription that is over', async () => {
    const harness = await wanted(CATALOG);
    const subscription = await accept(harness);
    harness.platform.subscriptions.want(NVR, []);
    assert.equal(notify(harness, subscription.callId), 481);
  });
});
