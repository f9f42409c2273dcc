import assert from 'node:assert/strict';
import { Instruments } from '../../../../bff/src/kernel/index.ts';
import type { Flow } from '../../../../bff/src/sip/index.ts';
import { replyBytes } from '../../../../bff/src/sip/message/reply-bytes.ts';
import { SipMetrics } from '../../../../bff/src/sip/sip-metrics.ts';
import { InviteServerTransaction } from '../../../../bff/src/sip/transaction/invite-server-transaction.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { aFlow, aRequest } from '../../../support/sip/messages.ts';
import { reading } from '../../../support/sip/readings.ts';
import { Wire } from '../sent.ts';

interface Bench {
  readonly clock: FakeClock;
  readonly wire: Wire;
  readonly transaction: InviteServerTransaction;
  readonly instruments: Instruments;
  /** `lost`, `terminated`, in order. */
  readonly heard: string[];
  readonly respond: (status: number) => boolean;
}

function anInviteIn(transport: Flow['transport'] = 'udp'): Bench {
  const clock = new FakeClock();
  const wire = new Wire(() => clock.monotonicMs());
  const instruments = new Instruments();
  const heard: string[] = [];
  const flow = aFlow({ transport });
  const transaction = new InviteServerTransaction(flow, {
    clock,
    metrics: new SipMetrics(instruments),
    send: wire.send,
    onLost: () => heard.push('lost'),
    onTerminated: () => heard.push('terminated'),
  });
  const request = aRequest({ method: 'INVITE' });
  return {
    clock,
    wire,
    transaction,
    instruments,
    heard,
    respond: (status) => transaction.respond(status, replyBytes({ request, flow }, status, 'p1', undefined)),
  };
}

describe('InviteServerTransaction (RFC 3261 §17.2.1)', () => {
  it('repeats the last provisional response to each repeated INVITE', () => {
    const { wire, transaction, respond, instruments } = anInviteIn();
    respond(100);
    transaction.onRequest();
    respond(180);
    transaction.onRequest();
    assert.deepEqual(wire.whats, ['100', '100', '180', '180']);
    assert.deepEqual([transaction.pending, transaction.provisionalSent], [true, true]);
    assert.equal(reading(instruments, 'yimu_sip_absorbed'), 2);
  });

  it('says nothing to a repeated INVITE before there is anything to say', () => {
    const { wire, transaction } = anInviteIn();
    transaction.onRequest();
    assert.deepEqual([wire.whats, transaction.provisionalSent], [[], false]);
  });

  it('repeats a refusal at 500, 1500, 3500, 7500 ms, then every T2, and gives up at 32 s (Timers G, H)', async () => {
    const { clock, wire, heard, respond } = anInviteIn();
    respond(486);
    await clock.advance(31_999);
    assert.deepEqual(
      wire.timesOf('486'),
      [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500],
    );
    assert.deepEqual(heard, []);
    await clock.advance(1);
    assert.deepEqual([heard, clock.pending], [['lost', 'terminated'], 0]);
  });

  it('does not repeat a refusal over TCP, but waits 32 s for its ACK', async () => {
    const { clock, wire, heard, respond } = anInviteIn('tcp');
    respond(486);
    await clock.advance(31_999);
    assert.deepEqual([wire.whats, heard], [['486'], []]);
    await clock.advance(1);
    assert.deepEqual([heard, clock.pending], [['lost', 'terminated'], 0]);
  });

  it('repeats a refusal to a repeated INVITE at once', () => {
    const { wire, transaction, respond } = anInviteIn();
    respond(486);
    transaction.onRequest();
    assert.deepEqual(wire.whats, ['486', '486']);
  });

  it('is quiet after the ACK and over after Timer I', async () => {
    const { clock, wire, transaction, heard, respond } = anInviteIn();
    respond(486);
    await clock.advance(600);
    transaction.onAck();
    transaction.onAck();
    transaction.onRequest();
    await clock.advance(4_999);
    assert.deepEqual([wire.timesOf('486'), heard], [[0, 500], []]);
    await clock.advance(1);
    assert.deepEqual([heard, clock.pending], [['terminated'], 0]);
  });

  it('is over with the ACK over TCP', () => {
    const { clock, transaction, heard, respond } = anInviteIn('tcp');
    respond(486);
    transaction.onAck();
    assert.deepEqual([heard, clock.pending], [['terminated'], 0]);
  });

  for (const transport of ['udp', 'tcp'] as const) {
    it(`absorbs repeated INVITEs for 32 s after a 2xx, which its user repeats, over ${transport} (RFC 6026 §7.1)`, async () => {
      const { clock, wire, transaction, heard, respond } = anInviteIn(transport);
      assert.equal(respond(200), true);
      transaction.onRequest();
      assert.deepEqual([wire.whats, transaction.accepted], [['200'], true]);
      assert.equal(respond(200), true);
      assert.deepEqual(wire.whats, ['200', '200']);
      await clock.advance(32_000);
      assert.deepEqual([heard, clock.pending], [['terminated'], 0]);
      assert.equal(respond(200), false);
    });
  }

  it('can be refused once for all: nothing is repeated and nothing is pending (§8.2.7)', () => {
    const { clock, wire, transaction, heard } = anInviteIn();
    const request = aRequest({ method: 'INVITE' });
    const bytes = replyBytes({ request, flow: aFlow() }, 405, 'p1', undefined);
    assert.equal(transaction.refuse(405, bytes), true);
    assert.deepEqual([wire.whats, heard, clock.pending], [['405'], ['terminated'], 0]);
    assert.equal(transaction.refuse(405, bytes), false);
  });

  it('takes no second final response and no provisional one behind it', () => {
    const { wire, transaction, respond } = anInviteIn();
    respond(486);
    assert.deepEqual([respond(180), respond(200), respond(603)], [false, false, false]);
    transaction.onRequest();
    assert.deepEqual(wire.whats, ['486', '486']);
  });

  it('is lost with its connection before its answer is known to have arrived', () => {
    for (const status of [undefined, 180, 486]) {
      const { clock, transaction, heard, respond } = anInviteIn('tcp');
      if (status !== undefined) respond(status);
      transaction.onFlowClosed();
      assert.deepEqual([heard, clock.pending], [['lost', 'terminated'], 0]);
    }
  });

  it('is lost when its answer cannot be sent', () => {
    const { clock, wire, heard, respond } = anInviteIn();
    wire.fault = new Error('transport closed');
    respond(486);
    assert.deepEqual([heard, clock.pending], [['lost', 'terminated'], 0]);
  });
});
