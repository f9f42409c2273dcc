import assert from 'node:assert/strict';
import { TransactionTimeout, TransportFailed } from '../../../../bff/src/sip/index.ts';
import { toDevice, UserAgentBench } from '../a-user-agent.ts';
import { aFlow, asRequest } from '../../../support/sip/messages.ts';

describe('Caller: requests outside of dialogs', () => {
  it('carry what every request must have (RFC 3261 §8.1.1)', () => {
    const bench = new UserAgentBench();
    void bench.agent.request(
      toDevice('MESSAGE', { body: Buffer.from('<Query/>'), contentType: 'Application/MANSCDP+xml' }),
    );
    const message = asRequest(bench.wire.last().bytes);
    assert.equal(
      message.header('From'),
      `<sip:34020000002000000001@3402000000>;tag=${message.from?.params.get('tag') ?? '?'}`,
    );
    assert.equal(message.header('To'), '<sip:34020000001320000001@3402000000>');
    assert.deepEqual([message.maxForwards, message.cSeq], [70, { sequence: 1, method: 'MESSAGE' }]);
    assert.equal(message.header('User-Agent'), 'Yimu');
    assert.equal(message.header('Contact'), undefined);
    assert.equal(Buffer.from(message.body).toString(), '<Query/>');
  });

  it('differ in Call-ID, branch and tag', () => {
    const bench = new UserAgentBench();
    for (let i = 0; i < 3; i += 1) void bench.agent.request(toDevice('MESSAGE'));
    const sent = bench.wire.sent.map(({ bytes }) => asRequest(bytes));
    for (const of of [
      sent.map(({ callId }) => callId),
      sent.map(({ topVia }) => topVia?.branch),
      sent.map(({ from }) => from?.params.get('tag')),
    ])
      assert.equal(new Set(of).size, 3);
  });

  it('carry the headers of the caller, but none of those that belong to the layer', () => {
    const bench = new UserAgentBench();
    const headers = [
      { name: 'Subject', value: 'x' },
      { name: 'Max-Forwards', value: '5' },
      { name: 'Via', value: 'SIP/2.0/UDP evil' },
      { name: 'i', value: 'evil' },
      { name: 'Content-Length', value: '999' },
    ];
    void bench.agent.request(toDevice('MESSAGE', { headers }));
    const message = asRequest(bench.wire.last().bytes);
    assert.deepEqual([message.header('Subject'), message.maxForwards, message.vias.length], ['x', 5, 1]);
    assert.ok(!Buffer.from(bench.wire.last().bytes).includes('evil'));
    assert.equal(message.contentLength, 0);
  });

  it('resolve with the final response, whatever its status; provisional ones are waited out', async () => {
    const bench = new UserAgentBench();
    const answered = bench.agent.request(toDevice('MESSAGE'));
    bench.answer('MESSAGE', 100);
    bench.answer('MESSAGE', 403);
    assert.equal((await answered).status, 403);
  });

  it('reject at the limit of the caller, and a later answer is nobody’s', async () => {
    const bench = new UserAgentBench();
    const answered = assert.rejects(
      bench.agent.request(toDevice('MESSAGE', { timeoutMs: 5_000 })),
      (error) => error instanceof TransactionTimeout && error.method === 'MESSAGE',
    );
    await bench.clock.advance(5_000);
    await answered;
    assert.deepEqual([bench.clock.pending, bench.gauge('transactions')], [0, 0]);
    bench.answer('MESSAGE', 200);
    assert.equal(bench.refused('unmatched-response'), 1);
  });

  it('leave no timer of the caller’s limit when they are answered, time out or fail', async () => {
    const bench = new UserAgentBench();
    const flow = aFlow({ transport: 'tcp' });
    const answered = bench.agent.request(toDevice('MESSAGE', { timeoutMs: 60_000, flow }));
    bench.answer('MESSAGE', 200);
    await answered;
    assert.equal(bench.clock.pending, 0);
    const failed = assert.rejects(
      bench.agent.request(toDevice('MESSAGE', { timeoutMs: 60_000, flow })),
      TransportFailed,
    );
    bench.closeFlow(flow);
    await failed;
    assert.equal(bench.clock.pending, 0);
    const late = assert.rejects(
      bench.agent.request(toDevice('MESSAGE', { timeoutMs: 60_000 })),
      TransactionTimeout,
    );
    await bench.clock.advance(32_000);
    await late;
    assert.equal(bench.clock.pending, 0);
  });

  it('reject with the cause when the transport fails at once', async () => {
    const bench = new UserAgentBench();
    bench.wire.fault = new Error('no route');
    await assert.rejects(
      bench.agent.request(toDevice('MESSAGE', { timeoutMs: 5_000 })),
      (error) => error instanceof TransportFailed && (error.cause as Error).message === 'no route',
    );
    assert.equal(bench.clock.pending, 0);
  });

  it('reject what cannot be written, and what is too many', async () => {
    const bench = new UserAgentBench({ limits: { maxClientTransactions: 0 } });
    for (const over of [{ to: 'sip:a@b>\r\nX: y' }, { headers: [{ name: 'X', value: 'a\r\nb' }] }, {}])
      await assert.rejects(bench.agent.request(toDevice('MESSAGE', over)), TransportFailed);
    assert.deepEqual([bench.wire.sent.length, bench.clock.pending], [0, 0]);
  });

  it('write an IPv6 address in brackets', () => {
    const bench = new UserAgentBench({ advertisedHost: '2001:db8::1' });
    bench.agent.invite(toDevice('INVITE'));
    const invite = asRequest(bench.wire.last().bytes);
    assert.match(invite.header('Via') ?? '', / \[2001:db8::1\]:5060;/);
    assert.equal(invite.contacts[0]?.uri.host, '2001:db8::1');
  });
});
