import assert from 'node:assert/strict';
import { TransportFailed } from '../../../bff/src/sip/index.ts';
import { toDevice, UserAgentBench } from './a-user-agent.ts';
import { aFlow } from '../../support/sip/messages.ts';

describe('UserAgent', () => {
  it('opens its transport on start, and looks after it each second', async () => {
    const bench = new UserAgentBench();
    await bench.agent.start();
    assert.deepEqual([bench.transport.isOpen, bench.agent.port], [true, 5060]);
    await bench.clock.advance(3_000);
    assert.equal(bench.transport.checks, 3);
    await bench.agent.close();
    assert.deepEqual([bench.transport.isOpen, bench.clock.pending], [false, 0]);
  });

  it('forgets what peers sent when it has grown old', async () => {
    const bench = new UserAgentBench().take('MESSAGE');
    await bench.agent.start();
    bench.receive({});
    bench.incoming.reply(200);
    assert.equal(bench.gauge('transactions_lingering'), 1);
    await bench.clock.advance(33_000);
    assert.equal(bench.gauge('transactions_lingering'), 0);
    await bench.agent.close();
  });

  it('leaves nothing pending and nothing held after close, whatever was going on', async () => {
    const bench = new UserAgentBench().take('INVITE', 'MESSAGE');
    await bench.agent.start();
    const { agent } = bench;
    const ends: string[] = [];
    const failures: Promise<void>[] = [];
    // A dialog that stands, an INVITE that rings, one that is being cancelled, one that nobody answers.
    const stands = agent.invite(toDevice('INVITE'));
    bench.answer('INVITE', 200);
    (await stands.answered).dialog.onEnded((by) => ends.push(by));
    const rings = agent.invite(toDevice('INVITE'));
    bench.answer('INVITE', 180);
    failures.push(assert.rejects(rings.answered, TransportFailed));
    const cancelled = agent.invite(toDevice('INVITE'));
    bench.answer('INVITE', 180);
    cancelled.cancel();
    failures.push(assert.rejects(agent.invite(toDevice('INVITE')).answered, TransportFailed));
    failures.push(assert.rejects(agent.request(toDevice('MESSAGE', { timeoutMs: 60_000 })), TransportFailed));
    // INVITEs of peers: one that waits for us, one that waits for its ACK, one refused that waits for its ACK.
    for (const [n, status] of [undefined, 200, 486].entries()) {
      const via = `SIP/2.0/UDP 192.168.1.64;branch=z9hG4bK${String(n)}`;
      bench.receive({ method: 'INVITE', callId: `c${String(n)}`, via });
      if (status !== undefined) bench.incoming.reply(status);
    }
    bench.receive({});
    assert.ok(bench.clock.pending > 8);
    await agent.close();
    await Promise.all(failures);
    assert.deepEqual(ends, ['error']);
    assert.deepEqual(
      [
        bench.clock.pending,
        bench.gauge('transactions'),
        bench.gauge('transactions_lingering'),
        bench.gauge('dialogs'),
      ],
      [0, 0, 0, 0],
    );
    await agent.close();
  });

  it('tells who listens that a connection is gone, also when one of them throws', () => {
    const bench = new UserAgentBench();
    const gone: string[] = [];
    bench.agent.onFlowClosed(() => {
      throw new Error('of a listener');
    });
    bench.agent.onFlowClosed((flow) => gone.push(flow.key));
    bench.closeFlow(aFlow({ transport: 'tcp', remotePort: 1 }));
    assert.deepEqual([gone, bench.refused('handler-failed')], [['tcp:198.51.100.7:1'], 1]);
  });
});
