import assert from 'node:assert/strict';
import type { Flow } from '../../../../bff/src/sip/index.ts';
import { InviteClientTransaction } from '../../../../bff/src/sip/transaction/invite-client-transaction.ts';
import { aResponse, requestText } from '../../../support/sip/messages.ts';
import { reading } from '../../../support/sip/readings.ts';
import { aClientBench, type ClientBench } from './a-client.ts';

interface Bench extends ClientBench {
  readonly transaction: InviteClientTransaction;
  readonly answer: (status: number) => void;
}

function anInvite(transport: Flow['transport'] = 'udp'): Bench {
  const bench = aClientBench('INVITE', transport);
  const transaction = new InviteClientTransaction({
    ...bench.deps,
    ackTo: () => Buffer.from(requestText({ method: 'ACK', cSeq: '1 ACK' })),
  });
  return Object.assign(bench, {
    transaction,
    answer: (status: number) => {
      transaction.onResponse(aResponse(bench.request, status));
    },
  });
}

describe('InviteClientTransaction (RFC 3261 §17.1.1)', () => {
  it('sends the INVITE at 0, 500, 1500, 3500, 7500, 15500 and 31500 ms and gives up at 32 s over UDP', async () => {
    const { clock, wire, transaction, heard, ...bench } = anInvite();
    transaction.start();
    await clock.advance(31_999);
    assert.deepEqual(wire.timesOf('INVITE'), [0, 500, 1_500, 3_500, 7_500, 15_500, 31_500]);
    assert.deepEqual([heard, transaction.waiting], [[], true]);
    await clock.advance(1);
    assert.deepEqual(heard, ['timed-out']);
    assert.deepEqual([bench.ends(), clock.pending, transaction.waiting], [1, 0, false]);
    assert.equal(reading(bench.instruments, 'yimu_sip_repeated'), 6);
  });

  it('sends the INVITE once over TCP, and gives up at 32 s all the same', async () => {
    const { clock, wire, transaction, heard } = anInvite('tcp');
    transaction.start();
    await clock.advance(32_000);
    assert.deepEqual(wire.timesOf('INVITE'), [0]);
    assert.deepEqual(heard, ['timed-out']);
    assert.equal(clock.pending, 0);
  });

  it('stops repeating and giving up at a provisional answer, however long it rings then', async () => {
    const { clock, wire, transaction, heard, answer } = anInvite();
    transaction.start();
    await clock.advance(600);
    answer(100);
    assert.equal(clock.pending, 0);
    await clock.advance(170_000);
    answer(180);
    assert.deepEqual(wire.timesOf('INVITE'), [0, 500]);
    assert.deepEqual([heard, transaction.waiting], [['100', '180'], true]);
  });

  it('passes every 2xx up for 64·T1 and acknowledges none itself (RFC 6026 §7.2)', async () => {
    const { clock, wire, transaction, heard, answer, ...bench } = anInvite();
    transaction.start();
    answer(200);
    await clock.advance(500);
    answer(200);
    answer(486);
    assert.deepEqual([heard, transaction.waiting], [['200', '200'], false]);
    assert.deepEqual(wire.whats, ['INVITE']);
    await clock.advance(31_499);
    assert.equal(bench.ends(), 0);
    await clock.advance(1);
    assert.deepEqual([bench.ends(), clock.pending], [1, 0]);
    answer(200);
    assert.deepEqual(heard, ['200', '200']);
  });

  it('keeps Timer M over TCP too', async () => {
    const { clock, transaction, answer, ...bench } = anInvite('tcp');
    transaction.start();
    answer(200);
    await clock.advance(31_999);
    assert.equal(bench.ends(), 0);
    await clock.advance(1);
    assert.equal(bench.ends(), 1);
  });

  it('acknowledges a final response of 300 and above, again for each repetition until Timer D', async () => {
    const { clock, wire, transaction, heard, answer, ...bench } = anInvite();
    transaction.start();
    answer(180);
    answer(486);
    await clock.advance(500);
    answer(486);
    assert.deepEqual(heard, ['180', '486']);
    assert.deepEqual(wire.timesOf('ACK'), [0, 500]);
    await clock.advance(31_500);
    assert.deepEqual([bench.ends(), clock.pending], [1, 0]);
    answer(486);
    assert.equal(wire.count('ACK'), 2);
  });

  it('is over at once after a refusal over TCP, where nothing is repeated', () => {
    const { clock, wire, transaction, heard, answer, ...bench } = anInvite('tcp');
    transaction.start();
    answer(486);
    assert.deepEqual([heard, wire.whats], [['486'], ['INVITE', 'ACK']]);
    assert.deepEqual([bench.ends(), clock.pending], [1, 0]);
  });

  it('tells a fault of the transport once, with what was wrong', () => {
    const { clock, wire, transaction, heard, ...bench } = anInvite();
    wire.fault = new Error('no route');
    transaction.start();
    assert.deepEqual(heard, ['transport-failed: no route']);
    assert.deepEqual([bench.ends(), clock.pending], [1, 0]);
    transaction.onTransportError(new Error('again'));
    assert.equal(heard.length, 1);
  });

  it('says nothing of a fault that meets it after the final response', () => {
    const { transaction, heard, answer } = anInvite();
    transaction.start();
    answer(200);
    transaction.onTransportError(new Error('connection closed'));
    assert.deepEqual(heard, ['200']);
  });

  it('ends without a word when its user does not want it any more', async () => {
    const { clock, wire, transaction, heard, answer, ...bench } = anInvite();
    transaction.start();
    transaction.abandon();
    answer(200);
    await clock.advance(60_000);
    assert.deepEqual([heard, wire.whats, bench.ends(), clock.pending], [[], ['INVITE'], 1, 0]);
  });
});
