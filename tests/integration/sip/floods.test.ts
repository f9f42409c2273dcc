import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { requestText } from '../../support/sip/messages.ts';
import { skipSuite } from '../../support/skip.ts';
import { Agent } from './agent.ts';
import type { SipPeer, TcpPeer } from './sip-peer.ts';

/** Another address of the loopback network, for a peer that is not the flooder. Not every system has it. */
const ELSEWHERE = '127.0.0.2';

async function hasElsewhere(): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    socket.bind(0, ELSEWHERE);
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}

let calls = 0;

/** A request that is like no other. */
function fresh(method = 'MESSAGE', body = ''): string {
  calls += 1;
  return requestText({
    method,
    body,
    callId: `c${String(calls)}`,
    via: `SIP/2.0/UDP 192.0.2.9;rport;branch=z9hG4bKf${String(calls)}`,
  });
}

/** A peer that is not the flooder is answered. */
async function assertServed(peer: SipPeer): Promise<void> {
  const before = peer.count('200');
  peer.send(fresh());
  await peer.next('200');
  assert.equal(peer.count('200'), before + 1);
}

/** Starts a user agent that answers MESSAGE and REGISTER. */
async function anAgent(options: Parameters<typeof Agent.start>[0]): Promise<Agent> {
  const agent = await Agent.start(options);
  for (const method of ['MESSAGE', 'REGISTER'])
    agent.agent.onRequest(method, (incoming) => {
      incoming.reply(200);
    });
  return agent;
}

describe('SIP floods: they cost the flooder, not the others', () => {
  let agent: Agent | undefined;
  before(async function () {
    if (!(await hasElsewhere())) skipSuite(this, `this system has no ${ELSEWHERE}`);
  });
  afterEach(async () => {
    await agent?.close();
    agent = undefined;
  });

  it('messages over UDP: a source gets its burst and then its rate, the rest is dropped unread and counted', async () => {
    agent = await anAgent({ messagesPerSecond: 20 });
    const [flooder, other] = [await agent.udp(), await agent.udp(ELSEWHERE)];
    for (let i = 0; i < 200; i += 1) flooder.send(fresh());
    await assertServed(other);
    const served = agent;
    await agent.until('all are read', () => served.refused('source-rate') + flooder.count('200') === 200);
    assert.equal(flooder.count('200'), 40);
    await agent.clock.advance(1_000);
    for (let i = 0; i < 100; i += 1) flooder.send(fresh());
    await agent.until('all are read', () => served.refused('source-rate') + flooder.count('200') === 300);
    assert.equal(flooder.count('200'), 60);
    await assertServed(other);
  });

  it('rubbish over UDP: it is charged like messages', async () => {
    agent = await anAgent({ messagesPerSecond: 20 });
    const [flooder, other] = [await agent.udp(), await agent.udp(ELSEWHERE)];
    for (let i = 0; i < 150; i += 1) flooder.send('rubbish'.repeat(10));
    await assertServed(other);
    const served = agent;
    await agent.until(
      'all are read',
      () => served.refused('source-rate') + served.refused('malformed') === 150,
    );
    assert.equal(agent.refused('malformed'), 40);
  });

  it('messages over TCP: the connection is not read until its source has paid, and nothing is lost', async () => {
    agent = await anAgent({ messagesPerSecond: 50 });
    const [flooder, other] = [await agent.tcp(), await agent.tcp(ELSEWHERE)];
    const chunk = Array.from({ length: 2_000 }, () => fresh()).join('');
    flooder.send(chunk);
    await agent.until('held up', () => flooder.count('200') > 100);
    await assertServed(other);
    const answeredAtOnce = flooder.count('200');
    assert.ok(answeredAtOnce < 1_000, String(answeredAtOnce));
    assert.ok(agent.refused('source-rate') > 0);
    await agent.clock.advance(1_000);
    await assertServed(other);
    assert.equal(flooder.count('200'), answeredAtOnce, 'its debt is not paid yet');
    const { clock } = agent;
    for (let i = 0; i < 100 && flooder.count('200') < 2_000; i += 1) {
      await clock.advance(10_000);
      await assertServed(other);
    }
    assert.equal(flooder.count('200'), 2_000);
  });

  it('pings over TCP: they are charged too', async () => {
    agent = await anAgent({ messagesPerSecond: 5 });
    const [flooder, other] = [await agent.tcp(), await agent.tcp(ELSEWHERE)];
    flooder.send(fresh());
    await flooder.next('200');
    const served = agent;
    for (let i = 0; i < 50 && served.refused('source-rate') === 0; i += 1) {
      const before = flooder.bytes.length;
      flooder.send('\r\n\r\n');
      await agent.until('pong', () => flooder.bytes.length > before);
    }
    assert.ok(agent.refused('source-rate') > 0);
    await assertServed(other);
  });

  it('connections of one source: so many and no more, counted; a place that becomes free is given', async () => {
    agent = await anAgent({ limits: { maxConnectionsPerSource: 3 } });
    const served = agent;
    const held: TcpPeer[] = [];
    for (let i = 0; i < 3; i += 1) held.push(await agent.tcp());
    await agent.until('three', () => served.gauge('tcp_connections') === 3);
    await (
      await agent.tcp()
    ).closed;
    assert.equal(agent.refused('connection-limit-per-source'), 1);
    await assertServed(await agent.tcp(ELSEWHERE));
    held[0]?.close();
    await agent.until('one is gone', () => served.gauge('tcp_connections') === 3);
    await assertServed(await agent.tcp());
  });

  it('connections of all: the oldest over which nobody registered makes room, one that is registered never', async () => {
    agent = await anAgent({ limits: { maxConnections: 4 } });
    const served = agent;
    const registered = await agent.tcp();
    registered.send(fresh('REGISTER'));
    await registered.next('200');
    const strangers: TcpPeer[] = [];
    for (let i = 0; i < 10; i += 1) strangers.push(await agent.tcp());
    await Promise.all(strangers.slice(0, 7).map(({ closed }) => closed));
    assert.deepEqual([agent.gauge('tcp_connections'), agent.refused('connection-evicted')], [4, 7]);
    await assertServed(registered);
    // A newcomer is served in the midst of the flood, and stays once it has registered.
    const newcomer = await agent.tcp(ELSEWHERE);
    newcomer.send(fresh('REGISTER'));
    await newcomer.next('200');
    for (let i = 0; i < 10; i += 1) await agent.tcp();
    await agent.until('evicted', () => served.refused('connection-evicted') === 18);
    await assertServed(newcomer);
    await assertServed(registered);
  });

  it('connections of all: where all are registered, a newcomer is refused, counted', async () => {
    agent = await anAgent({ limits: { maxConnections: 2 } });
    for (let i = 0; i < 2; i += 1) {
      const peer = await agent.tcp();
      peer.send(fresh('REGISTER'));
      await peer.next('200');
    }
    await (
      await agent.tcp()
    ).closed;
    assert.equal(agent.refused('connection-limit'), 1);
  });

  it('unfinished messages: the source that holds too much loses its largest, and others finish theirs', async () => {
    agent = await anAgent({ limits: { maxPartialBytesPerSource: 100_000 } });
    const served = agent;
    const other = await agent.tcp(ELSEWHERE);
    const whole = fresh('MESSAGE', 'x'.repeat(60_000));
    other.send(whole.slice(0, 30_000));
    await agent.until('half is there', () => served.gauge('tcp_held_bytes') === 30_000);
    const flooders: TcpPeer[] = [];
    for (let i = 0; i < 6; i += 1) {
      const flooder = await agent.tcp();
      flooder.send(fresh('MESSAGE', 'x'.repeat(90_000)).slice(0, 40_000 + i));
      flooders.push(flooder);
    }
    await agent.until('four are closed', () => served.refused('connection-held-bytes') === 4);
    assert.ok(agent.gauge('tcp_held_bytes') <= 130_000);
    other.send(whole.slice(30_000));
    await other.next('200');
    await assertServed(await agent.tcp());
  });

  it('unfinished messages of all: whoever holds most lets go', async () => {
    agent = await anAgent({ limits: { maxPartialBytes: 100_000 } });
    const served = agent;
    const [small, large] = [await agent.tcp(ELSEWHERE), await agent.tcp()];
    small.send(fresh('MESSAGE', 'x'.repeat(90_000)).slice(0, 30_000));
    await agent.until('the small one is there', () => served.gauge('tcp_held_bytes') === 30_000);
    large.send(fresh('MESSAGE', 'x'.repeat(200_000)).slice(0, 90_000));
    await large.closed;
    assert.deepEqual([agent.refused('connection-held-bytes'), agent.gauge('tcp_held_bytes')], [1, 30_000]);
  });

  it('a peer that does not read what it asked for: its connection is closed, counted', async () => {
    agent = await anAgent({ limits: { maxSendBufferBytes: 65_536 } });
    const body = Buffer.alloc(60_000, 'x');
    agent.agent.onRequest('MESSAGE', (incoming) => {
      incoming.reply(200, { body });
    });
    const flooder = await agent.tcp();
    flooder.socket.pause();
    for (let i = 0; i < 390; i += 1) flooder.send(fresh());
    const served = agent;
    await agent.until('closed', () => served.refused('send-buffer-full') === 1);
    assert.equal(agent.gauge('tcp_connections'), 0);
    await assertServed(await agent.udp(ELSEWHERE));
  });

  it('INVITEs of one source: so many are held, the rest hears 503; others and our own requests do not suffer', async () => {
    agent = await anAgent({ limits: { maxInvitesPerSource: 10, maxInvites: 20, maxClientTransactions: 5 } });
    agent.agent.onRequest('INVITE', (incoming) => {
      incoming.reply(486);
    });
    const [flooder, other] = [await agent.udp(), await agent.udp(ELSEWHERE)];
    for (let i = 0; i < 100; i += 1) flooder.send(fresh('INVITE'));
    await agent.until('all are answered', () => flooder.count('486') + flooder.count('503') === 100);
    assert.deepEqual([flooder.count('486'), agent.refused('invite-limit-per-source')], [10, 90]);
    other.send(fresh('INVITE'));
    await other.next('486');
    await assertServed(other);
    const answered = agent.agent.request({
      method: 'MESSAGE',
      requestUri: 'sip:a@b',
      from: 'sip:us@x',
      to: 'sip:a@b',
      flow: { transport: 'udp', remoteAddress: '127.0.0.1', remotePort: other.port, key: 'x' },
      timeoutMs: 1_000,
    });
    answered.catch(() => undefined);
    assert.equal(agent.refused('transaction-limit'), 0);
    await agent.clock.advance(33_000);
    assert.deepEqual([agent.gauge('transactions'), agent.gauge('transactions_lingering')], [0, 0]);
    flooder.send(fresh('INVITE'));
    await flooder.next('486');
  });

  it('INVITEs that nobody takes: each is refused once and held by nobody, so that a forged source is not answered eleven times', async () => {
    agent = await anAgent({ limits: { maxInvites: 1 } });
    const [flooder, other] = [await agent.udp(), await agent.udp(ELSEWHERE)];
    for (let i = 0; i < 100; i += 1) flooder.send(fresh('INVITE'));
    await agent.until('all are answered', () => flooder.count('405') === 100);
    assert.equal(agent.gauge('transactions_lingering'), 0);
    await agent.clock.advance(32_000);
    await assertServed(other);
    await assertServed(flooder);
    assert.equal(flooder.count('405'), 100);
  });

  it('answers that are kept for repetitions: so many and no more, counted', async () => {
    agent = await anAgent({ limits: { maxStoredReplies: 50 } });
    const [flooder, other] = [await agent.udp(), await agent.udp(ELSEWHERE)];
    for (let i = 0; i < 150; i += 1) flooder.send(fresh());
    await agent.until('all are answered', () => flooder.count('200') === 150);
    assert.deepEqual(
      [agent.gauge('transactions_lingering'), agent.refused('stored-reply-evicted')],
      [50, 100],
    );
    await assertServed(other);
  });

  it('dialogs: so many and no more, counted; requests outside of dialogs go on', async () => {
    agent = await anAgent({ limits: { maxDialogs: 5 } });
    agent.agent.onRequest('INVITE', (incoming) => {
      incoming.reply(200);
    });
    const [flooder, other] = [await agent.udp(), await agent.udp(ELSEWHERE)];
    for (let i = 0; i < 20; i += 1) flooder.send(fresh('INVITE'));
    await agent.until('all are answered', () => flooder.count('200') + flooder.count('503') === 20);
    assert.deepEqual([agent.gauge('dialogs'), agent.refused('dialog-limit')], [5, 15]);
    await assertServed(other);
  });

  it('messages that are too long or have too many lines: refused, and the peer may go on over UDP', async () => {
    agent = await anAgent({ limits: { maxHeaderBytes: 2_000, maxHeaders: 30, maxBodyBytes: 1_000 } });
    const peer = await agent.udp();
    const served = agent;
    peer.send(requestText({ headers: [`X: ${'x'.repeat(3_000)}`] }));
    peer.send(requestText({ headers: Array.from({ length: 40 }, () => 'X: y') }));
    peer.send(requestText({ body: 'x'.repeat(2_000) }));
    await agent.until('all are refused', () => served.refused('malformed') === 3);
    await assertServed(peer);
    const tcp = await agent.tcp();
    tcp.send(requestText({ body: 'x'.repeat(2_000) }).slice(0, 500));
    await tcp.closed;
    assert.equal(agent.refused('connection-fault'), 1);
  });
});
