import assert from 'node:assert/strict';
import { UserAgentBench } from '../a-user-agent.ts';
import { aFlow, asRequest, asResponse, type RequestText } from '../../../support/sip/messages.ts';

const DEVICE_INVITE: RequestText = {
  method: 'INVITE',
  callId: 'dev-1',
  cSeq: '5 INVITE',
  via: 'SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bKinv',
  headers: [
    'Contact: <sip:34020000001320000001@192.168.1.64:5060>',
    'Record-Route: <sip:a.example;lr>, <sip:b.example;lr>',
  ],
};

/** The ACK of a 2xx: a branch of its own, our tag. */
function ackOf(bench: UserAgentBench): RequestText {
  const tag = asResponse(bench.wire.last('200').bytes).to?.params.get('tag') ?? '';
  const to = `<sip:34020000002000000001@3402000000>;tag=${tag}`;
  return {
    method: 'ACK',
    callId: 'dev-1',
    cSeq: '5 ACK',
    to,
    via: 'SIP/2.0/UDP 192.168.1.64;branch=z9hG4bKack',
  };
}

function invited(
  over: RequestText = {},
  options: ConstructorParameters<typeof UserAgentBench>[0] = {},
): UserAgentBench {
  const bench = new UserAgentBench(options).take('INVITE');
  bench.receive({ ...DEVICE_INVITE, ...over });
  return bench;
}

describe('IncomingInvite (RFC 3261 §13.3)', () => {
  it('is answered by 100 until its handler says more', () => {
    const bench = invited();
    assert.deepEqual([bench.wire.whats, bench.taken.length], [['100'], 1]);
    bench.incoming.reply(180);
    assert.deepEqual(bench.wire.whats, ['100', '180']);
  });

  it('makes a dialog by a 2xx that carries tag, Contact and the route (§12.1.1)', () => {
    const bench = invited();
    bench.incoming.reply(180);
    bench.incoming.reply(200, {
      body: Buffer.from('v=0'),
      headers: [{ name: 'Content-Type', value: 'application/sdp' }],
    });
    const [ringing, ok] = [bench.wire.last('180'), bench.wire.last('200')].map(({ bytes }) =>
      asResponse(bytes),
    );
    assert.ok(ringing && ok);
    assert.ok(ok.to?.params.get('tag') !== undefined);
    assert.equal(ok.to.params.get('tag'), ringing.to?.params.get('tag'), '§8.2.6.2: one tag for all answers');
    assert.equal(ok.contacts[0]?.uri.text, 'sip:34020000002000000001@192.0.2.1:5060');
    assert.deepEqual(ok.headerValues('Record-Route'), ['<sip:a.example;lr>', '<sip:b.example;lr>']);
    assert.deepEqual([bench.incoming.dialog?.localTag, bench.gauge('dialogs')], [ok.to.params.get('tag'), 1]);
  });

  it('tells once that its 2xx was acknowledged, at once to whoever asks later, and never without an ACK', () => {
    const bench = invited();
    bench.incoming.reply(200);
    const told: string[] = [];
    bench.incoming.dialog?.onAcknowledged(() => told.push('first'));
    assert.equal(told.length, 0);
    bench.receive(ackOf(bench));
    bench.receive(ackOf(bench));
    bench.incoming.dialog?.onAcknowledged(() => told.push('later'));
    assert.deepEqual(told, ['first', 'later']);

    const hungUp = invited();
    hungUp.incoming.reply(200);
    hungUp.incoming.dialog?.onAcknowledged(() => told.push('ended'));
    void hungUp.incoming.dialog?.bye();
    assert.deepEqual(told, ['first', 'later']);
  });

  it('goes on when somebody who hears of the ACK fails', () => {
    const bench = invited();
    bench.incoming.reply(200);
    bench.incoming.dialog?.onAcknowledged(() => {
      throw new Error('a fault of the listener');
    });
    bench.receive(ackOf(bench));
    assert.equal(bench.gauge('dialogs'), 1);
  });

  it('keeps a Contact that its handler gives', () => {
    for (const name of ['Contact', 'm']) {
      const bench = invited();
      bench.incoming.reply(200, { headers: [{ name, value: '<sip:me@203.0.113.5>' }] });
      assert.deepEqual(
        asResponse(bench.wire.last('200').bytes).contacts.map(({ uri }) => uri.text),
        ['sip:me@203.0.113.5'],
      );
    }
  });

  for (const transport of ['udp', 'tcp'] as const) {
    it(`repeats its 2xx over ${transport} at 500, 1500, 3500, 7500 ms, then every 4 s, until the ACK (§13.3.1.4)`, async () => {
      const bench = new UserAgentBench().take('INVITE');
      const flow = aFlow({ transport });
      bench.receive(DEVICE_INVITE, flow);
      bench.incoming.reply(200);
      await bench.clock.advance(12_000);
      assert.deepEqual(bench.wire.timesOf('200'), [0, 500, 1_500, 3_500, 7_500, 11_500]);
      bench.receive(ackOf(bench), flow);
      bench.receive(ackOf(bench), flow);
      await bench.clock.advance(60_000);
      assert.deepEqual([bench.wire.count('200'), bench.clock.pending, bench.gauge('dialogs')], [6, 0, 1]);
    });
  }

  it('ends the dialog by BYE when no ACK comes in 32 s', async () => {
    const bench = invited();
    bench.incoming.reply(200);
    const ends: string[] = [];
    bench.incoming.dialog?.onEnded((by) => ends.push(by));
    await bench.clock.advance(32_000);
    const bye = asRequest(bench.wire.last('BYE').bytes);
    assert.equal(bye.requestUri, 'sip:34020000001320000001@192.168.1.64:5060');
    assert.deepEqual(bye.headerValues('Route'), ['<sip:a.example;lr>', '<sip:b.example;lr>']);
    assert.deepEqual([ends, bench.gauge('dialogs')], [['local'], 0]);
    bench.answer('BYE', 200);
    await bench.clock.advance(32_000);
    assert.equal(bench.clock.pending, 0);
  });

  it('stops repeating its 2xx at the BYE of a peer that never said ACK', async () => {
    const bench = invited();
    bench.incoming.reply(200);
    bench.receive({
      ...ackOf(bench),
      method: 'BYE',
      cSeq: '6 BYE',
      via: 'SIP/2.0/UDP 192.168.1.64;branch=z9hG4bKbye',
    });
    await bench.clock.advance(60_000);
    assert.deepEqual([bench.wire.count('200'), bench.clock.pending, bench.gauge('dialogs')], [2, 0, 0]);
  });

  it('is over by 487 when it is cancelled, and a later answer of its handler is ignored and counted', async () => {
    const bench = invited();
    bench.receive({ ...DEVICE_INVITE, method: 'CANCEL', cSeq: '5 CANCEL', headers: [] });
    assert.deepEqual(bench.wire.whats, ['100', '200', '487']);
    const [cancelled, terminated] = [bench.wire.last('200'), bench.wire.last('487')].map(({ bytes }) =>
      asResponse(bytes),
    );
    assert.equal(cancelled?.to?.params.get('tag'), terminated?.to?.params.get('tag'), '§9.2');
    bench.incoming.reply(200);
    assert.deepEqual([bench.incoming.dialog, bench.refused('reply-ignored')], [undefined, 1]);
    bench.receive({ ...DEVICE_INVITE, method: 'ACK', cSeq: '5 ACK', headers: [] });
    await bench.clock.advance(60_000);
    assert.deepEqual([bench.clock.pending, bench.gauge('dialogs'), bench.wire.count('487')], [0, 0, 1]);
  });

  it('goes on when it is cancelled after its 200', () => {
    const bench = invited();
    bench.incoming.reply(200);
    bench.receive({ ...DEVICE_INVITE, method: 'CANCEL', cSeq: '5 CANCEL', headers: [] });
    assert.deepEqual([bench.wire.count('487'), bench.incoming.dialog?.ended], [0, false]);
  });

  it('is answered by 408 when its handler says nothing for three minutes', async () => {
    const bench = invited();
    await bench.clock.advance(179_999);
    assert.equal(bench.wire.last().what, '100');
    await bench.clock.advance(1);
    assert.equal(bench.wire.last().what, '408');
    await bench.clock.advance(32_000);
    assert.deepEqual([bench.clock.pending, bench.gauge('transactions')], [0, 0]);
  });

  it('is forgotten with its connection', () => {
    const bench = new UserAgentBench().take('INVITE');
    const flow = aFlow({ transport: 'tcp' });
    bench.receive(DEVICE_INVITE, flow);
    bench.closeFlow(flow);
    bench.incoming.reply(200);
    assert.deepEqual([bench.incoming.dialog, bench.clock.pending, bench.gauge('dialogs')], [undefined, 0, 0]);
  });

  it('is refused by 503 where there are too many dialogs, counted', () => {
    const bench = invited({}, { limits: { maxDialogs: 0 } });
    bench.incoming.reply(200);
    assert.deepEqual([bench.wire.last().what, bench.refused('dialog-limit')], ['503', 1]);
    assert.equal(bench.incoming.dialog, undefined);
  });

  it('makes no dialog when its handler refuses', () => {
    for (const status of [302, 486, 603]) {
      const bench = invited();
      bench.incoming.reply(status);
      assert.deepEqual([bench.wire.last().what, bench.gauge('dialogs')], [String(status), 0]);
    }
  });

  it('understands the ACK of a device that leaves out the tags', async () => {
    const bench = invited({ from: '<sip:34020000001180000001@3402000000>' });
    bench.incoming.reply(200);
    bench.receive({ ...ackOf(bench), from: '<sip:34020000001180000001@3402000000>', to: '<sip:x@y>' });
    await bench.clock.advance(60_000);
    assert.deepEqual([bench.wire.count('200'), bench.gauge('dialogs')], [1, 1]);
  });

  it('counts an ACK of no dialog', () => {
    const bench = invited();
    bench.incoming.reply(200);
    bench.receive({ ...ackOf(bench), callId: 'other' });
    assert.equal(bench.refused('unmatched-ack'), 1);
  });
});
