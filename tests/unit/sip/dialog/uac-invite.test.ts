import assert from 'node:assert/strict';
import {
  type AnsweredInvite,
  InviteCancelled,
  RejectedResponse,
  TransactionTimeout,
  TransportFailed,
} from '../../../../bff/src/sip/index.ts';
import { toDevice, UserAgentBench } from '../a-user-agent.ts';
import { aFlow, asRequest, requestText } from '../../../support/sip/messages.ts';

const CONTACT = 'Contact: <sip:34020000001320000001@192.168.1.64:5060>';

/** Nothing is held and nothing is pending: what must be so whatever happened. */
function assertNothingLeft(bench: UserAgentBench): void {
  assert.deepEqual(
    {
      transactions: bench.gauge('transactions'),
      lingering: bench.gauge('transactions_lingering'),
      dialogs: bench.gauge('dialogs'),
      timers: bench.clock.pending,
    },
    { transactions: 0, lingering: 0, dialogs: 0, timers: 0 },
  );
}

describe('UacInvite (RFC 3261 §13.2)', () => {
  it('asks with a fresh Call-ID, From tag and branch, a Contact of our own and no To tag', () => {
    const bench = new UserAgentBench();
    const attempt = bench.agent.invite(
      toDevice('INVITE', { body: Buffer.from('v=0\r\n'), contentType: 'application/sdp' }),
    );
    const invite = asRequest(bench.wire.last().bytes);
    assert.equal(invite.callId, attempt.callId);
    assert.match(attempt.callId, /^[0-9a-f]{32}@192\.0\.2\.1$/);
    assert.match(invite.topVia?.branch ?? '', /^z9hG4bK[0-9a-f]{24}$/);
    assert.equal(invite.topVia?.rport, true);
    assert.deepEqual([invite.topVia.host, invite.topVia.port], ['192.0.2.1', 5060]);
    assert.match(invite.from?.params.get('tag') ?? '', /^[0-9a-f]{16}$/);
    assert.equal(invite.to?.params.get('tag'), undefined);
    assert.equal(invite.contacts[0]?.uri.text, 'sip:34020000002000000001@192.0.2.1:5060');
    assert.deepEqual(invite.cSeq, { sequence: 1, method: 'INVITE' });
    assert.equal(invite.maxForwards, 70);
    assert.equal(invite.contentType, 'application/sdp');
    assert.equal(invite.contentLength, 5);
  });

  it('names its transport in Via and Contact over TCP', () => {
    const bench = new UserAgentBench();
    bench.agent.invite(toDevice('INVITE', { flow: aFlow({ transport: 'tcp' }) }));
    const invite = asRequest(bench.wire.last().bytes);
    assert.equal(invite.topVia?.transport, 'TCP');
    assert.match(invite.contacts[0]?.uri.text ?? '', /;transport=tcp$/);
  });

  it('resolves with the dialog of a 2xx, which is acknowledged when its user says so', async () => {
    const bench = new UserAgentBench();
    const attempt = bench.agent.invite(toDevice('INVITE'));
    bench.answer('INVITE', 100, { toTag: '' });
    bench.answer('INVITE', 200, { headers: [CONTACT] });
    const { dialog, response, acknowledge } = await attempt.answered;
    assert.deepEqual([response.status, dialog.callId, dialog.remoteTag], [200, attempt.callId, 'd1']);
    assert.equal(bench.wire.count('ACK'), 0);
    acknowledge();
    acknowledge();
    const ack = asRequest(bench.wire.last('ACK').bytes);
    const invite = asRequest(bench.wire.last('INVITE').bytes);
    assert.equal(bench.wire.count('ACK'), 1);
    assert.equal(ack.requestUri, 'sip:34020000001320000001@192.168.1.64:5060');
    assert.deepEqual(ack.cSeq, { sequence: 1, method: 'ACK' });
    assert.notEqual(ack.topVia?.branch, invite.topVia?.branch, '§13.2.2.4: a transaction of its own');
    assert.deepEqual([ack.to?.params.get('tag'), ack.from?.params.get('tag')], ['d1', dialog.localTag]);
    assert.equal(bench.gauge('dialogs'), 1);
  });

  it('acknowledges each repeated 2xx by the same ACK (§13.2.2.4)', async () => {
    const bench = new UserAgentBench();
    const attempt = bench.agent.invite(toDevice('INVITE'));
    bench.answer('INVITE', 200, { headers: [CONTACT] });
    const { acknowledge } = await attempt.answered;
    bench.answer('INVITE', 200, { headers: [CONTACT] });
    assert.equal(bench.wire.count('ACK'), 0, 'nobody has acknowledged it yet');
    acknowledge();
    bench.answer('INVITE', 200, { headers: [CONTACT] });
    bench.answer('INVITE', 200, { headers: [CONTACT] });
    const acks = bench.wire.sent
      .filter(({ what }) => what === 'ACK')
      .map(({ bytes }) => Buffer.from(bytes).toString());
    assert.deepEqual([acks.length, new Set(acks).size], [3, 1]);
    assert.equal(bench.gauge('dialogs'), 1);
  });

  it('rejects with the status and reason of a refusal, which its transaction acknowledges', async () => {
    const bench = new UserAgentBench();
    const attempt = bench.agent.invite(toDevice('INVITE'));
    bench.answer('INVITE', 486);
    await assert.rejects(
      attempt.answered,
      (error) => error instanceof RejectedResponse && error.status === 486,
    );
    const [invite, ack] = [bench.wire.last('INVITE'), bench.wire.last('ACK')].map(({ bytes }) =>
      asRequest(bytes),
    );
    assert.equal(ack?.topVia?.branch, invite?.topVia?.branch, '§17.1.1.3: the branch of the INVITE');
    assert.equal(ack?.requestUri, invite?.requestUri);
    assert.equal(ack?.to?.params.get('tag'), 'd1');
    await bench.clock.advance(32_000);
    assertNothingLeft(bench);
  });

  it('rejects when nobody answers in 32 s (Timer B)', async () => {
    const bench = new UserAgentBench();
    const attempt = bench.agent.invite(toDevice('INVITE'));
    await bench.clock.advance(32_000);
    await assert.rejects(attempt.answered, TransactionTimeout);
    assertNothingLeft(bench);
  });

  it('rejects when the connection goes away', async () => {
    const bench = new UserAgentBench();
    const flow = aFlow({ transport: 'tcp' });
    const attempt = bench.agent.invite(toDevice('INVITE', { flow }));
    bench.closeFlow(flow);
    await assert.rejects(attempt.answered, TransportFailed);
    assertNothingLeft(bench);
  });

  it('rejects what cannot be written, and sends nothing', async () => {
    const bench = new UserAgentBench();
    const attempt = bench.agent.invite(toDevice('INVITE', { requestUri: 'sip:a\r\nX: y@b' }));
    await assert.rejects(attempt.answered, TransportFailed);
    assert.equal(bench.wire.sent.length, 0);
    assertNothingLeft(bench);
  });

  it('gives up a phone that rings for three minutes: CANCEL (as Timer C, §16.6)', async () => {
    const bench = new UserAgentBench();
    const attempt = bench.agent.invite(toDevice('INVITE'));
    bench.answer('INVITE', 180);
    await bench.clock.advance(180_000);
    await assert.rejects(attempt.answered, TransactionTimeout);
    assert.equal(bench.wire.last().what, 'CANCEL');
    bench.answer('CANCEL', 200);
    bench.answer('INVITE', 487);
    await bench.clock.advance(32_000);
    assertNothingLeft(bench);
  });
});

describe('UacInvite: CANCEL (RFC 3261 §9.1)', () => {
  it('rejects at once, but sends CANCEL only after a provisional answer', async () => {
    const bench = new UserAgentBench();
    const attempt = bench.agent.invite(toDevice('INVITE'));
    attempt.cancel();
    attempt.cancel();
    await assert.rejects(attempt.answered, InviteCancelled);
    assert.equal(bench.wire.count('CANCEL'), 0);
    bench.answer('INVITE', 100, { toTag: '' });
    bench.answer('INVITE', 180);
    assert.equal(bench.wire.count('CANCEL'), 1);
    const [invite, cancel] = [bench.wire.last('INVITE'), bench.wire.last('CANCEL')].map(({ bytes }) =>
      asRequest(bytes),
    );
    assert.ok(invite && cancel);
    for (const name of ['Via', 'From', 'To', 'Call-ID'])
      assert.equal(cancel.header(name), invite.header(name), name);
    assert.equal(cancel.requestUri, invite.requestUri);
    assert.deepEqual(cancel.cSeq, { sequence: 1, method: 'CANCEL' });
    bench.answer('CANCEL', 200);
    bench.answer('INVITE', 487);
    assert.equal(bench.wire.last().what, 'ACK');
    await bench.clock.advance(32_000);
    assertNothingLeft(bench);
  });

  it('acknowledges and ends by BYE a 200 that crosses the CANCEL', async () => {
    const bench = new UserAgentBench();
    const attempt = bench.agent.invite(toDevice('INVITE'));
    bench.answer('INVITE', 100, { toTag: '' });
    attempt.cancel();
    bench.answer('INVITE', 200, { headers: [CONTACT] });
    assert.deepEqual(bench.wire.whats, ['INVITE', 'CANCEL', 'ACK', 'BYE']);
    const bye = asRequest(bench.wire.last('BYE').bytes);
    assert.equal(bye.requestUri, 'sip:34020000001320000001@192.168.1.64:5060');
    assert.deepEqual([bye.cSeq?.sequence, bye.to?.params.get('tag')], [2, 'd1']);
    bench.answer('INVITE', 200, { headers: [CONTACT] });
    assert.deepEqual(bench.wire.whats.slice(4), ['ACK'], 'a repeated 200 gets its ACK and no second BYE');
    bench.answer('BYE', 200);
    bench.answer('CANCEL', 481);
    await assert.rejects(attempt.answered, InviteCancelled);
    await bench.clock.advance(32_000);
    assertNothingLeft(bench);
  });

  it('does the same with a 200 that comes without any provisional answer', async () => {
    const bench = new UserAgentBench();
    const attempt = bench.agent.invite(toDevice('INVITE'));
    attempt.cancel();
    bench.answer('INVITE', 200);
    assert.deepEqual(bench.wire.whats, ['INVITE', 'ACK', 'BYE']);
    bench.answer('BYE', 481);
    await bench.clock.advance(32_000);
    assertNothingLeft(bench);
  });

  it('does the same with a 200 that comes after the limit of the caller', async () => {
    const bench = new UserAgentBench();
    const attempt = bench.agent.invite(toDevice('INVITE', { timeoutMs: 10_000 }));
    bench.answer('INVITE', 100, { toTag: '' });
    await bench.clock.advance(10_000);
    await assert.rejects(attempt.answered, TransactionTimeout);
    assert.equal(bench.wire.count('CANCEL'), 1);
    await bench.clock.advance(2_000);
    bench.answer('INVITE', 200);
    assert.deepEqual([bench.wire.count('ACK'), bench.wire.count('BYE')], [1, 1]);
    await bench.clock.advance(64_000);
    assertNothingLeft(bench);
  });

  it('forgets the INVITE 32 s after a CANCEL to which nobody says anything', async () => {
    const bench = new UserAgentBench();
    const attempt = bench.agent.invite(toDevice('INVITE'));
    bench.answer('INVITE', 180);
    attempt.cancel();
    await bench.clock.advance(32_000);
    assertNothingLeft(bench);
    bench.answer('INVITE', 200);
    assert.equal(bench.refused('unmatched-response'), 1);
  });

  it('changes nothing once it is answered', async () => {
    const bench = new UserAgentBench();
    const attempt = bench.agent.invite(toDevice('INVITE'));
    bench.answer('INVITE', 200);
    attempt.cancel();
    assert.ok((await attempt.answered).dialog);
    assert.equal(bench.wire.count('CANCEL'), 0);
  });
});

describe('UacInvite: forks and limits', () => {
  it('acknowledges and ends a second branch that answers too (§13.2.2.4)', async () => {
    const bench = new UserAgentBench();
    const attempt = bench.agent.invite(toDevice('INVITE'));
    bench.answer('INVITE', 200, { toTag: 'first' });
    const { dialog, acknowledge } = await attempt.answered;
    acknowledge();
    bench.answer('INVITE', 200, { toTag: 'second' });
    assert.deepEqual(bench.wire.whats, ['INVITE', 'ACK', 'ACK', 'BYE']);
    assert.equal(asRequest(bench.wire.last('BYE').bytes).to?.params.get('tag'), 'second');
    assert.deepEqual([dialog.ended, bench.gauge('dialogs')], [false, 1]);
  });

  it('hears no more than eight branches', () => {
    const bench = new UserAgentBench();
    bench.agent.invite(toDevice('INVITE'));
    for (let i = 0; i < 20; i += 1) bench.answer('INVITE', 200, { toTag: `t${String(i)}` });
    assert.equal(bench.wire.count('BYE'), 7);
  });

  it('holds so many dialogs and no more, those included that are being asked for', async () => {
    const bench = new UserAgentBench({ limits: { maxDialogs: 1 } });
    const first = bench.agent.invite(toDevice('INVITE'));
    const second = bench.agent.invite(toDevice('INVITE'));
    await assert.rejects(second.answered, TransportFailed);
    assert.equal(bench.refused('dialog-limit'), 1);
    bench.answer('INVITE', 486);
    await assert.rejects(first.answered, RejectedResponse);
    const third = bench.agent.invite(toDevice('INVITE'));
    bench.answer('INVITE', 200);
    const answered: AnsweredInvite = await third.answered;
    await assert.rejects(bench.agent.invite(toDevice('INVITE')).answered, TransportFailed);
    void answered.dialog.bye();
    bench.agent.invite(toDevice('INVITE'));
    assert.equal(bench.refused('dialog-limit'), 2);
  });

  it('rejects when there are too many transactions', async () => {
    const bench = new UserAgentBench({ limits: { maxClientTransactions: 0 } });
    await assert.rejects(bench.agent.invite(toDevice('INVITE')).answered, TransportFailed);
    assertNothingLeft(bench);
  });

  it('takes a 200 without To tag, as devices of RFC 2543 times send it, and its BYE', async () => {
    const bench = new UserAgentBench();
    const attempt = bench.agent.invite(toDevice('INVITE'));
    bench.answer('INVITE', 200, { toTag: '' });
    const { dialog, acknowledge } = await attempt.answered;
    acknowledge();
    assert.equal(dialog.remoteTag, '');
    bench.answer('INVITE', 200, { toTag: '' });
    assert.equal(bench.wire.count('ACK'), 2);
    const invite = asRequest(bench.wire.last('INVITE').bytes);
    bench.receiveText(
      requestText({
        method: 'BYE',
        callId: attempt.callId,
        from: invite.header('To') ?? '',
        to: invite.header('From') ?? '',
      }),
    );
    assert.deepEqual([bench.wire.last().what, dialog.ended], ['200', true]);
  });
});
