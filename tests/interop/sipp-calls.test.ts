import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { Instruments, silentLogger, SystemClock, SystemRandom } from '../../bff/src/kernel/index.ts';
import {
  createSipUserAgent,
  type Flow,
  type InviteAttempt,
  InviteCancelled,
  parseSdp,
  RejectedResponse,
  type SipUserAgent,
  ssrcOf,
} from '../../bff/src/sip/index.ts';
import { freePorts } from '../support/free-ports.ts';
import { until } from '../support/until.ts';
import { sipp, skipWithoutSipp } from './sipp.ts';

/** A camera that SIPp plays, and our call to it. */
interface Call {
  readonly attempt: InviteAttempt;
  /** Settles when SIPp has come to the end of its scenario, or not. */
  readonly camera: Promise<void>;
}

describe('SIPp plays the camera', function () {
  this.timeout(30_000);
  let instruments: Instruments;
  let agent: SipUserAgent;

  before(function () {
    skipWithoutSipp(this);
  });
  beforeEach(async () => {
    instruments = new Instruments();
    agent = createSipUserAgent({
      clock: new SystemClock(),
      random: new SystemRandom(),
      logger: silentLogger,
      instruments,
      host: '127.0.0.1',
      port: 0,
      advertisedHost: '127.0.0.1',
    });
    await agent.start();
  });
  afterEach(async () => {
    await agent.close();
  });

  function figure(name: string, label?: string): number {
    const samples = instruments.read().find((found) => found.name === name)?.samples;
    return samples?.find((sample) => sample.label?.value === label)?.value ?? 0;
  }

  /** Messages of a direction, method and status. */
  function messages(label: string): number {
    return figure('yimu_sip_messages', label);
  }

  async function call(scenario: string, transport: Flow['transport'] = 'udp'): Promise<Call> {
    const port = await freePorts();
    const camera = sipp({ scenario, transport, port, withoutRepetitions: scenario === 'uas-ack-lost' });
    camera.catch(() => undefined);
    // Over UDP an INVITE that comes too early is repeated; a connection has to be accepted.
    if (transport === 'tcp') await until('SIPp listens', () => answers(port));
    const attempt = agent.invite({
      method: 'INVITE',
      requestUri: `sip:cam@127.0.0.1:${String(port)}`,
      from: 'sip:us@x',
      to: 'sip:cam@x',
      flow: { transport, remoteAddress: '127.0.0.1', remotePort: port, key: `${transport}:${String(port)}` },
    });
    return { attempt, camera };
  }

  for (const transport of ['udp', 'tcp'] as const) {
    it(`that answers late, over ${transport}: ACK, and our BYE ends the call`, async () => {
      const { attempt, camera } = await call('uas-late-answer', transport);
      const { dialog, response, acknowledge } = await attempt.answered;
      const read = parseSdp(response.body);
      assert.equal(read.ok ? ssrcOf(read.sdp) : undefined, 200_000_001);
      acknowledge();
      await dialog.bye();
      await camera;
      assert.equal(figure('yimu_sip_dialogs'), 0);
    });

    it(`that ends the call itself, over ${transport}`, async () => {
      const { attempt, camera } = await call('uas-hangs-up', transport);
      const { dialog, acknowledge } = await attempt.answered;
      const ended = new Promise<string>((resolve) => {
        dialog.onEnded(resolve);
      });
      acknowledge();
      assert.equal(await ended, 'remote');
      await camera;
      assert.equal(figure('yimu_sip_dialogs'), 0);
    });
  }

  it('that does not hear the first ACK: each repeated 200 gets it again', async () => {
    const { attempt, camera } = await call('uas-ack-lost');
    const { dialog, acknowledge } = await attempt.answered;
    acknowledge();
    await until('three ACKs', () => messages('out ACK') === 3);
    await dialog.bye();
    await camera;
  });

  it('that is busy: 486 is acknowledged', async () => {
    const { attempt, camera } = await call('uas-busy');
    await assert.rejects(
      attempt.answered,
      (error) => error instanceof RejectedResponse && error.status === 486,
    );
    await camera;
  });

  for (const [scenario, what] of [
    ['uas-cancelled', 'whose call is taken back in time: 487'],
    ['uas-cancel-race', 'whose 200 crosses the CANCEL: ACK and BYE'],
  ] as const) {
    it(`that rings and ${what}`, async () => {
      const { attempt, camera } = await call(scenario);
      await until('it rings', () => messages('in INVITE 180') === 1);
      attempt.cancel();
      await assert.rejects(attempt.answered, InviteCancelled);
      await camera;
      assert.equal(figure('yimu_sip_dialogs'), 0);
    });
  }

  it('that wants to change the call: 488, and the call goes on until our BYE', async () => {
    const { attempt, camera } = await call('uas-reinvites');
    const { dialog, acknowledge } = await attempt.answered;
    acknowledge();
    await until('refused', () => messages('out INVITE 488') === 1);
    assert.equal(dialog.ended, false);
    await dialog.bye();
    await camera;
  });

  for (const [transport, scenario] of [
    ['udp', 'uac-late-ack'],
    ['tcp', 'uac-late-ack-tcp'],
  ] as const) {
    it(`that calls and acknowledges late, over ${transport}: our 200 is repeated until then`, async () => {
      const ends: string[] = [];
      agent.onRequest('INVITE', (incoming) => {
        incoming.reply(200);
        incoming.dialog?.onEnded((by) => ends.push(by));
      });
      await sipp({ scenario, transport, target: agent.port });
      assert.deepEqual([ends, figure('yimu_sip_dialogs'), figure('yimu_sip_repeated')], [['remote'], 0, 2]);
    });
  }

  it('that calls and takes it back: 487, repeated until its ACK', async () => {
    agent.onRequest('INVITE', () => undefined);
    await sipp({ scenario: 'uac-cancels', target: agent.port });
    assert.deepEqual([figure('yimu_sip_dialogs'), messages('out INVITE 487')], [0, 1]);
    assert.equal(figure('yimu_sip_repeated'), 1);
    await until('acknowledged', () => messages('in ACK') === 1);
  });
});

/** Whether somebody accepts connections there. */
async function answers(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
