import assert from 'node:assert/strict';
import {
  type Dialog,
  type Flow,
  TransactionTimeout,
  TransportFailed,
} from '../../../../bff/src/sip/index.ts';
import { toDevice, UserAgentBench } from '../a-user-agent.ts';
import { aFlow, asRequest, type RequestText } from '../../../support/sip/messages.ts';

/** A dialog that a device has accepted, and the device's end of it. */
class DialogBench extends UserAgentBench {
  readonly ends: string[] = [];
  readonly #flow: Flow;
  #dialog: Dialog | undefined;

  constructor(flow: Flow = aFlow()) {
    super();
    this.#flow = flow;
  }

  static async established(
    over: { readonly flow?: Flow; readonly headers?: readonly string[] } = {},
  ): Promise<DialogBench> {
    const bench = new DialogBench(over.flow);
    const attempt = bench.agent.invite(toDevice('INVITE', { flow: bench.#flow }));
    bench.answer('INVITE', 200, { headers: over.headers ?? ['Contact: <sip:cam@192.168.1.64>'] });
    const { dialog, acknowledge } = await attempt.answered;
    acknowledge();
    dialog.onEnded((by) => bench.ends.push(by));
    bench.#dialog = dialog;
    return bench;
  }

  get dialog(): Dialog {
    assert.ok(this.#dialog);
    return this.#dialog;
  }

  /** A request of the device within the dialog. */
  say(method: string, over: RequestText & { readonly sequence?: number } = {}, flow = this.#flow): void {
    const { callId, localTag, remoteTag } = this.dialog;
    const sequence = over.sequence ?? 100;
    this.receive(
      {
        method,
        callId,
        cSeq: `${String(sequence)} ${method}`,
        via: `SIP/2.0/UDP 192.168.1.64;branch=z9hG4bK${method}${String(sequence)}`,
        from: `<sip:34020000001320000001@3402000000>;tag=${remoteTag}`,
        to: `<sip:34020000002000000001@3402000000>;tag=${localTag}`,
        ...over,
      },
      flow,
    );
  }
}

describe('SipDialog: requests of ours (RFC 3261 §12.2.1)', () => {
  it('go to the remote target along the route, with both tags and rising sequence numbers', async () => {
    const bench = await DialogBench.established({
      headers: ['Contact: <sip:cam@192.168.1.64:5061>', 'Record-Route: <sip:p1;lr>, <sip:p2;lr>'],
    });
    const answered = bench.dialog.request('INFO', {
      body: Buffer.from('PAUSE'),
      contentType: 'Application/MANSRTSP',
    });
    const info = asRequest(bench.wire.last().bytes);
    assert.equal(info.requestUri, 'sip:cam@192.168.1.64:5061');
    assert.deepEqual(info.headerValues('Route'), ['<sip:p2;lr>', '<sip:p1;lr>']);
    assert.deepEqual(info.cSeq, { sequence: 2, method: 'INFO' });
    assert.deepEqual(
      [info.from?.params.get('tag'), info.to?.params.get('tag')],
      [bench.dialog.localTag, 'd1'],
    );
    assert.equal(info.callId, bench.dialog.callId);
    assert.equal(info.contentType, 'application/mansrtsp');
    bench.answer('INFO', 200);
    assert.equal((await answered).status, 200);
    void bench.dialog.request('INFO');
    assert.equal(asRequest(bench.wire.last().bytes).cSeq?.sequence, 3);
  });

  it('resolve with a refusal too, and the dialog goes on', async () => {
    const bench = await DialogBench.established();
    const answered = bench.dialog.request('INFO');
    bench.answer('INFO', 400);
    assert.equal((await answered).status, 400);
    assert.deepEqual([bench.dialog.ended, bench.ends], [false, []]);
  });

  for (const status of [481, 408]) {
    it(`end the dialog at ${String(status)} (§12.2.1.2)`, async () => {
      const bench = await DialogBench.established();
      const answered = bench.dialog.request('INFO');
      bench.answer('INFO', status);
      assert.equal((await answered).status, status);
      assert.deepEqual([bench.dialog.ended, bench.ends, bench.gauge('dialogs')], [true, ['error'], 0]);
      await assert.rejects(bench.dialog.request('INFO'), TransportFailed);
    });
  }

  it('end the dialog when nobody answers until Timer F, but not when the caller waits for less', async () => {
    const bench = await DialogBench.established();
    const impatient = assert.rejects(bench.dialog.request('INFO', { timeoutMs: 1_000 }), TransactionTimeout);
    await bench.clock.advance(1_000);
    await impatient;
    assert.equal(bench.dialog.ended, false);
    const patient = assert.rejects(bench.dialog.request('INFO'), TransactionTimeout);
    await bench.clock.advance(32_000);
    await patient;
    assert.deepEqual([bench.ends, bench.clock.pending], [['error'], 0]);
  });

  it('go to the called URI where the 2xx names no target that SIP can be sent to', async () => {
    for (const headers of [[], ['Contact: *'], ['Contact: <tel:+8610>']]) {
      const bench = await DialogBench.established({ headers });
      void bench.dialog.bye();
      assert.equal(
        asRequest(bench.wire.last('BYE').bytes).requestUri,
        'sip:34020000001320000001@198.51.100.7:31044',
      );
    }
  });

  it('are none of those that are more than a request and its answer', async () => {
    const bench = await DialogBench.established();
    for (const method of ['INVITE', 'ACK', 'CANCEL', 'BYE'])
      await assert.rejects(bench.dialog.request(method), RangeError);
  });
});

describe('SipDialog: the end (RFC 3261 §15)', () => {
  it('is local with our BYE, which repeats itself until it is answered (Q63)', async () => {
    const bench = await DialogBench.established();
    const over = bench.dialog.bye();
    assert.equal(bench.dialog.bye(), over, 'it is said once');
    assert.deepEqual([bench.ends, bench.dialog.ended, bench.gauge('dialogs')], [['local'], true, 0]);
    await bench.clock.advance(1_500);
    assert.equal(bench.wire.count('BYE'), 3);
    bench.answer('BYE', 200);
    await over;
    await bench.clock.advance(32_000);
    assert.deepEqual([bench.wire.count('BYE'), bench.clock.pending], [3, 0]);
  });

  it('is reached when nobody answers the BYE too: it never rejects', async () => {
    const bench = await DialogBench.established();
    const over = bench.dialog.bye();
    await bench.clock.advance(32_000);
    await over;
    assert.equal(bench.clock.pending, 0);
  });

  it('is remote with the BYE of the peer, which is answered by 200', async () => {
    const bench = await DialogBench.established();
    bench.say('BYE');
    assert.deepEqual([bench.wire.last().what, bench.ends, bench.gauge('dialogs')], ['200', ['remote'], 0]);
    await bench.dialog.bye();
    assert.equal(bench.wire.count('BYE'), 0, 'there is nothing to end any more');
    bench.say('BYE');
    assert.equal(bench.wire.last().what, '200', 'a repeated BYE hears the same answer');
    bench.say('BYE', { sequence: 101 });
    assert.equal(bench.wire.last().what, '481', 'a new one hears that there is no such dialog');
  });

  it('is reached once when two BYEs cross', async () => {
    const bench = await DialogBench.established();
    const over = bench.dialog.bye();
    bench.say('BYE');
    assert.equal(bench.wire.last().what, '481');
    bench.answer('BYE', 481);
    await over;
    await bench.clock.advance(32_000);
    assert.deepEqual([bench.ends, bench.clock.pending], [['local'], 0]);
  });

  it('is an error when the connection of the peer goes away', async () => {
    const flow = aFlow({ transport: 'tcp' });
    const bench = await DialogBench.established({ flow });
    bench.closeFlow(flow);
    assert.deepEqual([bench.ends, bench.gauge('dialogs')], [['error'], 0]);
    await bench.dialog.bye();
    assert.equal(bench.wire.count('BYE'), 0);
  });

  it('is told at once to who asks late', async () => {
    const bench = await DialogBench.established();
    bench.say('BYE');
    const late: string[] = [];
    bench.dialog.onEnded((by) => late.push(by));
    assert.deepEqual(late, ['remote']);
  });

  it('is told to all even when one of them throws', async () => {
    const bench = await DialogBench.established();
    bench.dialog.onEnded(() => {
      throw new Error('of a listener');
    });
    const heard: string[] = [];
    bench.dialog.onEnded((by) => heard.push(by));
    bench.say('BYE');
    assert.deepEqual([heard, bench.refused('handler-failed')], [['remote'], 1]);
  });
});

describe('SipDialog: requests of the peer (RFC 3261 §12.2.2)', () => {
  it('are answered by 500 when they are older than one seen before', async () => {
    const bench = await DialogBench.established();
    bench.dialog.onRequest((incoming) => {
      incoming.reply(200);
    });
    bench.say('INFO', { sequence: 5 });
    bench.say('INFO', { sequence: 9 });
    bench.say('INFO', { sequence: 7 });
    assert.deepEqual(bench.wire.whats.slice(-3), ['200', '200', '500']);
    bench.say('INFO', { sequence: 0xffff_ffff });
    assert.equal(bench.wire.last().what, '200');
  });

  it('show where the peer is now: our next request goes there', async () => {
    const bench = await DialogBench.established();
    const moved = aFlow({ remotePort: 40_000 });
    bench.dialog.onRequest((incoming) => {
      incoming.reply(200);
    });
    bench.say('INFO', {}, moved);
    void bench.dialog.bye();
    assert.equal(bench.wire.last('BYE').flow.remotePort, 40_000);
  });

  it('are not needed for our next one to go elsewhere, when somebody knows where the peer is now', async () => {
    const bench = await DialogBench.established();
    bench.dialog.moveTo(aFlow({ remotePort: 40_001 }));
    void bench.dialog.bye();
    bench.dialog.moveTo(aFlow({ remotePort: 40_002 }));
    assert.equal(bench.wire.last('BYE').flow.remotePort, 40_001);
  });

  it('move the dialog to a new connection, with which it then ends', async () => {
    const [first, second] = [1, 2].map((remotePort) => aFlow({ transport: 'tcp', remotePort }));
    assert.ok(first && second);
    const bench = await DialogBench.established({ flow: first });
    bench.take('MESSAGE');
    bench.say('MESSAGE', {}, second);
    bench.closeFlow(first);
    assert.equal(bench.dialog.ended, false);
    bench.closeFlow(second);
    assert.equal(bench.dialog.ended, true);
  });

  it('go to the handler of the dialog, else to that of their method, with the dialog', async () => {
    const bench = (await DialogBench.established()).take('MESSAGE');
    bench.say('MESSAGE');
    assert.equal(bench.incoming.dialog?.callId, bench.dialog.callId);
  });

  it('are answered by 420 when they require what is not known, but a BYE ends all the same', async () => {
    const bench = await DialogBench.established();
    bench.say('INFO', { headers: ['Require: 100rel'] });
    assert.equal(bench.wire.last().what, '420');
    bench.say('BYE', { sequence: 101, headers: ['Require: 100rel'] });
    assert.deepEqual([bench.wire.last().what, bench.ends], ['200', ['remote']]);
  });

  it('are answered by 500 when their handler throws', async () => {
    const bench = await DialogBench.established();
    bench.dialog.onRequest(() => {
      throw new Error('of a handler');
    });
    bench.say('INFO');
    assert.deepEqual([bench.wire.last().what, bench.refused('handler-failed')], ['500', 1]);
  });
});

describe('SipDialog: re-INVITE of the peer (RFC 3261 §14.2)', () => {
  it('is refused by 488 when nobody wants to hear of it, and the dialog goes on as it was', async () => {
    const bench = await DialogBench.established();
    bench.say('INVITE', { headers: ['Contact: <sip:elsewhere@203.0.113.9>'] });
    assert.equal(bench.wire.last().what, '488');
    bench.say('ACK', { via: 'SIP/2.0/UDP 192.168.1.64;branch=z9hG4bKINVITE100', cSeq: '100 ACK' });
    assert.equal(bench.dialog.ended, false);
    assert.equal(bench.dialog.remoteTarget?.uri.text, 'sip:cam@192.168.1.64');
    await bench.clock.advance(32_000);
    assert.deepEqual([bench.clock.pending, bench.wire.count('488')], [0, 1]);
  });

  it('is answered by a 200 with Contact that is repeated until its ACK, and refreshes the target', async () => {
    const bench = await DialogBench.established();
    bench.dialog.onRequest((incoming) => {
      incoming.reply(200);
    });
    bench.say('INVITE', { headers: ['Contact: <sip:cam@192.168.1.99>'] });
    await bench.clock.advance(1_500);
    assert.equal(bench.wire.count('200'), 3);
    assert.ok(bench.wire.last('200').message.contacts[0]);
    bench.say('ACK');
    await bench.clock.advance(60_000);
    assert.deepEqual([bench.wire.count('200'), bench.clock.pending], [3, 0]);
    void bench.dialog.bye();
    assert.equal(asRequest(bench.wire.last('BYE').bytes).requestUri, 'sip:cam@192.168.1.99');
    assert.equal(bench.gauge('dialogs'), 0);
  });

  it('can be cancelled while nobody has answered it', async () => {
    const bench = await DialogBench.established();
    const pending: unknown[] = [];
    bench.dialog.onRequest((incoming) => pending.push(incoming));
    bench.say('INVITE');
    bench.say('CANCEL', { via: 'SIP/2.0/UDP 192.168.1.64;branch=z9hG4bKINVITE100' });
    assert.deepEqual(bench.wire.whats.slice(-3), ['100', '200', '487']);
    assert.equal(bench.dialog.ended, false);
  });

  it('is answered by 487 when the peer ends the dialog meanwhile (§15.1.2)', async () => {
    const bench = await DialogBench.established();
    const pending: { reply(status: number): void }[] = [];
    bench.dialog.onRequest((incoming) => pending.push(incoming));
    bench.say('INVITE');
    bench.say('BYE', { sequence: 101 });
    assert.deepEqual(bench.wire.whats.slice(-3), ['100', '200', '487']);
    pending[0]?.reply(200);
    assert.equal(bench.wire.last().what, '487');
  });

  it('is answered by 487 when we end the dialog meanwhile', async () => {
    const bench = await DialogBench.established();
    const pending: { reply(status: number): void }[] = [];
    bench.dialog.onRequest((incoming) => pending.push(incoming));
    bench.say('INVITE');
    void bench.dialog.bye();
    pending[0]?.reply(200);
    assert.equal(bench.wire.last().what, '487');
  });
});
