import assert from 'node:assert/strict';
import { Instruments } from '../../../../bff/src/kernel/index.ts';
import { replyBytes } from '../../../../bff/src/sip/message/reply-bytes.ts';
import { SipMetrics } from '../../../../bff/src/sip/sip-metrics.ts';
import { NonInviteServer } from '../../../../bff/src/sip/transaction/non-invite-server.ts';
import type { ServerTransaction } from '../../../../bff/src/sip/transaction/transaction-user.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { aFlow, aRequest } from '../../../support/sip/messages.ts';
import { reading, refusals } from '../../../support/sip/readings.ts';
import { Wire } from '../sent.ts';

const UDP = aFlow();
const REQUEST = aRequest();

interface Bench {
  readonly clock: FakeClock;
  readonly wire: Wire;
  readonly instruments: Instruments;
  readonly server: NonInviteServer;
  /** Receives a request that must be new. */
  readonly fresh: (key: string, flow?: typeof UDP) => ServerTransaction;
}

function aServer(limits: { readonly replies?: number; readonly bytes?: number } = {}): Bench {
  const clock = new FakeClock();
  const wire = new Wire(() => clock.monotonicMs());
  const instruments = new Instruments();
  const server = new NonInviteServer({
    clock,
    metrics: new SipMetrics(instruments),
    send: wire.send,
    maxStoredReplies: limits.replies ?? 1_000,
    maxStoredReplyBytes: limits.bytes ?? 1_000_000,
  });
  return {
    clock,
    wire,
    instruments,
    server,
    fresh: (key, flow = UDP) => {
      const transaction = server.receive(key, flow);
      assert.ok(transaction, `${key} was to be new`);
      return transaction;
    },
  };
}

function reply(transaction: ServerTransaction, status: number): boolean {
  return transaction.respond(status, replyBytes({ request: REQUEST, flow: UDP }, status, 'p1', undefined));
}

describe('NonInviteServer (RFC 3261 §17.2.2)', () => {
  it('swallows a repeated request as long as there is no answer (Trying)', () => {
    const { server, wire, fresh, instruments } = aServer();
    fresh('k');
    assert.equal(server.receive('k', UDP), undefined);
    assert.deepEqual([wire.whats, server.unanswered, server.stored], [[], 1, 0]);
    assert.equal(reading(instruments, 'yimu_sip_absorbed'), 1);
  });

  it('repeats the last answer to a repeated request (Proceeding, Completed)', () => {
    const { server, wire, fresh } = aServer();
    const transaction = fresh('k');
    reply(transaction, 100);
    server.receive('k', UDP);
    reply(transaction, 200);
    server.receive('k', UDP);
    assert.deepEqual(wire.whats, ['100', '100', '200', '200']);
    assert.deepEqual([server.unanswered, server.stored], [0, 1]);
  });

  it('repeats it to where the request came from this time, for a NAT may have moved the peer', () => {
    const { server, wire, fresh } = aServer();
    reply(fresh('k'), 200);
    const moved = aFlow({ remotePort: 40_000 });
    server.receive('k', moved);
    assert.equal(wire.last().flow.remotePort, 40_000);
  });

  it('takes one final answer', () => {
    const { wire, fresh } = aServer();
    const transaction = fresh('k');
    assert.equal(reply(transaction, 403), true);
    assert.deepEqual([reply(transaction, 200), reply(transaction, 100)], [false, false]);
    assert.deepEqual(wire.whats, ['403']);
  });

  it('keeps an answer over UDP until Timer J: 32 s after it was given', async () => {
    const { clock, server, fresh } = aServer();
    const transaction = fresh('k');
    await clock.advance(10_000);
    reply(transaction, 200);
    await clock.advance(31_999);
    server.sweep();
    assert.equal(server.receive('k', UDP), undefined);
    await clock.advance(1);
    server.sweep();
    assert.equal(server.stored, 0);
    assert.ok(server.receive('k', UDP), 'it is a new request now');
  });

  it('keeps nothing over TCP, where nothing is repeated (Timer J is 0)', () => {
    const { server, fresh } = aServer();
    reply(fresh('k', aFlow({ transport: 'tcp' })), 200);
    assert.deepEqual([server.unanswered, server.stored], [0, 0]);
  });

  it('forgets and counts a request that nobody answers in 32 s, and still sends a late answer', async () => {
    const { clock, server, wire, fresh, instruments } = aServer();
    const transaction = fresh('k');
    await clock.advance(32_000);
    server.sweep();
    assert.deepEqual([server.unanswered, server.stored], [0, 0]);
    assert.equal(refusals(instruments, 'request-unanswered'), 1);
    assert.equal(reply(transaction, 200), true);
    assert.deepEqual([wire.whats, server.stored], [['200'], 0]);
  });

  it('holds no timer of its own', () => {
    const { clock, fresh } = aServer();
    reply(fresh('k'), 200);
    assert.equal(clock.pending, 0);
  });

  it('holds so many answers and no more: the oldest makes room, counted', () => {
    const { server, fresh, instruments } = aServer({ replies: 3 });
    for (const key of ['a', 'b', 'c', 'd', 'e']) reply(fresh(key), 200);
    assert.deepEqual([server.stored, refusals(instruments, 'stored-reply-evicted')], [3, 2]);
    assert.equal(server.receive('c', UDP), undefined);
    assert.ok(server.receive('a', UDP), 'the oldest was forgotten');
  });

  it('holds so many octets of answers and no more', () => {
    const { server, fresh, instruments } = aServer({ bytes: 3_000 });
    for (let i = 0; i < 50; i += 1) reply(fresh(`key-${String(i)}`), 200);
    assert.ok(server.stored < 20, String(server.stored));
    assert.equal(refusals(instruments, 'stored-reply-evicted'), 50 - server.stored);
  });

  it('keeps no late answer in the place of a younger request of the same key', () => {
    const { server, wire, fresh } = aServer({ replies: 2 });
    const evicted = fresh('a');
    fresh('b');
    fresh('c');
    const younger = fresh('a');
    reply(evicted, 403);
    assert.deepEqual([server.unanswered, server.stored], [2, 0]);
    reply(younger, 200);
    server.receive('a', UDP);
    assert.deepEqual(wire.whats, ['403', '200', '200']);
  });

  it('counts the unanswered right when they make room, are answered late and are cleared', () => {
    const { server, wire, fresh } = aServer({ replies: 2 });
    const evicted = fresh('a');
    fresh('b');
    fresh('c');
    assert.deepEqual([server.unanswered, server.stored], [2, 0]);
    reply(evicted, 200);
    assert.deepEqual([wire.whats, server.unanswered, server.stored], [['200'], 2, 0]);
    server.clear();
    assert.deepEqual([server.unanswered, server.stored], [0, 0]);
  });

  it('counts an answer that cannot be delivered', () => {
    const { wire, fresh, instruments } = aServer();
    const transaction = fresh('k');
    wire.fault = new Error('connection closed');
    reply(transaction, 200);
    assert.equal(refusals(instruments, 'undeliverable'), 1);
  });
});
