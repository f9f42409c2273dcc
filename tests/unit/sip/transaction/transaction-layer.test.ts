import assert from 'node:assert/strict';
import { Instruments } from '../../../../bff/src/kernel/index.ts';
import type { Flow } from '../../../../bff/src/sip/index.ts';
import { replyBytes } from '../../../../bff/src/sip/message/reply-bytes.ts';
import { DEFAULT_LIMITS, type SipUserAgentLimits } from '../../../../bff/src/sip/options.ts';
import { SipMetrics } from '../../../../bff/src/sip/sip-metrics.ts';
import { TransactionLayer } from '../../../../bff/src/sip/transaction/transaction-layer.ts';
import type { ServerTransaction } from '../../../../bff/src/sip/transaction/transaction-user.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import {
  aFlow,
  aRequest,
  asMessage,
  type RequestText,
  requestText,
  responseText,
} from '../../../support/sip/messages.ts';
import { reading, refusals } from '../../../support/sip/readings.ts';
import { Wire } from '../sent.ts';

const PLATFORM_TO = '<sip:34020000002000000001@3402000000>';

class Bench {
  readonly clock = new FakeClock();
  readonly wire = new Wire(() => this.clock.monotonicMs());
  readonly instruments = new Instruments();
  /** What the user of the transactions heard. */
  readonly heard: string[] = [];
  /** Server transactions that were handed up. */
  readonly received: ServerTransaction[] = [];
  readonly layer: TransactionLayer;

  constructor(
    limits: Partial<SipUserAgentLimits> = {},
    onRequest?: (transaction: ServerTransaction) => void,
  ) {
    this.layer = new TransactionLayer({
      clock: this.clock,
      metrics: new SipMetrics(this.instruments),
      limits: { ...DEFAULT_LIMITS, ...limits },
      send: this.wire.send,
      user: {
        onRequest: (request, _flow, transaction) => {
          this.heard.push(request.method);
          this.received.push(transaction);
          onRequest?.(transaction);
        },
        onAck: () => this.heard.push('ack-of-2xx'),
        toTagOf: () => 'tag-of-invite',
        onCancelled: () => this.heard.push('cancelled'),
        onInviteLost: () => this.heard.push('invite-lost'),
      },
    });
  }

  receive(over: RequestText, flow: Flow = aFlow()): void {
    this.layer.onMessage(asMessage(requestText(over)), flow);
  }

  receiveText(text: string, flow: Flow = aFlow()): void {
    this.layer.onMessage(asMessage(text), flow);
  }

  /** Answers the newest request. */
  respond(status: number): boolean {
    const transaction = this.received.at(-1);
    assert.ok(transaction);
    const request = aRequest({ method: 'INVITE' });
    return transaction.respond(status, replyBytes({ request, flow: aFlow() }, status, 'p1', undefined));
  }

  /** Sends a request of ours; what its user hears is kept. */
  send(method: string, branch: string, flow: Flow = aFlow()): string[] {
    const heard: string[] = [];
    const user = {
      onResponse: ({ status }: { status: number }) => heard.push(String(status)),
      onTimedOut: () => heard.push('timed-out'),
      onTransportFailed: () => heard.push('transport-failed'),
    };
    const via = `SIP/2.0/UDP 192.0.2.1:5060;rport;branch=${branch}`;
    const text = requestText({ method, via, cSeq: `1 ${method}` });
    const request = { branch, flow, bytes: Buffer.from(text), user };
    const ackTo = (): Uint8Array => Buffer.from(requestText({ method: 'ACK', via, cSeq: '1 ACK' }));
    const started =
      method === 'INVITE'
        ? this.layer.invite({ ...request, ackTo })
        : this.layer.request({ ...request, method });
    if (started === undefined) heard.push('refused');
    return heard;
  }
}

describe('TransactionLayer: requests of peers', () => {
  it('hands a new request up and absorbs its repetitions', () => {
    const bench = new Bench();
    bench.receive({});
    bench.receive({});
    assert.deepEqual(bench.heard, ['MESSAGE']);
    assert.deepEqual([bench.layer.active, bench.layer.lingering], [1, 0]);
    bench.respond(200);
    assert.deepEqual([bench.layer.active, bench.layer.lingering], [0, 1]);
  });

  it('says 100 to an INVITE at once when nobody has answered it yet, and absorbs its repetitions', () => {
    const bench = new Bench();
    bench.receive({ method: 'INVITE' });
    bench.receive({ method: 'INVITE' });
    assert.deepEqual([bench.heard, bench.wire.whats], [['INVITE'], ['100', '100']]);
    assert.doesNotMatch(bench.wire.last().message.header('To') ?? '', /tag/);
  });

  it('says no 100 when the INVITE is answered at once', () => {
    for (const status of [180, 200, 486]) {
      const bench = new Bench({}, (transaction) => {
        const request = aRequest({ method: 'INVITE' });
        transaction.respond(status, replyBytes({ request, flow: aFlow() }, status, 'p1', undefined));
      });
      bench.receive({ method: 'INVITE' });
      assert.deepEqual(bench.wire.whats, [String(status)]);
    }
  });

  it('keeps the ACK of a refusal to itself, by the magic cookie or as RFC 2543 has it', async () => {
    for (const via of ['SIP/2.0/UDP 192.168.1.64:5060;branch=z9hG4bK5', 'SIP/2.0/UDP 192.168.1.64:5060']) {
      const bench = new Bench();
      bench.receive({ method: 'INVITE', via });
      bench.respond(486);
      bench.receive({ method: 'ACK', via, cSeq: '20 ACK', to: `${PLATFORM_TO};tag=p1` });
      assert.deepEqual(bench.heard, ['INVITE']);
      await bench.clock.advance(5_000);
      assert.deepEqual([bench.layer.lingering, bench.clock.pending, bench.wire.count('486')], [0, 0, 1]);
    }
  });

  it('hands the ACK of a 2xx up, whether its branch is new or that of the INVITE', () => {
    const bench = new Bench();
    bench.receive({ method: 'INVITE' });
    bench.respond(200);
    bench.receive({ method: 'ACK', cSeq: '20 ACK', via: 'SIP/2.0/UDP 192.168.1.64:5060;branch=z9hG4bKnew' });
    bench.receive({ method: 'ACK', cSeq: '20 ACK' });
    assert.deepEqual(bench.heard, ['INVITE', 'ack-of-2xx', 'ack-of-2xx']);
  });

  it('answers a CANCEL by 200 with the tag of its INVITE, and says so upstairs (§9.2)', () => {
    const bench = new Bench();
    bench.receive({ method: 'INVITE' });
    bench.receive({ method: 'CANCEL' });
    bench.receive({ method: 'CANCEL' });
    assert.deepEqual(bench.heard, ['INVITE', 'cancelled']);
    assert.deepEqual(bench.wire.whats, ['100', '200', '200']);
    assert.match(bench.wire.last('200').message.header('To') ?? '', /;tag=tag-of-invite$/);
  });

  it('answers a CANCEL that comes too late by 200, and nothing else happens', () => {
    const bench = new Bench();
    bench.receive({ method: 'INVITE' });
    bench.respond(200);
    bench.receive({ method: 'CANCEL' });
    assert.deepEqual([bench.heard, bench.wire.whats], [['INVITE'], ['100', '200', '200']]);
  });

  it('answers a CANCEL of no INVITE by 481', () => {
    const bench = new Bench();
    bench.receive({ method: 'CANCEL' });
    assert.deepEqual([bench.heard, bench.wire.whats], [[], ['481']]);
  });

  const INCOMPLETE: readonly (readonly [string, RegExp])[] = [
    ['Call-ID', /^Call-ID: .*\r\n/m],
    ['CSeq', /^CSeq: .*\r\n/m],
    ['From', /^From: .*\r\n/m],
    ['To', /^To: .*\r\n/m],
  ];
  for (const [name, line] of INCOMPLETE) {
    it(`answers a request without ${name} by 400, outside of any transaction, and counts it`, () => {
      const bench = new Bench();
      bench.receiveText(requestText().replace(line, ''));
      assert.deepEqual([bench.heard, bench.wire.whats, bench.layer.active], [[], ['400'], 0]);
      assert.equal(refusals(bench.instruments, 'incomplete-head'), 1);
      assert.equal(bench.wire.last().message.header(name), undefined);
    });
  }

  it('answers a CSeq that names another method by 400 (RFC 4475 §3.1.2.17), in any case of letters', () => {
    const bench = new Bench();
    bench.receive({ method: 'MESSAGE', cSeq: '20 INVITE' });
    assert.deepEqual(bench.wire.whats, ['400']);
    bench.receive({ method: 'MESSAGE', cSeq: '20 message' });
    assert.deepEqual(bench.heard, ['MESSAGE']);
  });

  it('answers nothing where there is no Via to answer to, and no ACK', () => {
    const bench = new Bench();
    bench.receiveText(requestText().replace(/^Via: .*\r\n/m, ''));
    bench.receiveText(requestText({ method: 'ACK', cSeq: '1 INVITE' }));
    assert.deepEqual([bench.wire.whats, refusals(bench.instruments, 'incomplete-head')], [[], 2]);
  });

  it('refuses INVITEs beyond its limit by 503, counted, and takes other requests all the same', () => {
    const bench = new Bench({ maxInvitesPerSource: 1 });
    bench.receive({ method: 'INVITE' });
    const second = { callId: '2', via: 'SIP/2.0/UDP 192.168.1.64:5060;branch=z9hG4bK2' };
    bench.receive({ method: 'INVITE', ...second });
    bench.receive({});
    assert.deepEqual(bench.heard, ['INVITE', 'MESSAGE']);
    assert.deepEqual(bench.wire.whats, ['100', '503']);
    assert.equal(refusals(bench.instruments, 'invite-limit-per-source'), 1);
  });

  it('refuses a copy of an INVITE by 482, counted', () => {
    const bench = new Bench();
    bench.receive({ method: 'INVITE' });
    bench.receive({ method: 'INVITE', via: 'SIP/2.0/UDP 203.0.113.1;branch=z9hG4bK2' });
    assert.deepEqual(bench.wire.whats, ['100', '482']);
    assert.equal(refusals(bench.instruments, 'merged-request'), 1);
  });

  it('forgets what nobody answers when it is swept', async () => {
    const bench = new Bench();
    bench.receive({});
    await bench.clock.advance(32_000);
    bench.layer.sweep();
    assert.equal(bench.layer.active, 0);
  });
});

describe('TransactionLayer: requests of ours', () => {
  it('finds the transaction of a response by branch and method (§17.1.3)', () => {
    const bench = new Bench();
    const first = bench.send('MESSAGE', 'z9hG4bKa');
    const second = bench.send('MESSAGE', 'z9hG4bKb');
    bench.receiveText(responseText(bench.wire.last().bytes, 200));
    assert.deepEqual([first, second], [[], ['200']]);
  });

  it('tells the 200 to a CANCEL from the 200 to its INVITE', () => {
    const bench = new Bench();
    const invite = bench.send('INVITE', 'z9hG4bKa');
    const cancel = bench.send('CANCEL', 'z9hG4bKa');
    bench.receiveText(responseText(bench.wire.last('CANCEL').bytes, 200));
    assert.deepEqual([invite, cancel], [[], ['200']]);
  });

  it('takes a response whose CSeq spells the method in small letters', () => {
    const bench = new Bench();
    const heard = bench.send('MESSAGE', 'z9hG4bKa');
    bench.receiveText(responseText(bench.wire.last().bytes, 200).replace('1 MESSAGE', '1 message'));
    assert.deepEqual(heard, ['200']);
  });

  const STRANGE: readonly (readonly [string, (text: string) => string])[] = [
    ['with another branch', (text) => text.replace('z9hG4bKa', 'z9hG4bKb')],
    ['with another method', (text) => text.replace('1 MESSAGE', '1 INFO')],
    ['without CSeq', (text) => text.replace(/^CSeq: .*\r\n/m, '')],
    ['without Via', (text) => text.replace(/^Via: .*\r\n/m, '')],
    ['without branch', (text) => text.replace(/;branch=[^\r]*/, '')],
  ];
  for (const [what, change] of STRANGE) {
    it(`drops a response ${what}, counted`, () => {
      const bench = new Bench();
      const heard = bench.send('MESSAGE', 'z9hG4bKa');
      bench.receiveText(change(responseText(bench.wire.last().bytes, 200)));
      assert.deepEqual([heard, refusals(bench.instruments, 'unmatched-response')], [[], 1]);
    });
  }

  it('holds so many requests of ours and no more, whatever peers do', async () => {
    const bench = new Bench({ maxClientTransactions: 2, maxInvites: 1 });
    bench.receive({ method: 'INVITE' });
    bench.receive({ method: 'INVITE', callId: '2', via: 'SIP/2.0/UDP 192.168.1.64:5060;branch=z9hG4bK2' });
    const first = bench.send('MESSAGE', 'z9hG4bKa');
    bench.send('INVITE', 'z9hG4bKb');
    assert.deepEqual(bench.send('MESSAGE', 'z9hG4bKc'), ['refused']);
    assert.equal(refusals(bench.instruments, 'transaction-limit'), 1);
    await bench.clock.advance(32_000);
    assert.deepEqual(first, ['timed-out']);
    assert.deepEqual(bench.send('MESSAGE', 'z9hG4bKd'), []);
  });

  it('tells those who wait on a connection that it is gone, and no others', () => {
    const bench = new Bench();
    const gone = aFlow({ transport: 'tcp', remotePort: 1 });
    const first = bench.send('MESSAGE', 'z9hG4bKa', gone);
    const second = bench.send('MESSAGE', 'z9hG4bKb', aFlow({ transport: 'tcp', remotePort: 2 }));
    const third = bench.send('INVITE', 'z9hG4bKc', gone);
    bench.layer.onFlowClosed(gone);
    assert.deepEqual([first, second, third], [['transport-failed'], [], ['transport-failed']]);
    assert.equal(bench.layer.active, 1);
  });

  it('knows a connection by its far end, for one that is dialled later is another object', () => {
    const bench = new Bench();
    const heard = bench.send('MESSAGE', 'z9hG4bKa', aFlow({ transport: 'tcp', remotePort: 1 }));
    bench.layer.onFlowClosed(aFlow({ transport: 'tcp', remotePort: 1 }));
    assert.deepEqual(heard, ['transport-failed']);
  });

  it('counts what waits and what lingers', async () => {
    const bench = new Bench();
    bench.send('MESSAGE', 'z9hG4bKa');
    bench.receive({ method: 'INVITE' });
    assert.deepEqual([bench.layer.active, bench.layer.lingering], [2, 0]);
    bench.receiveText(responseText(bench.wire.last('MESSAGE').bytes, 200));
    bench.respond(200);
    assert.deepEqual([bench.layer.active, bench.layer.lingering], [0, 2]);
    await bench.clock.advance(32_000);
    assert.deepEqual([bench.layer.active, bench.layer.lingering], [0, 0]);
  });

  it('leaves nothing pending on the clock after close, and tells its users', () => {
    const bench = new Bench();
    const message = bench.send('MESSAGE', 'z9hG4bKa');
    const invite = bench.send('INVITE', 'z9hG4bKb');
    bench.receive({ method: 'INVITE' });
    bench.respond(486);
    bench.receive({});
    bench.layer.close();
    assert.deepEqual([message, invite], [['transport-failed'], ['transport-failed']]);
    assert.ok(bench.heard.includes('invite-lost'));
    assert.deepEqual([bench.layer.active, bench.layer.lingering, bench.clock.pending], [0, 0, 0]);
  });

  it('counts messages by direction, method and status', () => {
    const bench = new Bench();
    bench.receive({});
    bench.receive({ method: 'PUBLISH' });
    bench.send('MESSAGE', 'z9hG4bKa');
    bench.receiveText(responseText(bench.wire.last().bytes, 200));
    const messages = (label: string): number => reading(bench.instruments, 'yimu_sip_messages', label);
    assert.deepEqual([messages('in MESSAGE'), messages('in other'), messages('in MESSAGE 200')], [1, 1, 1]);
  });
});
