import assert from 'node:assert/strict';
import type { NotifierSubscription, SubscriptionEnd } from '../../../../bff/src/sip/index.ts';
import { TransactionTimeout, TransportFailed } from '../../../../bff/src/sip/index.ts';
import { aFlow, asRequest, asResponse, type RequestText } from '../../../support/sip/messages.ts';
import { UserAgentBench } from '../a-user-agent.ts';

const SUBSCRIBE: RequestText = {
  method: 'SUBSCRIBE',
  callId: 's1@upper',
  cSeq: '7 SUBSCRIBE',
  via: 'SIP/2.0/UDP 192.0.2.9:5060;rport;branch=z9hG4bKs1',
  headers: ['Event: Catalog;id=1894', 'Expires: 600', 'Contact: <sip:34020000002000000009@192.0.2.9:5060>'],
};

function accepted(
  over: RequestText = {},
  options: ConstructorParameters<typeof UserAgentBench>[0] = {},
): { bench: UserAgentBench; notifier: NotifierSubscription } {
  const bench = new UserAgentBench(options).take('SUBSCRIBE');
  bench.receive({ ...SUBSCRIBE, ...over });
  const notifier = bench.agent.acceptSubscription(bench.incoming, {
    maxExpiresS: 3_600,
    body: Buffer.from('<Response/>'),
    contentType: 'Application/MANSCDP+xml',
  });
  assert.ok(notifier);
  return { bench, notifier };
}

/** A SUBSCRIBE within the subscription. */
function again(bench: UserAgentBench, cSeq: number, expires: number): RequestText {
  const tag = asResponse(bench.wire.last('200').bytes).to?.tag ?? '';
  return {
    ...SUBSCRIBE,
    cSeq: `${String(cSeq)} SUBSCRIBE`,
    via: `SIP/2.0/UDP 192.0.2.9:5060;rport;branch=z9hG4bKs${String(cSeq)}`,
    to: `<sip:34020000002000000001@3402000000>;tag=${tag}`,
    headers: ['Event: Catalog;id=1894', `Expires: ${String(expires)}`],
  };
}

function endsOf(notifier: NotifierSubscription): SubscriptionEnd[] {
  const ends: SubscriptionEnd[] = [];
  notifier.onEnded((end) => ends.push(end));
  return ends;
}

describe('Notifier (RFC 6665 §4.2)', () => {
  it('accepts by a 200 with Expires, Event, Contact, tag and body', () => {
    const { bench, notifier } = accepted();
    const ok = asResponse(bench.wire.last('200').bytes);
    assert.deepEqual(
      [ok.expires, ok.header('Event'), ok.contacts[0]?.uri.user, Buffer.from(ok.body).toString()],
      [600, 'Catalog;id=1894', '34020000002000000001', '<Response/>'],
    );
    assert.ok(ok.to?.tag);
    assert.deepEqual(
      [notifier.event, notifier.expiresMs - bench.clock.monotonicMs(), bench.gauge('notifiers')],
      ['Catalog;id=1894', 600_000, 1],
    );
  });

  it('grants no more than its owner says, and 600 s where nothing is asked for', () => {
    const ask = (...headers: string[]): number | undefined =>
      asResponse(accepted({ headers }).bench.wire.last('200').bytes).expires;
    assert.deepEqual([ask('Expires: 100000'), ask()], [3_600, 600]);
  });

  it('reports by NOTIFY within the dialog, one after another', async () => {
    const { bench, notifier } = accepted();
    await bench.clock.advance(100_000);
    const first = notifier.notify({ body: Buffer.from('one'), contentType: 'Application/MANSCDP+xml' });
    const second = notifier.notify({ body: Buffer.from('two') });
    await bench.clock.advance(0);
    const notify = asRequest(bench.wire.last('NOTIFY').bytes);
    assert.deepEqual(
      [
        notify.requestUri,
        notify.callId,
        notify.cSeq?.sequence,
        notify.header('Event'),
        notify.header('Subscription-State'),
        notify.to?.tag,
        bench.wire.count('NOTIFY'),
      ],
      [
        'sip:34020000002000000009@192.0.2.9:5060',
        's1@upper',
        1,
        'Catalog;id=1894',
        'active;expires=500',
        'd1',
        1,
      ],
    );
    bench.answer('NOTIFY', 200);
    assert.equal((await first).status, 200);
    await bench.clock.advance(0);
    assert.deepEqual(
      [bench.wire.count('NOTIFY'), asRequest(bench.wire.last('NOTIFY').bytes).cSeq?.sequence],
      [2, 2],
    );
    bench.answer('NOTIFY', 200);
    await second;
  });

  it('is refreshed within the dialog and tells its owner, who reports anew', () => {
    const { bench, notifier } = accepted();
    const refreshes: number[] = [];
    notifier.onRefresh((_incoming, expiresS) => refreshes.push(expiresS));
    bench.receive(again(bench, 8, 900));
    assert.deepEqual([bench.taken.length, refreshes], [1, [900]]);
    assert.deepEqual([asResponse(bench.wire.last('200').bytes).expires, notifier.expiresMs], [900, 900_000]);
  });

  it('ends by Expires 0 with a last NOTIFY', async () => {
    const { bench, notifier } = accepted();
    const ends = endsOf(notifier);
    bench.receive(again(bench, 8, 0));
    assert.equal(asResponse(bench.wire.last('200').bytes).expires, 0);
    await bench.clock.advance(0);
    assert.equal(
      asRequest(bench.wire.last('NOTIFY').bytes).header('Subscription-State'),
      'terminated;reason=timeout',
    );
    bench.answer('NOTIFY', 200);
    await bench.clock.advance(0);
    assert.deepEqual([ends, bench.gauge('notifiers')], [[{ by: 'local', reason: 'timeout' }], 0]);
  });

  it('ends by itself when it is not refreshed', async () => {
    const { bench, notifier } = accepted();
    await bench.agent.start();
    const ends = endsOf(notifier);
    await bench.clock.advance(600_000);
    assert.equal(bench.wire.last('NOTIFY').message.header('Subscription-State'), 'terminated;reason=timeout');
    bench.answer('NOTIFY', 200);
    await bench.clock.advance(0);
    assert.deepEqual([ends.length, bench.gauge('notifiers')], [1, 0]);
    await bench.agent.close();
  });

  for (const status of [481, 408])
    it(`is over when its subscriber answers ${String(status)}`, async () => {
      const { bench, notifier } = accepted();
      const ends = endsOf(notifier);
      const report = notifier.notify({});
      await bench.clock.advance(0);
      bench.answer('NOTIFY', status);
      assert.equal((await report).status, status);
      assert.deepEqual([ends, bench.gauge('notifiers')], [[{ by: 'error' }], 0]);
      await assert.rejects(notifier.notify({}), TransportFailed);
    });

  it('is over when its subscriber does not answer', async () => {
    const { bench, notifier } = accepted();
    const gone = assert.rejects(notifier.notify({ timeoutMs: 5_000 }), TransactionTimeout);
    await bench.clock.advance(5_000);
    await gone;
    assert.deepEqual([notifier.ended, bench.gauge('notifiers')], [true, 0]);
  });

  it('holds a bounded number of reports that wait', async () => {
    const { bench, notifier } = accepted();
    const reports = Array.from({ length: 257 }, () => notifier.notify({}).catch(() => 'refused'));
    assert.equal(await reports[256], 'refused');
    await bench.agent.close();
    await Promise.all(reports);
    assert.equal(bench.gauge('notifiers'), 0);
  });

  it('refuses a SUBSCRIBE of an unknown subscription by 481, and one too many by 503', () => {
    const { bench } = accepted({}, { limits: { maxNotifiers: 1 } });
    bench.receive({
      ...again(bench, 9, 600),
      to: '<sip:34020000002000000001@3402000000>;tag=unknown',
    });
    assert.deepEqual([bench.wire.last().what, bench.taken.length], ['481', 1]);
    bench.receive({ ...SUBSCRIBE, callId: 's2', via: 'SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKother' });
    assert.equal(bench.agent.acceptSubscription(bench.incoming, { maxExpiresS: 60 }), undefined);
    assert.deepEqual([bench.wire.last().what, bench.refused('subscription-limit')], ['503', 1]);
  });

  it('refuses a SUBSCRIBE that is older than one before', () => {
    const { bench } = accepted();
    bench.receive(again(bench, 9, 600));
    bench.receive(again(bench, 8, 600));
    assert.equal(bench.wire.last().what, '500');
  });

  it('ends with its connection', () => {
    const bench = new UserAgentBench().take('SUBSCRIBE');
    const flow = aFlow({ transport: 'tcp' });
    bench.receive(SUBSCRIBE, flow);
    const notifier = bench.agent.acceptSubscription(bench.incoming, { maxExpiresS: 60 });
    assert.ok(notifier);
    const ends = endsOf(notifier);
    bench.closeFlow(flow);
    assert.deepEqual([ends, bench.gauge('notifiers')], [[{ by: 'error' }], 0]);
  });
});
