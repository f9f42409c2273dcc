import assert from 'node:assert/strict';
import {
  RejectedResponse,
  type SubscribeAttempt,
  type Subscription,
  type SubscriptionEnd,
  TransactionTimeout,
  TransportFailed,
} from '../../../../bff/src/sip/index.ts';
import { aFlow, asRequest, asResponse, type RequestText } from '../../../support/sip/messages.ts';
import { fixture } from '../../../support/sip/fixtures.ts';
import { toDevice, UserAgentBench } from '../a-user-agent.ts';

const OK = { headers: ['Expires: 600', 'Contact: <sip:34020000001320000001@192.168.1.64:5060>'] };

function subscribe(
  bench: UserAgentBench,
  over: Partial<Parameters<typeof bench.agent.subscribe>[0]> = {},
): SubscribeAttempt {
  return bench.agent.subscribe({
    ...toDevice('SUBSCRIBE'),
    event: 'Catalog;id=1894',
    expiresS: 3_600,
    body: Buffer.from('<Query/>'),
    contentType: 'Application/MANSCDP+xml',
    ...over,
  });
}

async function subscribed(bench: UserAgentBench, ok: typeof OK | object = OK): Promise<Subscription> {
  const attempt = subscribe(bench);
  bench.answer('SUBSCRIBE', 200, ok);
  return await attempt.answered;
}

/** A NOTIFY of the device within the newest subscription. */
function notifyOf(bench: UserAgentBench, over: RequestText & { readonly state?: string } = {}): RequestText {
  const asked = asRequest(bench.wire.last('SUBSCRIBE').bytes);
  const sequence = over.cSeq ?? '1';
  return {
    method: 'NOTIFY',
    from: '<sip:34020000001320000001@3402000000>;tag=d1',
    to: asked.header('From') ?? '',
    callId: asked.callId ?? '',
    via: `SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bKn${sequence}`,
    headers: ['Event: Catalog;id=1894', `Subscription-State: ${over.state ?? 'active;expires=500'}`],
    ...over,
    cSeq: `${sequence} NOTIFY`,
  };
}

function endsOf(subscription: Subscription): SubscriptionEnd[] {
  const ends: SubscriptionEnd[] = [];
  subscription.onEnded((end) => ends.push(end));
  return ends;
}

describe('Subscriber (RFC 6665 §4.1)', () => {
  it('asks with Event, Expires and Contact, and stands once a 2xx came', async () => {
    const bench = new UserAgentBench();
    const subscription = await subscribed(bench);
    const asked = asRequest(bench.wire.last('SUBSCRIBE').bytes);
    assert.deepEqual(
      [asked.header('Event'), asked.header('Expires'), asked.header('Contact'), asked.contentType],
      ['Catalog;id=1894', '3600', '<sip:34020000002000000001@192.0.2.1:5060>', 'application/manscdp+xml'],
    );
    assert.equal(asked.to?.tag, undefined, 'a request outside a dialog has no To tag');
    assert.deepEqual(
      [subscription.grantedS, subscription.expiresMs - bench.clock.monotonicMs()],
      [600, 600_000],
    );
    assert.deepEqual([bench.gauge('subscriptions'), bench.gauge('dialogs')], [1, 0]);
  });

  it('holds what it asked for when the 2xx names no time (Q57, Huawei), and no more when it names a longer one', async () => {
    const huawei = asResponse(fixture('gb28181/quirks/q57-200-subscribe.sip'));
    const headers = ['Contact', 'Event'].map((name) => `${name}: ${huawei.header(name) ?? ''}`);
    assert.deepEqual([huawei.status, huawei.header('Expires')], [200, undefined]);
    assert.equal((await subscribed(new UserAgentBench(), { headers })).grantedS, 3_600);
    assert.equal((await subscribed(new UserAgentBench(), { headers: ['Expires: 99999'] })).grantedS, 3_600);
  });

  it('hands NOTIFYs of the subscription to the handler, with its dialog', async () => {
    const bench = new UserAgentBench().take('NOTIFY');
    const subscription = await subscribed(bench);
    bench.receive(notifyOf(bench));
    assert.equal(bench.incoming.dialog?.callId, subscription.callId);
    bench.incoming.reply(200);
    assert.equal(bench.wire.last().what, '200');
    assert.equal(subscription.expiresMs - bench.clock.monotonicMs(), 500_000, 'a NOTIFY shortens it');
  });

  it('takes a NOTIFY that overtakes the 2xx (§4.4.1)', async () => {
    const bench = new UserAgentBench().take('NOTIFY');
    const attempt = subscribe(bench);
    bench.receive(notifyOf(bench));
    assert.equal(bench.incoming.dialog?.callId, attempt.callId);
    bench.incoming.reply(200);
    bench.answer('SUBSCRIBE', 200, OK);
    const subscription = await attempt.answered;
    void subscription.refresh({});
    assert.equal(asRequest(bench.wire.last('SUBSCRIBE').bytes).to?.tag, 'd1');
  });

  it('refuses a NOTIFY that is older than one before, or whose tag is not ours', async () => {
    const bench = new UserAgentBench().take('NOTIFY');
    await subscribed(bench);
    bench.receive(notifyOf(bench, { cSeq: '5' }));
    bench.receive(notifyOf(bench, { cSeq: '4' }));
    assert.deepEqual([bench.taken.length, bench.wire.last().what], [1, '500']);
    bench.receive(notifyOf(bench, { cSeq: '6', to: '<sip:34020000002000000001@3402000000>;tag=guessed' }));
    assert.deepEqual([bench.taken.length, bench.incoming.dialog], [2, undefined], 'outside any subscription');
  });

  it('is refreshed within its dialog: both tags, one Call-ID, the next CSeq', async () => {
    const bench = new UserAgentBench();
    const subscription = await subscribed(bench);
    await bench.clock.advance(400_000);
    const refreshed = subscription.refresh({ body: Buffer.from('<Query>2</Query>') });
    const again = asRequest(bench.wire.last('SUBSCRIBE').bytes);
    assert.deepEqual(
      [again.callId, again.to?.tag, again.cSeq?.sequence, again.header('Expires'), again.header('Event')],
      [subscription.callId, 'd1', 2, '3600', 'Catalog;id=1894'],
    );
    bench.answer('SUBSCRIBE', 200, { headers: ['Expires: 700'] });
    await refreshed;
    assert.equal(subscription.expiresMs - bench.clock.monotonicMs(), 700_000);
  });

  it('is over by a 481 to a refresh', async () => {
    const bench = new UserAgentBench();
    const subscription = await subscribed(bench);
    const ends = endsOf(subscription);
    const refused = assert.rejects(subscription.refresh({}), RejectedResponse);
    bench.answer('SUBSCRIBE', 481);
    await refused;
    assert.deepEqual([ends, subscription.ended, bench.gauge('subscriptions')], [[{ by: 'error' }], true, 0]);
    await assert.rejects(subscription.refresh({}), TransportFailed);
  });

  it('stands when a refresh meets another refusal, or a caller who does not wait long', async () => {
    const bench = new UserAgentBench();
    const subscription = await subscribed(bench);
    const refused = assert.rejects(subscription.refresh({}), RejectedResponse);
    bench.answer('SUBSCRIBE', 503);
    await refused;
    const late = assert.rejects(subscription.refresh({ timeoutMs: 5_000 }), TransactionTimeout);
    await bench.clock.advance(5_000);
    await late;
    assert.equal(subscription.ended, false);
  });

  it('ends by Expires 0, at once for its holder', async () => {
    const bench = new UserAgentBench().take('NOTIFY');
    const subscription = await subscribed(bench);
    const ends = endsOf(subscription);
    const farewell = subscription.unsubscribe();
    assert.equal(asRequest(bench.wire.last('SUBSCRIBE').bytes).header('Expires'), '0');
    assert.deepEqual([ends, bench.gauge('subscriptions')], [[{ by: 'local' }], 0]);
    bench.answer('SUBSCRIBE', 200);
    await farewell;
    await subscription.unsubscribe();
    assert.equal(bench.wire.count('SUBSCRIBE'), 2);
  });

  it('does not reject when nobody answers its farewell', async () => {
    const bench = new UserAgentBench();
    const subscription = await subscribed(bench);
    const farewell = subscription.unsubscribe({ timeoutMs: 5_000 });
    await bench.clock.advance(5_000);
    await farewell;
    assert.equal(bench.clock.pending, 0);
  });

  it('is ended by a NOTIFY that says terminated, after its body was taken', async () => {
    const bench = new UserAgentBench().take('NOTIFY');
    const subscription = await subscribed(bench);
    const ends = endsOf(subscription);
    bench.receive(notifyOf(bench, { state: 'terminated;reason=Deactivated;retry-after=30' }));
    assert.equal(bench.incoming.dialog?.callId, subscription.callId);
    assert.deepEqual(ends, [{ by: 'remote', reason: 'deactivated', retryAfterS: 30 }]);
    bench.receive(notifyOf(bench, { cSeq: '2' }));
    assert.equal(bench.incoming.dialog, undefined, 'nothing of it is left');
  });

  it('rejects with what the device said: status, Min-Expires, Retry-After', async () => {
    const bench = new UserAgentBench();
    const attempt = subscribe(bench);
    bench.answer('SUBSCRIBE', 423, { headers: ['Min-Expires: 7200', 'Retry-After: 60 (busy)'] });
    await assert.rejects(attempt.answered, (error) => {
      assert.ok(error instanceof RejectedResponse);
      assert.deepEqual([error.status, error.minExpiresS, error.retryAfterS], [423, 7_200, 60]);
      return true;
    });
    assert.equal(bench.gauge('subscriptions'), 0);
  });

  it('rejects when no answer comes, and leaves nothing', async () => {
    const bench = new UserAgentBench();
    const attempt = subscribe(bench, { timeoutMs: 5_000 });
    const timedOut = assert.rejects(attempt.answered, TransactionTimeout);
    await bench.clock.advance(5_000);
    await timedOut;
    assert.deepEqual([bench.gauge('subscriptions'), bench.clock.pending], [0, 0]);
  });

  it('counts what is beyond its limit', async () => {
    const bench = new UserAgentBench({ limits: { maxSubscriptions: 1 } });
    await subscribed(bench);
    await assert.rejects(subscribe(bench).answered, TransportFailed);
    assert.deepEqual([bench.refused('subscription-limit'), bench.wire.count('SUBSCRIBE')], [1, 1]);
  });

  it('follows the device: its NOTIFYs come from elsewhere, or its holder says so', async () => {
    const bench = new UserAgentBench().take('NOTIFY');
    const subscription = await subscribed(bench);
    bench.receive(notifyOf(bench), aFlow({ remotePort: 40_000 }));
    void subscription.refresh({ timeoutMs: 1 }).catch(() => undefined);
    assert.equal(bench.wire.last('SUBSCRIBE').flow.remotePort, 40_000);
    subscription.moveTo(aFlow({ remotePort: 50_000 }));
    void subscription.refresh({ timeoutMs: 1 }).catch(() => undefined);
    assert.equal(bench.wire.last('SUBSCRIBE').flow.remotePort, 50_000);
  });

  it('ends with its connection, and with the user agent', async () => {
    const bench = new UserAgentBench();
    const flow = aFlow({ transport: 'tcp' });
    const attempt = subscribe(bench, { flow });
    bench.receiveText(
      `SIP/2.0 200 OK\r\nVia: ${asRequest(bench.wire.last('SUBSCRIBE').bytes).header('Via') ?? ''}\r\n` +
        `From: ${asRequest(bench.wire.last('SUBSCRIBE').bytes).header('From') ?? ''}\r\nTo: <sip:a@b>;tag=d1\r\n` +
        `Call-ID: ${attempt.callId}\r\nCSeq: 1 SUBSCRIBE\r\nContent-Length: 0\r\n\r\n`,
      flow,
    );
    const ends = endsOf(await attempt.answered);
    bench.closeFlow(flow);
    assert.deepEqual([ends, bench.gauge('subscriptions')], [[{ by: 'error' }], 0]);
    const other = endsOf(await subscribed(bench));
    await bench.agent.close();
    assert.deepEqual([other, bench.gauge('subscriptions')], [[{ by: 'error' }], 0]);
  });
});
