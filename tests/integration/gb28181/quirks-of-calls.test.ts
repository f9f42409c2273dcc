import assert from 'node:assert/strict';
import type { MediaDialog, PlayOrder, VoiceCall, VoiceWay } from '../../../bff/src/gb28181/index.ts';
import { until } from '../../support/until.ts';
import { CAMERA, NVR, Stack } from './a-stack.ts';
import { asAnswer, bodyOf, fixture } from './fixtures.ts';
import { type RawDevice, snOf } from './raw-device.ts';
import type { Received } from './sip-peer.ts';

const SPEAKER = '34020000001370000001';
const PLATFORM = '34020000002000000001';
const ANSWER = bodyOf(fixture('gb28181/i3-200.sip'));
const DAHUA_TALK_ANSWER = fixture('captured/061-dahua-talk-two-m.sdp');
const HIK_MEDIA_OVER = fixture('captured/063-hik-mediastatus.sip').toString('latin1');
const SDP = ['Content-Type: application/sdp'];
const LOCAL = { address: '203.0.113.20', port: 30_010 };
const HISTORY = {
  session: 'playback',
  beginMs: 1_768_320_000_000,
  endMs: 1_768_323_600_000,
  kind: 'all',
} as const;

describe('what the habits of devices ask of calls', function () {
  this.timeout(20_000);
  let stack: Stack;

  beforeEach(async () => {
    stack = await Stack.start({ answerTimeoutMs: 1_500, messageTimeoutMs: 1_500 });
  });

  afterEach(async () => {
    await stack.stop();
  });

  function play(overrides: Partial<PlayOrder> = {}): Promise<MediaDialog> {
    return stack.platform.play({
      deviceGbId: NVR,
      channelGbId: CAMERA,
      transport: 'udp',
      streamNumber: 0,
      ssrc: stack.platform.reserveSsrc(overrides.history === undefined ? 'live' : 'history'),
      receiver: { address: '203.0.113.20', port: 30_000 },
      timeoutMs: 5_000,
      ...overrides,
    });
  }

  async function playing(
    device: RawDevice,
    overrides: Partial<PlayOrder> = {},
  ): Promise<{ readonly dialog: MediaDialog; readonly invite: Received; readonly ack: Received }> {
    const dialog = play(overrides);
    const invite = await device.peer.nextRequest('INVITE');
    device.answer(invite, '200 OK', { headers: SDP, body: ANSWER });
    const ack = await device.peer.nextRequest('ACK');
    return { dialog: await dialog, invite, ack };
  }

  async function endedBy(device: RawDevice, dialog: MediaDialog): Promise<Received> {
    const closed = dialog.close();
    const bye = await device.peer.nextRequest('BYE');
    device.answer(bye, '200 OK');
    await closed;
    return bye;
  }

  function talk(bind: (way: VoiceWay) => Promise<typeof LOCAL>): Promise<VoiceCall> {
    const call = stack.platform.voice.call({ deviceGbId: NVR, targetGbId: SPEAKER, bind });
    call.catch(() => undefined);
    return call;
  }

  for (const [transport, via, parameter] of [
    ['udp', 'UDP', ''],
    ['tcp', 'TCP', ';transport=tcp'],
  ] as const)
    it(`every request names the port on which SIP listens, which is not 5060, and goes by ${via} where the device did (Q44)`, async () => {
      const { port } = stack.place;
      assert.notEqual(port, 5_060);
      const device = await stack.online(NVR, transport);
      const moving = stack.platform.ptz(NVR, CAMERA, { do: 'stop', lens: false });
      const order = await device.takeMessage('DeviceControl');
      await moving;
      const { dialog, invite, ack } = await playing(device);
      const bye = await endedBy(device, dialog);
      for (const request of [order, invite, ack, bye])
        assert.ok(
          request.header('Via')?.startsWith(`SIP/2.0/${via} 127.0.0.1:${String(port)};`),
          `${request.start}: ${request.header('Via') ?? ''}`,
        );
      assert.equal(
        invite.header('Contact'),
        `<sip:${PLATFORM}@127.0.0.1:${String(port)}${parameter}>`,
        'the device answers and calls back there',
      );
      assert.equal(stack.platform.registration(NVR)?.transport, transport);
    });

  it('a device that dials anew, as over 4G, is spoken to over its new connection, in calls that run too (Q65)', async () => {
    const before = await stack.online(NVR, 'tcp');
    const { dialog } = await playing(before);
    const after = await stack.online(NVR, 'tcp');
    before.peer.close();
    const moving = stack.platform.ptz(NVR, CAMERA, { do: 'stop', lens: false });
    await after.takeMessage('DeviceControl');
    await moving;
    assert.equal(stack.platform.registration(NVR)?.remotePort, after.peer.port);
    await endedBy(after, dialog);
  });

  for (const [what, file, codec, payloadType] of [
    ['PCMA/8000/1 beside PS', 'gb28181/quirks/q45-offer-pcma-beside-ps.sip', 'pcma', 8],
    ['pcma/8000/1 under a number of its own', 'gb28181/quirks/q45-offer-pcma-own-number.sip', 'pcma', 97],
    ['PCMU/8000/1 under a number of its own', 'gb28181/quirks/q45-offer-pcmu-own-number.sip', 'pcmu', 97],
  ] as const)
    it(`the offer of a broadcast is read field by field: ${what} (Q45)`, async () => {
      const device = await stack.online(NVR);
      const asked: VoiceWay[] = [];
      const call = talk((way) => {
        asked.push(way);
        return Promise.resolve(LOCAL);
      });
      await device.takeMessage('Broadcast');
      const answer = await device.exchange(fixture(file));
      assert.equal(answer.status, 200);
      assert.match(answer.text, new RegExp(`^m=audio 30010 RTP/AVP ${String(payloadType)}\\r$`, 'm'));
      assert.deepEqual([asked[0]?.codec, asked[0]?.payloadType], [codec, payloadType]);
      stack.platform.forget(NVR);
      await assert.rejects(call, { reason: 'not-registered' });
    });

  it('a voice can be dialled for before the ACK: nothing says 200 until its way is open (Q46)', async () => {
    const device = await stack.online(NVR);
    let isOpen = false;
    let open: () => void = () => undefined;
    const asked: VoiceWay[] = [];
    const call = talk(async (way) => {
      asked.push(way);
      await new Promise<void>((resolve) => (open = resolve));
      isOpen = true;
      return LOCAL;
    });
    const broadcast = await device.takeMessage('Broadcast');
    await device.tell(
      `<?xml version="1.0"?>\r\n<Response><CmdType>Broadcast</CmdType><SN>${snOf(broadcast)}</SN><DeviceID>${SPEAKER}</DeviceID><Result>OK</Result></Response>`,
    );
    const invite = fixture('gb28181/quirks/q46-offer-tcp.sip');
    const answered = device.exchange(invite).then((answer) => ({ answer, wasOpen: isOpen }));
    await until('the way is asked for', () => asked.length === 1);
    // What was sent before the answer to this would have come before it.
    assert.equal((await device.keepalive()).status, 200);
    assert.equal(isOpen, false);
    open();
    const { answer, wasOpen } = await answered;
    assert.deepEqual([answer.status, wasOpen], [200, true]);
    assert.match(answer.text, /^m=audio 30010 TCP\/RTP\/AVP 8\r$/m);
    assert.equal(asked[0]?.transport, 'tcp-passive');
    stack.platform.forget(NVR);
    await assert.rejects(call, { reason: 'not-registered' }, 'and no ACK came yet');
  });

  it('a voice goes by the ways of the profile alone: in datagrams at once where a device takes no other (Q47)', async () => {
    stack.profiles.set(NVR, { talk: 'talk', talkTransports: ['udp'] });
    const device = await stack.online(NVR);
    const bound: VoiceWay[] = [];
    const call = talk((way) => {
      bound.push(way);
      return Promise.resolve(LOCAL);
    });
    const invite = await device.peer.nextRequest('INVITE');
    assert.match(invite.text, /^m=audio 30010 RTP\/AVP 8\r$/m);
    assert.doesNotMatch(invite.text, /TCP|a=setup|PS\/90000/);
    device.answer(invite, '488 Not Acceptable Here');
    await device.peer.nextRequest('ACK');
    await assert.rejects(call, { reason: 'rejected', status: 488 });
    assert.deepEqual(
      bound.map(({ transport, codec, payloadType }) => [transport, codec, payloadType]),
      [['udp', 'pcma', 8]],
    );
  });

  it('a voice takes the form of the profile alone: s=Talk at once, or the broadcast and no other (Q49, Q70)', async () => {
    stack.profiles.set(NVR, { talk: 'talk' });
    const device = await stack.online(NVR);
    const talking = talk(() => Promise.resolve(LOCAL));
    const invite = await device.peer.nextRequest('INVITE');
    assert.match(invite.text, /^s=Talk\r$/m);
    assert.equal(device.peer.waiting.length, 0, 'no Broadcast went before it');
    device.answer(invite, '200 OK', { headers: SDP, body: DAHUA_TALK_ANSWER });
    await device.peer.nextRequest('ACK');
    const established = await talking;
    assert.deepEqual(
      [established.form, established.remote],
      ['talk', { address: '192.168.0.111', port: 9_712 }],
    );
    const closed = established.close();
    device.answer(await device.peer.nextRequest('BYE'), '200 OK');
    await closed;

    stack.profiles.set(NVR, { talk: 'broadcast' });
    stack.platform.profiles.refresh(NVR);
    const broadcasting = talk(() => Promise.resolve(LOCAL));
    const broadcast = await device.takeMessage('Broadcast');
    await device.tell(
      `<?xml version="1.0"?>\r\n<Response><CmdType>Broadcast</CmdType><SN>${snOf(broadcast)}</SN><DeviceID>${SPEAKER}</DeviceID><Result>ERROR</Result></Response>`,
    );
    await assert.rejects(broadcasting, { reason: 'rejected' });
    assert.equal((await device.keepalive()).status, 200);
    assert.equal(device.peer.waiting.length, 0, 'and no INVITE after it');
  });

  for (const where of ['in the dialog', 'by its Call-ID alone'] as const)
    it(`MediaStatus as a Hikvision signs it, with an ID that is neither the device nor the channel, ends the recording that it names ${where} (Q50)`, async () => {
      const device = await stack.online(NVR);
      const over: string[] = [];
      const [one, other] = [
        await playing(device, { history: HISTORY }),
        await playing(device, { history: { ...HISTORY, kind: 'alarm' } }),
      ];
      one.dialog.onFileEnd(() => over.push('one'));
      other.dialog.onFileEnd(() => over.push('other'));
      const { invite, ack } = other;
      const tagOf = (value = ''): string => /;tag=.*$/.exec(value)?.[0] ?? '';
      const isInDialog = where === 'in the dialog';
      const bytes = HIK_MEDIA_OVER.replace(/^Call-ID: .*\r$/m, `Call-ID: ${invite.header('Call-ID') ?? ''}\r`)
        .replace(/^(From: .*);tag=1\r$/m, `$1${isInDialog ? tagOf(ack.header('To')) : ';tag=1'}\r`)
        .replace(/^(To: .*);tag=2\r$/m, `$1${isInDialog ? tagOf(invite.header('From')) : ''}\r`);
      assert.equal((await device.exchange(Buffer.from(bytes, 'latin1'))).status, 200);
      await until('the end of the recording', () => over.length > 0);
      assert.deepEqual(over, ['other']);
    });

  for (const [status, reason, file] of [
    [400, 'Bad Request', 'gb28181/quirks/q61-400-to-invite.sip'],
    [487, 'Request Terminated', 'gb28181/quirks/q61-487-to-invite.sip'],
  ] as const)
    it(`a device that answers ${String(status)}, as for IDs that are not in its form, is named with it, and the trace shows both IDs (Q61)`, async () => {
      const device = await stack.online(NVR);
      const refused = assert.rejects(play(), { reason: 'rejected', status });
      // A 400 may mean the offer: it is made once more, in its plainest form.
      for (let offers = status === 400 ? 2 : 1; offers > 0; offers -= 1) {
        device.peer.send(asAnswer(fixture(file), await device.peer.nextRequest('INVITE')));
        await device.peer.nextRequest('ACK');
      }
      await refused;
      const traced = stack.platform.trace.list(NVR, { limit: 100 });
      const invite = traced.find(({ text }) => text.startsWith('INVITE '));
      assert.equal(invite?.direction, 'out');
      assert.match(invite.text, new RegExp(`^INVITE sip:${CAMERA}@127\\.0\\.0\\.1:\\d+ SIP/2\\.0\\r\\n`));
      assert.match(invite.text, new RegExp(`^From: <sip:${PLATFORM}@3402000000>;tag=`, 'm'));
      assert.match(invite.text, new RegExp(`^To: <sip:${CAMERA}@3402000000>\\r$`, 'm'));
      assert.match(invite.text, new RegExp(`^Subject: ${CAMERA}:\\d{10},${PLATFORM}:0\\r$`, 'm'));
      const answer = traced.findLast(
        ({ direction, text }) => direction === 'in' && text.startsWith('SIP/2.0 '),
      );
      assert.match(answer?.text ?? '', new RegExp(`^SIP/2\\.0 ${String(status)} ${reason}\\r\\n`));
    });

  it('a device whose form holds another realm is told ours again, and its trace shows both (Q61)', async () => {
    const device = await stack.device(NVR);
    const challenge = await device.ask('REGISTER', { headers: ['Expires: 3600'] });
    const proof = device.proof(challenge).replace('realm="3402000000"', 'realm="4401020049"');
    const answer = await device.ask('REGISTER', { headers: ['Expires: 3600', proof] });
    assert.equal(answer.status, 401);
    assert.match(answer.header('WWW-Authenticate') ?? '', /realm="3402000000"/);
    const texts = stack.platform.trace.list(NVR, { limit: 100 }).map(({ text }) => text);
    assert.match(texts.at(-2) ?? '', /^Authorization: Digest .*realm="4401020049"/m);
    assert.match(texts.at(-1) ?? '', /^SIP\/2\.0 401 [^]*realm="3402000000"/);
  });

  it('compact and folded forms of every header, unknown ones and a Route to us are read, over TCP too (Q56)', async () => {
    const device = await stack.online(NVR, 'tcp', ['User-Agent: Embedded', '\t Net DVR']);
    assert.equal(stack.platform.registration(NVR)?.userAgent, 'Embedded Net DVR');
    const first = fixture('gb28181/quirks/q56-keepalive-compact.sip').toString('latin1');
    const second = first.replace('z9hG4bKq561', 'z9hG4bKq562').replace('q56-1@', 'q56-2@');
    // One segment: where the first ends shows in its compact length alone.
    device.peer.send(first + second);
    for (const callId of ['q56-1@192.168.1.64', 'q56-2@192.168.1.64'])
      await device.peer.next(
        `the 200 to ${callId}`,
        (answer) => answer.status === 200 && answer.header('Call-ID') === callId,
      );
    assert.equal(stack.figure('yimu_keepalives'), 2);
  });

  it('no identifier of ours hangs on weak chance, and each has 96 bits at least (Q62)', async () => {
    const device = await stack.online(NVR);
    const { random } = Math;
    Math.random = () => 0.5;
    const seen = new Set<string>();
    try {
      for (let count = 0; count < 5; count += 1) {
        const { dialog, invite, ack } = await playing(device);
        const bye = await endedBy(device, dialog);
        const callId = /^([0-9a-f]{24,})@/.exec(invite.header('Call-ID') ?? '')?.[1] ?? '';
        seen.add(callId);
        seen.add(/;tag=([0-9a-f]{16,})$/.exec(invite.header('From') ?? '')?.[1] ?? '');
        for (const request of [invite, ack, bye])
          seen.add(/;branch=z9hG4bK([0-9a-f]{24,})$/.exec(request.header('Via') ?? '')?.[1] ?? '');
      }
    } finally {
      Math.random = random;
    }
    assert.equal(seen.size, 25);
    assert.ok(!seen.has(''), 'one was too short');
  });
});
