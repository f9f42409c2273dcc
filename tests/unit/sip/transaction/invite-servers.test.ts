import assert from 'node:assert/strict';
import { Instruments } from '../../../../bff/src/kernel/index.ts';
import type { Flow } from '../../../../bff/src/sip/index.ts';
import { SipMetrics } from '../../../../bff/src/sip/sip-metrics.ts';
import { type InviteReceipt, InviteServers } from '../../../../bff/src/sip/transaction/invite-servers.ts';
import type { InviteServerTransaction } from '../../../../bff/src/sip/transaction/invite-server-transaction.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { aFlow, aRequest, type RequestText } from '../../../support/sip/messages.ts';
import { Wire } from '../sent.ts';

interface Bench {
  readonly clock: FakeClock;
  readonly servers: InviteServers;
  readonly lost: number[];
  readonly receive: (over?: RequestText, flow?: Flow) => InviteReceipt;
  readonly fresh: (over?: RequestText, flow?: Flow) => InviteServerTransaction;
}

function servers(limits: { readonly all?: number; readonly perSource?: number } = {}): Bench {
  const clock = new FakeClock();
  const lost: number[] = [];
  const wire = new Wire(() => clock.monotonicMs());
  const under = new InviteServers({
    clock,
    metrics: new SipMetrics(new Instruments()),
    send: wire.send,
    maxInvites: limits.all ?? 100,
    maxInvitesPerSource: limits.perSource ?? 100,
    onLost: () => lost.push(clock.monotonicMs()),
  });
  const receive = (over: RequestText = {}, flow = aFlow()): InviteReceipt => {
    const request = aRequest({ method: 'INVITE', ...over });
    assert.ok(request.topVia);
    return under.receive(request, request.topVia, flow);
  };
  return {
    clock,
    servers: under,
    lost,
    receive,
    fresh: (over, flow) => {
      const receipt = receive(over, flow);
      assert.ok(receipt.kind === 'new', `a new INVITE was expected, not one that is ${receipt.kind}`);
      return receipt.transaction;
    },
  };
}

const via = (branch: string): string => `SIP/2.0/UDP 192.168.1.64:5060;branch=z9hG4bK${branch}`;
const numbered = (n: number): RequestText => ({ via: via(String(n)), callId: `c${String(n)}` });

describe('InviteServers', () => {
  it('makes a transaction for an INVITE and gives its repetition to it', () => {
    const bench = servers();
    bench.fresh();
    assert.equal(bench.receive().kind, 'repeated');
    assert.deepEqual([bench.servers.size, bench.servers.pending], [1, 1]);
  });

  it('finds the INVITE of an ACK', () => {
    const bench = servers();
    const transaction = bench.fresh();
    const ack = aRequest({ method: 'ACK', cSeq: '20 ACK' });
    assert.ok(ack.topVia);
    assert.equal(bench.servers.find(ack, ack.topVia, aFlow()), transaction);
  });

  it('refuses by 482 a copy that came on another way while the first is held (§8.2.2.2)', () => {
    const bench = servers();
    const transaction = bench.fresh();
    const copy = bench.receive({ via: via('other') }, aFlow({ remoteAddress: '203.0.113.1' }));
    assert.deepEqual(copy, { kind: 'refused', status: 482, reason: 'merged-request' });
    transaction.onFlowClosed();
    assert.equal(bench.receive({ via: via('other') }).kind, 'new');
  });

  it('takes an INVITE within a dialog for no copy', () => {
    const bench = servers();
    bench.fresh();
    bench.fresh({ via: via('other'), to: '<sip:34020000002000000001@3402000000>;tag=p1' });
  });

  it('holds so many INVITEs and no more: 503', () => {
    const bench = servers({ all: 2 });
    const first = bench.fresh(numbered(1));
    bench.fresh(numbered(2), aFlow({ remoteAddress: '203.0.113.1' }));
    const more = bench.receive(numbered(3), aFlow({ remoteAddress: '203.0.113.2' }));
    assert.deepEqual(more, { kind: 'refused', status: 503, reason: 'invite-limit' });
    first.onFlowClosed();
    bench.fresh(numbered(3));
  });

  it('holds so many INVITEs of one source, and those of others all the same', () => {
    const bench = servers({ perSource: 2 });
    const first = bench.fresh(numbered(1));
    bench.fresh(numbered(2), aFlow({ remotePort: 2 }));
    assert.deepEqual(bench.receive(numbered(3)), {
      kind: 'refused',
      status: 503,
      reason: 'invite-limit-per-source',
    });
    bench.fresh(numbered(4), aFlow({ remoteAddress: '203.0.113.1' }));
    first.onFlowClosed();
    bench.fresh(numbered(3));
  });

  it('takes the addresses of one /64 of IPv6 for one source', () => {
    const bench = servers({ perSource: 1 });
    bench.fresh(numbered(1), aFlow({ remoteAddress: '2001:db8::1' }));
    assert.equal(bench.receive(numbered(2), aFlow({ remoteAddress: '2001:db8::2' })).kind, 'refused');
    bench.fresh(numbered(3), aFlow({ remoteAddress: '2001:db8:0:1::2' }));
  });

  it('ends what hangs on a connection with the connection, and nothing else', () => {
    const bench = servers();
    const connection = aFlow({ transport: 'tcp', remotePort: 1 });
    bench.fresh(numbered(1), connection);
    bench.fresh(numbered(2), aFlow({ transport: 'tcp', remotePort: 2 }));
    bench.servers.onFlowClosed(connection);
    assert.deepEqual([bench.servers.size, bench.lost.length], [1, 1]);
  });

  it('ends all on close and leaves nothing pending', () => {
    const bench = servers();
    const refused = bench.fresh(numbered(1));
    refused.respond(486, Buffer.from('SIP/2.0 486 Busy Here\r\n\r\n'));
    bench.fresh(numbered(2));
    bench.servers.close();
    assert.deepEqual([bench.servers.size, bench.clock.pending], [0, 0]);
  });
});
