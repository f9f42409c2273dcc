import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Flow, OutgoingRequest } from '../../../bff/src/sip/index.ts';
import { requestText, responseText } from '../../support/sip/messages.ts';
import { Agent, tcpFlow, udpFlow } from './agent.ts';
import { TcpPeer } from './sip-peer.ts';

function toPeer(port: number, transport: 'udp' | 'tcp' = 'udp'): OutgoingRequest {
  return {
    method: 'MESSAGE',
    requestUri: `sip:cam@127.0.0.1:${String(port)}`,
    from: 'sip:us@x',
    to: 'sip:cam@x',
    flow: transport === 'udp' ? udpFlow(port) : tcpFlow(port),
  };
}

/** A peer that can be dialled. */
async function aListener(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { server, port: address.port };
}

describe('SIP user agent on real sockets: transports', () => {
  let agent: Agent;
  beforeEach(async () => {
    agent = await Agent.start();
    agent.agent.onRequest('MESSAGE', (incoming) => {
      incoming.reply(200);
    });
  });
  afterEach(async () => {
    await agent.close();
  });

  it('answers over UDP and TCP on one port', async () => {
    const [udp, tcp] = [await agent.udp(), await agent.tcp()];
    assert.ok(agent.agent.port > 0);
    for (const peer of [udp, tcp]) {
      peer.send(requestText({ callId: peer === udp ? 'u' : 't' }));
      assert.equal((await peer.next('200')).callId, peer === udp ? 'u' : 't');
    }
    assert.equal(agent.gauge('tcp_connections'), 1);
  });

  it('answers to where a request came from, whatever Via and Contact say, and tells the source (RFC 3581)', async () => {
    const peer = await agent.udp();
    for (const via of [
      'SIP/2.0/UDP 192.0.2.9:9;rport;branch=z9hG4bKa',
      'SIP/2.0/UDP 192.0.2.9:9;branch=z9hG4bKb',
    ]) {
      peer.send(requestText({ via, headers: ['Contact: <sip:cam@192.0.2.9:9>'] }));
      const answer = await peer.next('200');
      assert.equal(answer.topVia?.received, '127.0.0.1');
      assert.equal(answer.topVia.rport, via.includes('rport') ? peer.port : undefined);
    }
  });

  it('sends from the port on which it listens', async () => {
    const peer = await agent.udp();
    const answered = agent.agent.request(toPeer(peer.port));
    const request = await peer.next('MESSAGE');
    assert.equal(request.topVia?.port, agent.agent.port);
    peer.send(responseText(request, 200));
    assert.equal((await answered).status, 200);
  });

  it('ignores keepalive octets and rubbish over UDP, the latter counted', async () => {
    const peer = await agent.udp();
    for (const text of [
      '\r\n\r\n',
      '\0',
      '\0\0\0\0',
      'rubbish of some length',
      'INVITE sip:a SIP/2.0\r\n\r\n',
    ])
      peer.send(text);
    peer.send(requestText());
    await peer.next('200');
    assert.deepEqual([agent.refused('malformed'), agent.refused('incomplete-head')], [1, 1]);
  });

  it('tells who wants a trace of every message in and out, of both transports', async () => {
    const traced: string[] = [];
    for (const name of ['a', 'b'])
      agent.agent.onTrace(({ direction, flow, bytes }) => {
        traced.push(
          `${name} ${direction} ${flow.transport} ${Buffer.from(bytes).toString('latin1').slice(0, 7)}`,
        );
      });
    agent.agent.onTrace(() => {
      throw new Error('of a listener');
    });
    const [udp, tcp] = [await agent.udp(), await agent.tcp()];
    udp.send(requestText({ callId: 'u' }));
    await udp.next('200');
    tcp.send(requestText({ callId: 't' }));
    await tcp.next('200');
    assert.deepEqual(
      traced.filter((entry) => entry.startsWith('a')),
      ['a in udp MESSAGE', 'a out udp SIP/2.0', 'a in tcp MESSAGE', 'a out tcp SIP/2.0'],
    );
    assert.equal(traced.length, 8);
    assert.equal(agent.refused('handler-failed'), 4);
  });

  it('tells at once that a request is too long for a datagram', async () => {
    const peer = await agent.udp();
    await assert.rejects(
      agent.agent.request({ ...toPeer(peer.port), body: Buffer.alloc(65_500) }),
      (error: Error) => (error.cause as Error).message === 'too long for a datagram',
    );
  });

  it('refuses to start on a port that is taken, for either transport, and leaves nothing open', async () => {
    await assert.rejects(Agent.start({ port: agent.agent.port }), /EADDRINUSE/);
    const taken = createSocket('udp4');
    taken.bind(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address();
    await assert.rejects(Agent.start({ port }), /EADDRINUSE/);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    taken.close();
  });

  it('listens on IPv6 and IPv4 at once, and shows an IPv4 peer as IPv4', async function () {
    const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
      all?.some(({ family }) => family === 'IPv6'),
    );
    if (!hasIpv6) this.skip();
    const both = await Agent.start({ host: '::' });
    const flows: Flow[] = [];
    both.agent.onRequest('MESSAGE', (incoming) => {
      flows.push(incoming.flow);
      incoming.reply(200);
    });
    try {
      for (const peer of [await both.udp(), await both.tcp()]) {
        peer.send(requestText({ callId: String(peer.port) }));
        await peer.next('200');
        const flow = flows.at(-1);
        assert.ok(flow);
        assert.deepEqual([flow.remoteAddress, flow.remotePort], ['127.0.0.1', peer.port]);
        const answered = both.agent.request({ ...toPeer(peer.port), flow });
        peer.send(responseText(await peer.next('MESSAGE'), 200));
        assert.equal((await answered).status, 200);
      }
    } finally {
      await both.close();
    }
  });

  it('sends nothing after close, and says so', async () => {
    const peer = await agent.udp();
    const other = await Agent.start();
    await other.agent.close();
    await assert.rejects(other.agent.request(toPeer(peer.port)), /transport failed/);
    await assert.rejects(other.agent.request(toPeer(peer.port, 'tcp')), /transport failed/);
    assert.equal(other.clock.pending, 0);
  });
});

describe('SIP user agent on real sockets: connections', () => {
  let agent: Agent;
  beforeEach(async () => {
    agent = await Agent.start();
    for (const method of ['MESSAGE', 'REGISTER'])
      agent.agent.onRequest(method, (incoming) => {
        incoming.reply(200);
      });
  });
  afterEach(async () => {
    await agent.close();
  });

  it('sends to a peer over the connection on which it spoke, in both directions', async () => {
    const peer = await agent.tcp();
    const flows: Flow[] = [];
    agent.agent.onRequest('REGISTER', (incoming) => {
      flows.push(incoming.flow);
      incoming.reply(200);
    });
    peer.send(requestText({ method: 'REGISTER', headers: ['Contact: <sip:cam@192.0.2.9:5060>'] }));
    await peer.next('200');
    const [flow] = flows;
    assert.ok(flow);
    const answered = agent.agent.request({ ...toPeer(1), flow });
    const request = await peer.next('MESSAGE');
    assert.equal(request.topVia?.transport, 'TCP');
    peer.send(responseText(request, 200));
    assert.equal((await answered).status, 200);
    assert.equal(agent.gauge('tcp_connections'), 1);
  });

  it('takes a dropped connection for the end of the flow: told, and nothing is dialled', async () => {
    const peer = await agent.tcp();
    const gone: string[] = [];
    const flows: Flow[] = [];
    agent.agent.onFlowClosed((flow) => gone.push(flow.key));
    agent.agent.onRequest('REGISTER', (incoming) => {
      flows.push(incoming.flow);
      incoming.reply(200);
    });
    peer.send(requestText({ method: 'REGISTER' }));
    await peer.next('200');
    const [flow] = flows;
    assert.ok(flow);
    const waiting = assert.rejects(agent.agent.request({ ...toPeer(1), flow }), /transport failed/);
    await peer.next('MESSAGE');
    peer.close();
    await waiting;
    assert.deepEqual(gone, [flow.key]);
    await assert.rejects(agent.agent.request({ ...toPeer(1), flow }), /transport failed/);
    assert.deepEqual([agent.gauge('tcp_connections'), agent.gauge('transactions')], [0, 0]);
  });

  it('hears the same messages wherever the stream is cut', async () => {
    const stream = Buffer.from(
      `\r\n\r\n${requestText({ callId: '1', body: 'eins' })}${requestText({ callId: '2' })}\r\n\r\n${requestText({ callId: '3', body: 'drei' })}`,
    );
    const heard: string[] = [];
    agent.agent.onRequest('MESSAGE', (incoming) => {
      heard.push(`${incoming.request.callId ?? ''} ${Buffer.from(incoming.request.body).toString()}`);
      incoming.reply(200);
    });
    for (let at = 1; at < stream.length; at += 23) {
      const peer = await agent.tcp();
      peer.send(stream.subarray(0, at));
      await new Promise(setImmediate);
      peer.send(stream.subarray(at));
      for (let i = 0; i < 3; i += 1) await peer.next('200');
      assert.deepEqual(heard.splice(0), ['1 eins', '2 ', '3 drei'], `cut at ${String(at)}`);
      peer.close();
      await agent.clock.advance(1_000);
    }
  });

  it('forgets a connection that is cut in the middle of a message, wherever that is', async () => {
    const text = requestText({ body: 'x'.repeat(100) });
    for (let at = 1; at < text.length; at += 41) {
      const peer = await agent.tcp();
      peer.send(text.slice(0, at));
      peer.socket.end();
      await peer.closed;
    }
    await agent.until('no connection left', () => agent.gauge('tcp_connections') === 0);
    assert.equal(agent.gauge('tcp_held_bytes'), 0);
    assert.equal(agent.gauge('transactions'), 0);
  });

  it('answers a ping by a pong (RFC 5626 §3.5.1), between messages too', async () => {
    const peer = await agent.tcp();
    peer.send('\r\n\r\n');
    await agent.until('pong', () => peer.bytes === '\r\n');
    peer.send(`${requestText()}\r\n\r\n`);
    await peer.next('200');
    await agent.until('second pong', () => peer.bytes.endsWith('\r\n\r\n\r\n'));
  });

  it('closes a connection that cannot be followed, at once, and others go on', async () => {
    const [broken, other] = [await agent.tcp(), await agent.tcp()];
    broken.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await broken.closed;
    assert.equal(agent.refused('connection-fault'), 1);
    other.send(requestText());
    await other.next('200');
  });

  it('closes what is idle or slow', async () => {
    const [idle, slow] = [await agent.tcp(), await agent.tcp()];
    idle.send(requestText({ method: 'REGISTER' }));
    await idle.next('200');
    slow.send(requestText().slice(0, 50));
    await agent.until('half a message held', () => agent.gauge('tcp_held_bytes') === 50);
    await agent.clock.advance(34_000);
    await slow.closed;
    assert.deepEqual([agent.refused('connection-slow'), agent.gauge('tcp_connections')], [1, 1]);
    await agent.clock.advance(3_900_000);
    await idle.closed;
    assert.equal(agent.refused('connection-idle'), 1);
  });

  it('dials a peer that it has no connection to, once, and speaks with it over that one', async () => {
    const { server, port } = await aListener();
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const answers = [1, 2].map(() => agent.agent.request(toPeer(port, 'tcp')));
    const peer = agent.keep(TcpPeer.accepted(await accepted));
    for (let i = 0; i < 2; i += 1) peer.send(responseText(await peer.next('MESSAGE'), 200));
    assert.deepEqual(
      (await Promise.all(answers)).map(({ status }) => status),
      [200, 200],
    );
    const third = agent.agent.request(toPeer(port, 'tcp'));
    await peer.next('MESSAGE');
    peer.send(requestText({ callId: 'back' }));
    assert.equal((await peer.next('200')).callId, 'back');
    assert.equal(agent.gauge('tcp_connections'), 1);
    const gone = assert.rejects(third, /transport failed/);
    peer.close();
    await gone;
    server.close();
  });

  it('says that a peer cannot be dialled', async () => {
    const { server, port } = await aListener();
    server.close();
    await once(server, 'close');
    await assert.rejects(agent.agent.request(toPeer(port, 'tcp')), /transport failed/);
    assert.equal(agent.gauge('tcp_connections'), 0);
  });

  it('gives up a peer that takes ten seconds to be dialled', async () => {
    const { server, port } = await aListener();
    const request = assert.rejects(
      agent.agent.request(toPeer(port, 'tcp')),
      (error: Error) => (error.cause as Error).message === 'connection not made in time',
    );
    // The clock runs ahead of the sockets: the connection is made too late.
    await agent.clock.advance(10_000);
    await request;
    assert.deepEqual([agent.gauge('tcp_connections'), agent.gauge('transactions')], [0, 0]);
    server.close();
  });

  it('takes back what it is dialling when it is closed', async () => {
    const { server, port } = await aListener();
    const other = await Agent.start();
    const request = assert.rejects(other.agent.request(toPeer(port, 'tcp')), /transport failed/);
    await other.agent.close();
    await request;
    assert.deepEqual([other.clock.pending, other.gauge('tcp_connections')], [0, 0]);
    server.close();
  });

  it('closes every connection with itself', async () => {
    const other = await Agent.start();
    const peer = await other.tcp();
    await other.until('accepted', () => other.gauge('tcp_connections') === 1);
    await other.agent.close();
    await peer.closed;
    assert.equal(other.clock.pending, 0);
  });
});
