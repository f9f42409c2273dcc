import assert from 'node:assert/strict';
import type { SipMessage } from '../../../bff/sip-parser-lite/src/index.ts';
import { type Dialog, InviteCancelled, type OutgoingRequest } from '../../../bff/src/sip/index.ts';
import { requestText, responseText } from '../../support/sip/messages.ts';
import { Agent, udpFlow } from './agent.ts';
import type { UdpPeer } from './sip-peer.ts';

const CONTACT = { headers: ['Contact: <sip:cam@192.0.2.9>'] };

/** A camera over UDP, whose answers and silences the test decides; time is the test's too. */
class Call {
  readonly agent: Agent;
  readonly camera: UdpPeer;
  readonly order: OutgoingRequest;

  constructor(agent: Agent, camera: UdpPeer) {
    this.agent = agent;
    this.camera = camera;
    this.order = {
      method: 'INVITE',
      requestUri: `sip:cam@127.0.0.1:${String(camera.port)}`,
      from: 'sip:us@x',
      to: 'sip:cam@x',
      flow: udpFlow(camera.port),
    };
  }

  /** Time goes on; then what was sent is on its way. */
  async pass(ms: number): Promise<void> {
    await this.agent.clock.advance(ms);
  }

  async established(): Promise<{
    readonly dialog: Dialog;
    readonly invite: SipMessage;
    readonly ends: string[];
  }> {
    const attempt = this.agent.agent.invite(this.order);
    const invite = await this.camera.next('INVITE');
    this.camera.send(responseText(invite, 200, CONTACT));
    const { dialog, acknowledge } = await attempt.answered;
    acknowledge();
    await this.camera.next('ACK');
    const ends: string[] = [];
    dialog.onEnded((by) => ends.push(by));
    return { dialog, invite, ends };
  }

  /** A request of the camera within a dialog. */
  say(dialog: Dialog, method: string, sequence: number, branch = `${method}${String(sequence)}`): void {
    this.camera.send(
      requestText({
        method,
        cSeq: `${String(sequence)} ${method}`,
        callId: dialog.callId,
        via: `SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK${branch}`,
        from: `<sip:cam@x>;tag=${dialog.remoteTag}`,
        to: `<sip:us@x>;tag=${dialog.localTag}`,
      }),
    );
  }

  /** Nothing is held and nothing is pending once all has died away. */
  async assertNothingLeft(): Promise<void> {
    await this.pass(100_000);
    const held = ['transactions', 'transactions_lingering', 'dialogs'].map((name) => this.agent.gauge(name));
    // The look after connections and old answers, each second, is all that is left.
    assert.deepEqual([...held, this.agent.clock.pending], [0, 0, 0, 1]);
  }
}

describe('SIP calls on real sockets, where messages are lost, late or crossing', () => {
  let agent: Agent;
  let call: Call;
  beforeEach(async () => {
    agent = await Agent.start();
    call = new Call(agent, await agent.udp());
  });
  afterEach(async () => {
    await agent.close();
  });

  it('lost INVITE: it is repeated after T1 and doubling', async () => {
    const attempt = agent.agent.invite(call.order);
    const first = await call.camera.next('INVITE');
    await call.pass(500);
    await call.camera.next('INVITE');
    await call.pass(1_000);
    const third = await call.camera.next('INVITE');
    assert.equal(third.topVia?.branch, first.topVia?.branch);
    call.camera.send(responseText(third, 200));
    (await attempt.answered).acknowledge();
    await call.camera.next('ACK');
    await call.pass(60_000);
    assert.equal(call.camera.count('INVITE'), 3);
  });

  it('lost 200: the camera repeats it, and the repeated one is acknowledged', async () => {
    const attempt = agent.agent.invite(call.order);
    const invite = await call.camera.next('INVITE');
    call.camera.send(responseText(invite, 100, { toTag: '' }));
    await agent.until('100 heard', () => agent.clock.pending === 2);
    // The first 200 never comes. The INVITE is not repeated, for a 100 was heard.
    await call.pass(5_000);
    call.camera.send(requestText({ method: 'OPTIONS' }));
    await call.camera.next('405');
    assert.equal(call.camera.count('INVITE'), 1);
    call.camera.send(responseText(invite, 200, CONTACT));
    (await attempt.answered).acknowledge();
    assert.equal((await call.camera.next('ACK')).cSeq?.sequence, 1);
  });

  it('lost ACK: each repeated 200 gets it again, and one dialog is all there is', async () => {
    const { invite } = await call.established();
    for (let i = 0; i < 3; i += 1) {
      call.camera.send(responseText(invite, 200, CONTACT));
      await call.camera.next('ACK');
    }
    assert.deepEqual([call.camera.count('ACK'), agent.gauge('dialogs')], [4, 1]);
  });

  it('delayed ACK: who answers late lets the camera repeat its 200, and is heard then', async () => {
    const attempt = agent.agent.invite(call.order);
    const invite = await call.camera.next('INVITE');
    call.camera.send(responseText(invite, 200, CONTACT));
    const { acknowledge } = await attempt.answered;
    call.camera.send(responseText(invite, 200, CONTACT));
    call.camera.send(requestText({ method: 'OPTIONS' }));
    await call.camera.next('405');
    assert.equal(call.camera.count('ACK'), 0);
    acknowledge();
    await call.camera.next('ACK');
    call.camera.send(responseText(invite, 200, CONTACT));
    await call.camera.next('ACK');
  });

  it('CANCEL race: a 200 that was under way is acknowledged and ended by BYE', async () => {
    const attempt = agent.agent.invite(call.order);
    const invite = await call.camera.next('INVITE');
    call.camera.send(responseText(invite, 180));
    await agent.until('180 heard', () => agent.clock.pending === 2);
    attempt.cancel();
    await assert.rejects(attempt.answered, InviteCancelled);
    const cancel = await call.camera.next('CANCEL');
    call.camera.send(responseText(invite, 200, CONTACT));
    call.camera.send(responseText(cancel, 481));
    await call.camera.next('ACK');
    const bye = await call.camera.next('BYE');
    assert.equal(bye.to?.params.get('tag'), 'd1');
    call.camera.send(responseText(bye, 200));
    await agent.until('BYE answered', () => agent.gauge('transactions') === 0);
    await call.assertNothingLeft();
  });

  it('CANCEL in time: 487, which is acknowledged, and nothing is left', async () => {
    const attempt = agent.agent.invite(call.order);
    const invite = await call.camera.next('INVITE');
    attempt.cancel();
    call.camera.send(responseText(invite, 100, { toTag: '' }));
    const cancel = await call.camera.next('CANCEL');
    call.camera.send(responseText(cancel, 200));
    for (let i = 0; i < 2; i += 1) {
      call.camera.send(responseText(invite, 487));
      await call.camera.next('ACK');
    }
    await call.assertNothingLeft();
  });

  it('lost BYE: it is repeated until it is answered', async () => {
    const { dialog, ends } = await call.established();
    const over = dialog.bye();
    await call.camera.next('BYE');
    await call.pass(500);
    const again = await call.camera.next('BYE');
    call.camera.send(responseText(again, 200));
    await over;
    assert.deepEqual(ends, ['local']);
    await call.assertNothingLeft();
  });

  it('BYE crossing: both sides are over once, each with an answer', async () => {
    const { dialog, ends } = await call.established();
    const over = dialog.bye();
    call.say(dialog, 'BYE', 7);
    const bye = await call.camera.next('BYE');
    await call.camera.next('481');
    call.camera.send(responseText(bye, 481));
    await over;
    assert.deepEqual(ends, ['local']);
    await call.assertNothingLeft();
  });

  it('BYE of the camera: 200, again for a repeated BYE, and the dialog is over once', async () => {
    const { dialog, ends } = await call.established();
    for (let i = 0; i < 3; i += 1) {
      call.say(dialog, 'BYE', 7);
      await call.camera.next('200');
    }
    assert.deepEqual(ends, ['remote']);
    await call.assertNothingLeft();
  });

  it('re-INVITE of the camera: refused by 488, and the call goes on', async () => {
    const { dialog } = await call.established();
    call.say(dialog, 'INVITE', 7, 'reinvite');
    await call.camera.next('488');
    call.say(dialog, 'ACK', 7, 'reinvite');
    assert.equal(dialog.ended, false);
    void dialog.bye();
    call.camera.send(responseText(await call.camera.next('BYE'), 200));
    await agent.until('BYE answered', () => agent.gauge('transactions') === 0);
    await call.assertNothingLeft();
  });

  it('camera that rings and says nothing more: CANCEL at the limit of the caller', async () => {
    const attempt = agent.agent.invite({ ...call.order, timeoutMs: 10_000 });
    const invite = await call.camera.next('INVITE');
    call.camera.send(responseText(invite, 180));
    await agent.until('180 heard', () => agent.clock.pending === 2);
    await call.pass(10_000);
    await assert.rejects(attempt.answered, /no final response/);
    await call.camera.next('CANCEL');
    await call.assertNothingLeft();
  });

  it('camera that is not there: given up after 32 s, and nothing is left', async () => {
    const attempt = agent.agent.invite(call.order);
    await call.pass(32_000);
    await assert.rejects(attempt.answered, /no final response/);
    await agent.until('seven INVITEs', () => call.camera.count('INVITE') === 7);
    await call.assertNothingLeft();
  });

  it('INVITE of the camera, whose ACK is lost: our 200 is repeated until it comes', async () => {
    agent.agent.onRequest('INVITE', (incoming) => {
      incoming.reply(200);
    });
    const invite = { method: 'INVITE', callId: 'talk', headers: ['Contact: <sip:cam@192.0.2.9>'] };
    call.camera.send(requestText(invite));
    const ok = await call.camera.next('200');
    await call.pass(500);
    await call.camera.next('200');
    call.camera.send(requestText(invite));
    const dialog = { callId: 'talk', remoteTag: 'd1', localTag: ok.to?.params.get('tag') ?? '' } as Dialog;
    call.say(dialog, 'ACK', 20);
    await agent.until('acknowledged', () => agent.clock.pending === 2);
    await call.pass(30_000);
    assert.equal(call.camera.count('200'), 2);
    call.say(dialog, 'BYE', 21);
    await call.camera.next('200');
    await call.assertNothingLeft();
  });

  it('INVITE of a camera that dies: BYE after 32 s without ACK', async () => {
    agent.agent.onRequest('INVITE', (incoming) => {
      incoming.reply(200);
    });
    call.camera.send(
      requestText({ method: 'INVITE', callId: 'talk', headers: ['Contact: <sip:cam@192.0.2.9>'] }),
    );
    await call.camera.next('200');
    await call.pass(32_000);
    await call.camera.next('BYE');
    await call.assertNothingLeft();
  });

  it('INVITE of the camera that it takes back: 200 to the CANCEL, 487 until its ACK', async () => {
    agent.agent.onRequest('INVITE', () => undefined);
    call.camera.send(requestText({ method: 'INVITE', callId: 'talk' }));
    await call.camera.next('100');
    call.camera.send(requestText({ method: 'CANCEL', callId: 'talk' }));
    await call.camera.next('200');
    const refusal = await call.camera.next('487');
    await call.pass(500);
    await call.camera.next('487');
    const to = refusal.header('To') ?? '';
    call.camera.send(requestText({ method: 'ACK', callId: 'talk', cSeq: '20 ACK', to }));
    await agent.until('acknowledged', () => agent.clock.pending === 2);
    await call.pass(4_000);
    assert.equal(call.camera.count('487'), 2);
    await call.assertNothingLeft();
  });
});
