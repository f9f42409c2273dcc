import assert from 'node:assert/strict';
import type { Flow } from '../../../../bff/src/sip/index.ts';
import { NonInviteClientTransaction } from '../../../../bff/src/sip/transaction/non-invite-client-transaction.ts';
import { aResponse } from '../../../support/sip/messages.ts';
import { reading } from '../../../support/sip/readings.ts';
import { aClientBench, type ClientBench } from './a-client.ts';

interface Bench extends ClientBench {
  readonly transaction: NonInviteClientTransaction;
  readonly answer: (status: number) => void;
}

function aRequestOut(transport: Flow['transport'] = 'udp'): Bench {
  const bench = aClientBench('MESSAGE', transport);
  const transaction = new NonInviteClientTransaction(bench.deps);
  return Object.assign(bench, {
    transaction,
    answer: (status: number) => {
      transaction.onResponse(aResponse(bench.request, status));
    },
  });
}

describe('NonInviteClientTransaction (RFC 3261 §17.1.2)', () => {
  it('sends at 0, 500, 1500, 3500 ms, then every T2, and gives up at 32 s over UDP', async () => {
    const { clock, wire, transaction, heard, ...bench } = aRequestOut();
    transaction.start();
    await clock.advance(31_999);
    assert.deepEqual(
      wire.timesOf('MESSAGE'),
      [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500],
    );
    assert.deepEqual([heard, transaction.waiting], [[], true]);
    await clock.advance(1);
    assert.deepEqual([heard, bench.ends(), clock.pending], [['timed-out'], 1, 0]);
    assert.equal(reading(bench.instruments, 'yimu_sip_repeated'), 10);
  });

  it('sends once over TCP, and gives up at 32 s all the same', async () => {
    const { clock, wire, transaction, heard } = aRequestOut('tcp');
    transaction.start();
    await clock.advance(32_000);
    assert.deepEqual([wire.timesOf('MESSAGE'), heard, clock.pending], [[0], ['timed-out'], 0]);
  });

  it('repeats every T2 after a provisional answer, and Timer F still holds (§17.1.2.2)', async () => {
    const { clock, wire, transaction, heard, answer } = aRequestOut();
    transaction.start();
    await clock.advance(600);
    answer(100);
    await clock.advance(31_400);
    assert.deepEqual(wire.timesOf('MESSAGE').slice(0, 5), [0, 500, 1_500, 5_500, 9_500]);
    assert.deepEqual(heard, ['100', 'timed-out']);
  });

  it('passes one final response up, absorbs its repetitions, and is over after Timer K', async () => {
    const { clock, wire, transaction, heard, answer, ...bench } = aRequestOut();
    transaction.start();
    answer(200);
    answer(200);
    answer(403);
    assert.deepEqual([heard, transaction.waiting], [['200'], false]);
    await clock.advance(4_999);
    assert.equal(bench.ends(), 0);
    await clock.advance(1);
    assert.deepEqual([bench.ends(), clock.pending, wire.count('MESSAGE')], [1, 0, 1]);
  });

  it('is over with the final response over TCP', () => {
    const { clock, transaction, heard, answer, ...bench } = aRequestOut('tcp');
    transaction.start();
    answer(200);
    assert.deepEqual([heard, bench.ends(), clock.pending], [['200'], 1, 0]);
  });

  it('tells a fault of the transport once, with what was wrong', () => {
    const { clock, wire, transaction, heard, ...bench } = aRequestOut();
    transaction.start();
    wire.fault = new Error('connection closed');
    transaction.onTransportError(wire.fault);
    transaction.onTransportError(wire.fault);
    assert.deepEqual([heard, bench.ends(), clock.pending], [['transport-failed: connection closed'], 1, 0]);
  });

  it('ends without a word when its user does not want it any more', async () => {
    const { clock, transaction, heard, answer, ...bench } = aRequestOut();
    transaction.start();
    transaction.abandon();
    answer(200);
    await clock.advance(60_000);
    assert.deepEqual([heard, bench.ends(), clock.pending], [[], 1, 0]);
  });
});
