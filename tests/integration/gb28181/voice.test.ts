import assert from 'node:assert/strict';
import type { VoiceCall, VoiceOrder, VoiceWay } from '../../../bff/src/gb28181/index.ts';
import { until } from '../../support/until.ts';
import { CAMERA, NVR, Stack } from './a-stack.ts';
import { bodyOf, fixture, withSn } from './fixtures.ts';
import { type RawDevice, snOf } from './raw-device.ts';
import type { Received } from './sip-peer.ts';

const PLATFORM = '34020000002000000001';
const SPEAKER = '34020000001370000001';
const OFFER = bodyOf(fixture('gb28181/b3-invite-from-device.sip')).toString('latin1');
const HIK_OFFER = bodyOf(fixture('captured/037-hik-broadcast-invite.sip')).toString('latin1');
const DAHUA_OFFER = bodyOf(fixture('gb28181/quirks/q45-offer-pcma-beside-ps.sip')).toString('latin1');
const REFUSAL = bodyOf(fixture('gb28181/quirks/q70-broadcast-refused.sip'));
const DAHUA_TALK_ANSWER = fixture('captured/061-dahua-talk-two-m.sdp').toString('latin1');
const SDP = ['Content-Type: application/sdp'];
const LOCAL = { address: '203.0.113.20', port: 30_010 };

describe('voice to devices over real sockets (GB/T 28181-2016 §9.12)', function () {
  this.timeout(20_000);
  let stack: Stack;
  let device: RawDevice;
  const bound: VoiceWay[] = [];

  beforeEach(async () => {
    bound.length = 0;
    stack = await Stack.start({ answerTimeoutMs: 1_500, messageTimeoutMs: 1_500 });
    device = await stack.online(NVR);
  });

  afterEach(async () => {
    await stack.stop();
  });

  function order(overrides: Partial<VoiceOrder> = {}): VoiceOrder {
    return {
      deviceGbId: NVR,
      targetGbId: SPEAKER,
      bind: (way) => {
        bound.push(way);
        return Promise.resolve(LOCAL);
      },
      ...overrides,
    };
  }

  /** A call whose Broadcast the device has got. */
  async function called(overrides: Partial<VoiceOrder> = {}): Promise<{
    readonly call: Promise<VoiceCall>;
    readonly broadcast: Received;
  }> {
    const call = stack.platform.voice.call(order(overrides));
    call.catch(() => undefined);
    return { call, broadcast: await device.takeMessage('Broadcast') };
  }

  async function consent(broadcast: Received, result = 'OK', target = SPEAKER): Promise<void> {
    const body = `<?xml version="1.0" encoding="GB2312"?>\r\n<Response>\r\n<CmdType>Broadcast</CmdType>\r\n<SN>${snOf(broadcast)}</SN>\r\n<DeviceID>${target}</DeviceID>\r\n<Result>${result}</Result>\r\n</Response>\r\n`;
    assert.equal((await device.tell(body)).status, 200);
  }

  function invite(body: string, from = SPEAKER, headers: readonly string[] = []): Buffer {
    return device.as(from).request('INVITE', {
      headers: [...SDP, `Contact: <sip:${from}@127.0.0.1:${String(device.peer.port)}>`, ...headers],
      body,
    });
  }

  async function answerTo(request: Buffer): Promise<Received> {
    return await device.exchange(request);
  }

  function within(method: string, request: Buffer, answer: Received): Buffer {
    const sent = request.toString('latin1');
    const line = (name: string): string => new RegExp(`^${name}: .*$`, 'm').exec(sent)?.[0].trim() ?? '';
    const sequence = method === 'ACK' ? parseInt(line('CSeq').slice(6)) : parseInt(line('CSeq').slice(6)) + 1;
    return device.request(method, {
      sequence,
      instead: {
        From: line('From'),
        To: `To: ${answer.header('To') ?? ''}`,
        'Call-ID': line('Call-ID'),
        CSeq: `CSeq: ${String(sequence)} ${method}`,
      },
    });
  }

  async function listening(
    body = OFFER,
    from = SPEAKER,
  ): Promise<{
    readonly call: VoiceCall;
    readonly answer: Received;
    readonly request: Buffer;
  }> {
    const { call, broadcast } = await called();
    await consent(broadcast);
    const request = invite(body, from);
    const answer = await answerTo(request);
    assert.equal(answer.status, 200);
    device.peer.send(within('ACK', request, answer));
    return { call: await call, answer, request };
  }

  async function nothingLeft(): Promise<void> {
    await until('no talk is left', () => stack.figure('yimu_voice_lines') === 0);
    await until('no dialog is left', () => stack.figure('yimu_sip_dialogs') === 0);
    assert.equal(stack.figure('yimu_ssrc_in_use'), 0);
    assert.equal(stack.figure('yimu_gb_queries_waiting'), 0);
  }

  async function hangUp(call: VoiceCall): Promise<void> {
    const closed = call.close();
    device.answer(await device.peer.nextRequest('BYE'), '200 OK');
    await closed;
  }

  it('is a Broadcast, the device’s INVITE, our answer as of a sender, and our BYE', async () => {
    const { call, broadcast } = await called();
    assert.equal(broadcast.start, `MESSAGE sip:${SPEAKER}@127.0.0.1:${String(device.peer.port)} SIP/2.0`);
    for (const element of ['<Notify>', `<SourceID>${PLATFORM}</SourceID>`, `<TargetID>${SPEAKER}</TargetID>`])
      assert.ok(broadcast.text.includes(element), broadcast.text);
    await consent(broadcast);
    const request = invite(OFFER, SPEAKER, [`Subject: ${PLATFORM}:0200000099,${SPEAKER}:0`]);
    const answer = await answerTo(request);
    assert.equal(answer.status, 200);
    assert.match(answer.header('Contact') ?? '', /^<sip:34020000002000000001@127\.0\.0\.1:\d+>$/);
    assert.equal(answer.header('Content-Type'), 'application/sdp');
    const expected = bodyOf(fixture('gb28181/b4-200-from-platform.sip')).toString('latin1');
    assert.equal(answer.text.trim(), expected.trim());
    device.peer.send(within('ACK', request, answer));
    const established = await call;
    assert.equal(established.form, 'broadcast');
    assert.deepEqual(bound, [
      {
        transport: 'udp',
        remote: { address: '192.168.1.64', port: 9_732 },
        trustedAddress: '127.0.0.1',
        codec: 'pcma',
        payloadType: 8,
        ssrc: 200_000_099,
      },
    ]);
    await hangUp(established);
    await nothingLeft();
    assert.equal(stack.figures('yimu_voice_calls')['ok'], 1);
  });

  const offers: readonly (readonly [string, string, Partial<VoiceWay>, RegExp])[] = [
    [
      'over TCP, when the device dials',
      OFFER.replace('RTP/AVP 8', 'TCP/RTP/AVP 8\r\na=setup:active\r\na=connection:new'),
      { transport: 'tcp-passive', remote: undefined },
      /m=audio 30010 TCP\/RTP\/AVP 8\r\n[^]*a=setup:passive\r\na=connection:new/,
    ],
    [
      'over TCP, when the device waits',
      OFFER.replace('RTP/AVP 8', 'TCP/RTP/AVP 8\r\na=setup:passive'),
      { transport: 'tcp-active', remote: { address: '192.168.1.64', port: 9_732 } },
      /a=setup:active\r\n/,
    ],
    [
      'in PCMU to a Hikvision that lists it before PS',
      HIK_OFFER,
      { codec: 'pcmu', payloadType: 0, ssrc: 200_000_017 },
      /m=audio 30010 RTP\/AVP 0\r\n[^]*a=rtpmap:0 PCMU\/8000/,
    ],
    [
      'in raw G.711A to a Dahua that lists PS too and writes PCMA/8000/1',
      DAHUA_OFFER,
      { codec: 'pcma', payloadType: 8 },
      /RTP\/AVP 8\r\n/,
    ],
    [
      'inside a program stream where nothing else is listed',
      OFFER.replace('RTP/AVP 8', 'RTP/AVP 96').replace('8 PCMA/8000/1', '96 PS/90000'),
      { codec: 'ps', payloadType: 96 },
      /a=rtpmap:96 PS\/90000/,
    ],
  ];
  for (const [name, body, way, answered] of offers)
    it(`goes ${name} (Q45, Q47)`, async () => {
      const { call, answer } = await listening(body);
      const taken = Object.fromEntries(Object.entries(bound[0] ?? {}).filter(([key]) => key in way));
      assert.deepEqual(taken, way);
      assert.match(answer.text, answered);
      await hangUp(call);
      await nothingLeft();
    });

  it('takes an SSRC of its own when the device names none', async () => {
    const { call, answer } = await listening(OFFER.replace(/y=\d+\r\n/, ''));
    assert.match(answer.text, new RegExp(`y=0${String(bound[0]?.ssrc ?? 0)}\r\n`));
    await hangUp(call);
    await nothingLeft();
  });

  it('is fetched by a device that invites before it answers, or never answers', async () => {
    const call = stack.platform.voice.call(order());
    call.catch(() => undefined);
    const broadcast = await device.peer.next('a Broadcast', ({ text }) =>
      text.includes('<CmdType>Broadcast<'),
    );
    const request = invite(OFFER);
    const answer = await answerTo(request);
    device.peer.send(within('ACK', request, answer));
    const established = await call;
    device.answer(broadcast, '200 OK');
    await consent(broadcast);
    assert.equal(stack.figure('yimu_voice_answers_unasked'), 1);
    await hangUp(established);
    await nothingLeft();
  });

  for (const [name, file] of [
    ['a channel', 'gb28181/quirks/q26-invite-of-a-channel.sip'],
    ['the device itself, with a Subject that begins with us', 'gb28181/quirks/q26-invite-of-the-device.sip'],
  ] as const)
    it(`is fetched by an INVITE that ${name} signs (Q26)`, async () => {
      stack.credentials.delete(CAMERA);
      const { call, broadcast } = await called();
      await consent(broadcast);
      const request = fixture(file);
      const answer = await answerTo(request);
      assert.equal(answer.status, 200);
      device.peer.send(within('ACK', request, answer));
      await hangUp(await call);
      await nothingLeft();
    });

  it('ends when the device hangs up, which is told', async () => {
    const { call, answer, request } = await listening();
    const ends: string[] = [];
    call.onEnded((by) => ends.push(by));
    assert.equal((await device.exchange(within('BYE', request, answer))).status, 200);
    assert.deepEqual(ends, ['remote']);
    await nothingLeft();
  });

  it('refuses a second talk to the device, and a second INVITE of it', async () => {
    const { call } = await listening();
    await assert.rejects(stack.platform.voice.call(order({ targetGbId: CAMERA })), { reason: 'busy' });
    assert.equal((await answerTo(invite(OFFER))).status, 486);
    assert.equal(stack.figures('yimu_voice_invites_refused')['busy'], 1);
    await hangUp(call);
    await nothingLeft();
  });

  it('refuses INVITEs that nobody asked for: 403 to strangers and to devices', async () => {
    const stranger = await stack.device(CAMERA, { address: '127.0.0.9' });
    const request = stranger.request('INVITE', { headers: SDP, body: OFFER });
    assert.equal((await stranger.exchange(request)).status, 403);
    assert.equal((await answerTo(invite(OFFER))).status, 403);
    assert.deepEqual(stack.figures('yimu_voice_invites_refused'), { stranger: 1, unasked: 1 });
    await nothingLeft();
  });

  for (const [name, body] of [
    ['has no audio', OFFER.replace('m=audio', 'm=video')],
    ['only sends', OFFER.replace('recvonly', 'sendonly')],
    ['knows no G.711', OFFER.replace('RTP/AVP 8', 'RTP/AVP 4').replace('8 PCMA/8000/1', '4 G723/8000')],
    ['says nothing', ''],
  ] as const)
    it(`answers 488 to a device that ${name}, and tries the other form`, async () => {
      const { call, broadcast } = await called();
      await consent(broadcast);
      assert.equal((await answerTo(invite(body))).status, 488);
      const talk = await device.peer.nextRequest('INVITE');
      device.answer(talk, '603 Decline');
      await device.peer.nextRequest('ACK');
      await assert.rejects(call, { reason: 'rejected', status: 603 });
      await nothingLeft();
    });

  it('falls back on s=Talk when the device refuses the Broadcast, over TCP first (Q49, Q70)', async () => {
    const { call, broadcast } = await called();
    assert.equal((await device.tell(withSn(REFUSAL, snOf(broadcast)))).status, 200);
    const talk = await device.peer.nextRequest('INVITE');
    assert.equal(talk.header('Subject'), `${SPEAKER}:0200000002,${PLATFORM}:0`);
    const lines = talk.text.split('\r\n');
    for (const line of [
      's=Talk',
      'm=audio 30010 TCP/RTP/AVP 8',
      'a=sendrecv',
      'a=rtpmap:8 PCMA/8000',
      'a=setup:passive',
    ])
      assert.ok(lines.includes(line), `${line} in ${talk.text}`);
    device.answer(talk, '488 Not Acceptable Here');
    await device.peer.nextRequest('ACK');
    const plain = await device.peer.nextRequest('INVITE');
    assert.ok(plain.text.includes('m=audio 30010 RTP/AVP 8'));
    device.answer(plain, '200 OK', { headers: SDP, body: DAHUA_TALK_ANSWER });
    await device.peer.nextRequest('ACK');
    const established = await call;
    assert.equal(established.form, 'talk');
    assert.deepEqual(established.remote, { address: '192.168.0.111', port: 9_712 });
    assert.deepEqual(
      bound.map(({ transport }) => transport),
      ['tcp-passive', 'udp'],
    );
    await hangUp(established);
    await nothingLeft();
  });

  it('keeps to the form that the device’s profile says', async () => {
    stack.profiles.set(NVR, { talk: 'talk' });
    stack.platform.profiles.refresh(NVR);
    const call = stack.platform.voice.call(order());
    call.catch(() => undefined);
    device.answer(await device.peer.nextRequest('INVITE'), '486 Busy Here');
    await device.peer.nextRequest('ACK');
    await assert.rejects(call, { reason: 'busy', status: 486 });
    stack.profiles.set(NVR, { talk: 'broadcast' });
    stack.platform.profiles.refresh(NVR);
    const second = await called();
    await consent(second.broadcast, 'ERROR');
    await assert.rejects(second.call, { reason: 'rejected' });
    await nothingLeft();
  });

  it('fails as timeout when the device consents and fetches nothing, in neither form', async () => {
    const { call, broadcast } = await called();
    await consent(broadcast);
    await assert.rejects(call, { reason: 'timeout' });
    await nothingLeft();
  });

  it('is taken back: the way is given up, and an INVITE that comes later is refused', async () => {
    const controller = new AbortController();
    const { call, broadcast } = await called({ signal: controller.signal });
    await consent(broadcast);
    controller.abort();
    await assert.rejects(call, { reason: 'cancelled' });
    assert.equal((await answerTo(invite(OFFER))).status, 403);
    await nothingLeft();
  });

  it('obeys a CANCEL of the device while the way is being opened', async () => {
    let open: (local: typeof LOCAL) => void = () => undefined;
    const { call, broadcast } = await called({
      bind: (way) => {
        bound.push(way);
        return new Promise((resolve) => {
          open = resolve;
        });
      },
    });
    await consent(broadcast);
    const request = invite(OFFER);
    device.peer.send(request);
    await until('the way is asked for', () => bound.length === 1);
    const line = (name: string): string =>
      new RegExp(`^${name}: .*$`, 'm').exec(request.toString('latin1'))?.[0].trim() ?? '';
    const cSeq = line('CSeq').replace('INVITE', 'CANCEL');
    const instead = { Via: line('Via'), From: line('From'), 'Call-ID': line('Call-ID'), CSeq: cSeq };
    assert.equal((await device.ask('CANCEL', { instead })).status, 200);
    await device.peer.next('487', ({ status }) => status === 487);
    open(LOCAL);
    await assert.rejects(call, { reason: 'cancelled' });
    await nothingLeft();
  });

  it('answers 500 when no way can be opened, and says so (Q46)', async () => {
    const { call, broadcast } = await called({ bind: () => Promise.reject(new Error('no port is free')) });
    await consent(broadcast);
    assert.equal((await answerTo(invite(OFFER))).status, 500);
    await assert.rejects(call, /no port is free/);
    await nothingLeft();
  });

  it('ends with the device: what waits fails, what runs is over', async () => {
    const waiting = await called();
    stack.platform.forget(NVR);
    await assert.rejects(waiting.call, { reason: 'not-registered' });
    await nothingLeft();
    device = await stack.online(NVR);
    const { call } = await listening();
    const ends: string[] = [];
    call.onEnded((by) => ends.push(by));
    stack.platform.forget(NVR);
    device.answer(await device.peer.nextRequest('BYE'), '200 OK');
    assert.deepEqual(ends, ['local']);
    await nothingLeft();
  });
});
