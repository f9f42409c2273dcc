import assert from 'node:assert/strict';
import { requestText } from '../../support/sip/messages.ts';
import { Agent } from './agent.ts';

let calls = 0;

/** A request with a line that is none, and enough of others for an answer to be no longer. */
function broken(method = 'MESSAGE'): string {
  calls += 1;
  const text = requestText({
    method,
    callId: `u${String(calls)}`,
    via: `SIP/2.0/UDP 192.0.2.9;rport;branch=z9hG4bKu${String(calls)}`,
  });
  return text.replace('\r\n\r\n', `\r\na line of nothing${' '.repeat(120)}\r\n\r\n`);
}

describe('SIP requests over UDP that cannot be read (RFC 3261 §18.3)', () => {
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

  it('are answered by 400 at the address that they came from, and counted', async () => {
    const peer = await agent.udp();
    peer.send(broken());
    const answer = await peer.next('400');
    assert.equal(answer.callId, `u${String(calls)}`);
    assert.equal(answer.topVia?.rport, peer.port);
    assert.ok(answer.to?.tag !== undefined);
    assert.equal(agent.refused('malformed'), 1);
  });

  it('of another version are answered by 505', async () => {
    const peer = await agent.udp();
    peer.send(broken('INVITE').replace('SIP/2.0\r\n', 'SIP/7.0\r\n'));
    assert.equal((await peer.next('505')).cSeq?.method, 'INVITE');
  });

  it('are not answered when nothing can be copied, or by more than came: no ACK, no response, no stub', async () => {
    const peer = await agent.udp();
    const whole = broken();
    const silent = [
      broken('ACK'),
      whole.replace(/Via: .*\r\n/, ''),
      whole.replace(/Call-ID: .*\r\n/, ''),
      `SIP/2.0 200 OK\r\n${whole.slice(whole.indexOf('\r\n') + 2)}`,
      'X a SIP/2.0\nv:SIP/2.0/UDP h;branch=z9hG4bK1\nf:<sip:a>\nt:<sip:b>\ni:1\nCSeq:1 X\nx\n\n',
    ];
    for (const text of silent) peer.send(text);
    peer.send(requestText());
    await peer.next('200');
    assert.equal(peer.count('400'), 0);
    assert.equal(agent.refused('malformed'), silent.length);
  });

  it('are answered fifty times a second and no more, whoever sends them', async () => {
    const peers = [await agent.udp(), await agent.udp()];
    for (let round = 0; round < 50; round += 1) for (const peer of peers) peer.send(broken());
    await agent.until('all are read', () => agent.refused('malformed') === 100);
    const answered = (): number => peers.reduce((sum, peer) => sum + peer.count('400'), 0);
    await agent.until('they are answered', () => answered() === 50);
    for (const peer of peers) {
      peer.send(requestText({ callId: `after${String(peer.port)}` }));
      await peer.next('200');
    }
    assert.equal(answered(), 50);
  });
});
