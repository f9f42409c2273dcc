import assert from 'node:assert/strict';
import type { MediaDialog, PlayOrder } from '../../../bff/src/gb28181/index.ts';
import { until } from '../../support/until.ts';
import { CAMERA, NVR, Stack } from './a-stack.ts';
import { bodyOf, fixture } from './fixtures.ts';
import type { RawDevice } from './raw-device.ts';
import type { Received } from './sip-peer.ts';

const ANSWER = bodyOf(fixture('gb28181/i3-200.sip'));
const SDP = ['Content-Type: application/sdp'];

describe('live media over real sockets (GB/T 28181-2016 §9.2, annex F, G, K)', function () {
  this.timeout(20_000);
  let stack: Stack;
  let device: RawDevice;

  beforeEach(async () => {
    stack = await Stack.start();
    device = await stack.online(NVR);
  });

  afterEach(async () => {
    await stack.stop();
  });

  function order(overrides: Partial<PlayOrder> = {}): PlayOrder {
    return {
      deviceGbId: NVR,
      channelGbId: CAMERA,
      transport: 'udp',
      streamNumber: 0,
      ssrc: stack.platform.reserveSsrc('live'),
      receiver: { address: '203.0.113.20', port: 30_000 },
      timeoutMs: 5_000,
      ...overrides,
    };
  }

  async function invited(overrides: Partial<PlayOrder> = {}): Promise<{
    readonly play: Promise<MediaDialog>;
    readonly invite: Received;
  }> {
    const play = stack.platform.play(order(overrides));
    play.catch(() => undefined);
    return { play, invite: await device.peer.nextRequest('INVITE') };
  }

  async function playing(): Promise<{
    readonly dialog: MediaDialog;
    readonly invite: Received;
    readonly ack: Received;
  }> {
    const { play, invite } = await invited();
    device.answer(invite, '200 OK', { headers: SDP, body: ANSWER });
    const ack = await device.peer.nextRequest('ACK');
    return { dialog: await play, invite, ack };
  }

  const offers: readonly (readonly [PlayOrder['transport'], string, RegExp])[] = [
    ['udp', 'm=video 30000 RTP/AVP 96 97 98 99', /^(?!.*a=setup)/s],
    ['tcp-passive', 'm=video 30000 TCP/RTP/AVP 96 97 98 99', /a=setup:passive\r\na=connection:new/],
    ['tcp-active', 'm=video 30000 TCP/RTP/AVP 96 97 98 99', /a=setup:active\r\na=connection:new/],
  ];
  for (const [transport, media, rest] of offers) {
    it(`is offered over ${transport}, with y=, f= and Subject`, async () => {
      const ssrc = stack.platform.reserveSsrc('live');
      const { invite } = await invited({ transport, ssrc });
      assert.equal(invite.start, `INVITE sip:${CAMERA}@127.0.0.1:${String(device.peer.port)} SIP/2.0`);
      assert.equal(invite.header('Subject'), `${CAMERA}:0200000000,34020000002000000001:0`);
      assert.match(invite.header('Contact') ?? '', /^<sip:34020000002000000001@127\.0\.0\.1:\d+>$/);
      assert.equal(invite.header('Content-Type')?.toLowerCase(), 'application/sdp');
      const lines = invite.text.split('\r\n');
      assert.ok(lines.includes(media), invite.text);
      assert.match(invite.text, rest);
      for (const line of ['s=Play', 't=0 0', 'c=IN IP4 203.0.113.20', 'a=recvonly', 'a=rtpmap:96 PS/90000'])
        assert.ok(lines.includes(line), line);
      // y= and f= stand behind everything else: strict readers of SDP stop there.
      assert.deepEqual(lines.slice(-3), [`y=${ssrc.text}`, 'f=v/////a///', '']);
      assert.match(ssrc.text, /^020000\d{4}$/);
    });
  }

  it('is of the same stream number in Subject when it is asked for again, under another SSRC (annexes K, L)', async () => {
    const [first, again] = [await playing(), await playing()];
    const y = ({ invite }: typeof first): string => /^y=(\d+)/m.exec(invite.text)?.[1] ?? '';
    assert.notEqual(y(first), y(again));
    assert.equal(first.invite.header('Subject'), again.invite.header('Subject'));
    const { invite: sub } = await invited({ streamNumber: 1 });
    assert.equal(sub.header('Subject'), `${CAMERA}:0200000001,34020000002000000001:1`);
  });

  it('is acknowledged, again for each repeated 200, and ended by our BYE with the right tags', async () => {
    const { dialog, invite, ack } = await playing();
    assert.equal(ack.header('Call-ID'), invite.header('Call-ID'));
    assert.equal(ack.header('CSeq'), `${(invite.header('CSeq') ?? '').split(' ')[0] ?? ''} ACK`);
    assert.notEqual(ack.header('Via'), invite.header('Via'), 'the ACK of a 2xx has a branch of its own');
    device.answer(invite, '200 OK', { headers: SDP, body: ANSWER });
    const again = await device.peer.nextRequest('ACK');
    assert.equal(again.head, ack.head);

    const closed = dialog.close();
    const bye = await device.peer.nextRequest('BYE');
    assert.equal(bye.header('From'), invite.header('From'));
    assert.match(bye.header('To') ?? '', /;tag=dev$/);
    assert.equal(bye.header('Call-ID'), invite.header('Call-ID'));
    assert.ok(parseInt(bye.header('CSeq') ?? '') > parseInt(invite.header('CSeq') ?? ''));
    device.answer(bye, '200 OK');
    await closed;
    assert.equal(stack.figure('yimu_media_dialogs'), 0);
    assert.equal(stack.figure('yimu_sip_dialogs'), 0);
  });

  it('repeats a BYE that got lost until it is answered', async () => {
    const { dialog } = await playing();
    const closed = dialog.close();
    await device.peer.nextRequest('BYE');
    device.answer(await device.peer.nextRequest('BYE'), '481 Call/Transaction Does Not Exist');
    await closed;
    assert.equal(stack.figure('yimu_media_dialogs'), 0);
  });

  it('ends by the BYE of the device, which is answered', async () => {
    const { dialog, invite, ack } = await playing();
    const ends: string[] = [];
    dialog.onEnded((by) => ends.push(by));
    const bye = device.request('BYE', {
      instead: {
        From: `From: ${ack.header('To') ?? ''}`,
        To: `To: ${invite.header('From') ?? ''}`,
        'Call-ID': `Call-ID: ${invite.header('Call-ID') ?? ''}`,
      },
    });
    assert.equal((await device.exchange(bye)).start, 'SIP/2.0 200 OK');
    assert.deepEqual(ends, ['remote']);
    assert.equal(stack.figure('yimu_media_dialogs'), 0);
    await dialog.close();
  });

  it('survives a stranger who knows the Call-ID only', async () => {
    const { dialog, invite } = await playing();
    const stranger = await stack.device(CAMERA, { address: '127.0.0.9' });
    for (const tag of ['', ';tag=guessed']) {
      const bye = stranger.request('BYE', {
        instead: {
          To: `To: <sip:34020000002000000001@3402000000>${tag}`,
          'Call-ID': `Call-ID: ${invite.header('Call-ID') ?? ''}`,
        },
      });
      assert.equal((await stranger.exchange(bye)).status, 481);
    }
    assert.equal(stack.figure('yimu_media_dialogs'), 1);
    void dialog.close();
  });

  it('is cancelled when nobody waits any more, and a 200 that crosses is acknowledged and ended', async () => {
    const controller = new AbortController();
    const { play, invite } = await invited({ signal: controller.signal });
    device.answer(invite, '100 Trying');
    await until('the 100 is there', () => stack.figures('yimu_sip_messages')['in INVITE 100'] === 1);
    controller.abort();
    await assert.rejects(play, { reason: 'cancelled' });
    const cancel = await device.peer.nextRequest('CANCEL');
    assert.equal(cancel.header('Via'), invite.header('Via'));
    device.answer(cancel, '200 OK');
    device.answer(invite, '200 OK', { headers: SDP, body: ANSWER });
    await device.peer.nextRequest('ACK');
    device.answer(await device.peer.nextRequest('BYE'), '200 OK');
    await until('nothing is left', () => stack.figure('yimu_sip_transactions') === 0);
    assert.equal(stack.figure('yimu_media_dialogs'), 0);
  });

  const refusals: readonly (readonly [string, string])[] = [
    ['404 Not Found', 'rejected'],
    ['480 Temporarily Unavailable', 'rejected'],
    ['600 Busy Everywhere', 'busy'],
    ['603 Decline', 'rejected'],
  ];
  for (const [status, reason] of refusals) {
    it(`fails as ${reason} on ${status}, which is acknowledged`, async () => {
      const { play, invite } = await invited();
      device.answer(invite, status);
      const ack = await device.peer.nextRequest('ACK');
      assert.equal(ack.header('Via'), invite.header('Via'));
      await assert.rejects(play, { reason, status: parseInt(status) });
      assert.equal(stack.figure('yimu_media_dialogs'), 0);
    });
  }

  it('offers nothing but PS to a device that answers 488 to more', async () => {
    const { play, invite } = await invited();
    device.answer(invite, '488 Not Acceptable Here');
    await device.peer.nextRequest('ACK');
    const plain = await device.peer.nextRequest('INVITE');
    assert.notEqual(plain.header('Call-ID'), invite.header('Call-ID'));
    assert.match(plain.text, /^m=video 30000 RTP\/AVP 96\r$/m);
    device.answer(plain, '488 Not Acceptable Here');
    await assert.rejects(play, { reason: 'rejected', status: 488 });
    assert.equal(stack.figure('yimu_media_dialogs'), 0);
  });

  it('fails as timeout when the device never answers', async () => {
    await assert.rejects(stack.platform.play(order({ timeoutMs: 700 })), { reason: 'timeout' });
    assert.ok(device.peer.waiting.filter(({ start }) => start.startsWith('INVITE ')).length >= 2);
  });

  it('fails as bad-answer on a 200 without a description, which is acknowledged and ended', async () => {
    const { play, invite } = await invited();
    device.answer(invite, '200 OK');
    await device.peer.nextRequest('ACK');
    device.answer(await device.peer.nextRequest('BYE'), '200 OK');
    await assert.rejects(play, { reason: 'bad-answer', status: 200 });
  });

  it('fails as not-registered when the device is not there', async () => {
    await assert.rejects(stack.platform.play(order({ deviceGbId: CAMERA })), { reason: 'not-registered' });
  });

  it('takes the address to dial from the answer, and the SSRC of the device', async () => {
    const { play, invite } = await invited({ transport: 'tcp-active' });
    const body = ANSWER.toString('latin1')
      .replace(
        'm=video 15060 RTP/AVP 96',
        'm=video 15060 TCP/RTP/AVP 96\r\na=setup:passive\r\na=connection:new',
      )
      .replace(/y=\d+/, 'y=0703036487');
    device.answer(invite, '200 OK', { headers: SDP, body });
    const { ssrc, remoteMedia } = await play;
    assert.equal(ssrc, 703_036_487);
    assert.deepEqual(remoteMedia, { address: '192.168.1.64', port: 15_060 });
  });

  it('reaches the device where it registered last: BYE goes to the new port', async () => {
    const { dialog } = await playing();
    const moved = await stack.device(NVR);
    assert.equal((await moved.register()).status, 200);
    const closed = dialog.close();
    moved.answer(await moved.peer.nextRequest('BYE'), '200 OK');
    await closed;
    const atTheOldPort = device.peer.waiting.filter(({ start }) => start.startsWith('BYE '));
    assert.deepEqual(atTheOldPort, []);
  });
});
