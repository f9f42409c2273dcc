import assert from 'node:assert/strict';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { SipResponse } from 'sip-parser-lite';
import type { Fault } from '../../../bff/simulator/src/index.ts';
import { APlatform, CHANNEL_ID, offer } from '../../unit/simulator/a-platform.ts';
import { until } from '../../support/until.ts';

const SSRC = '0200000001';

/** A UDP port of the platform that keeps what comes. */
class MediaPort {
  readonly packets: Buffer[] = [];
  readonly #socket: UdpSocket = createSocket('udp4');

  async open(): Promise<number> {
    this.#socket.on('message', (packet) => this.packets.push(packet));
    this.#socket.bind(0, '127.0.0.1');
    await once(this.#socket, 'listening');
    return this.#socket.address().port;
  }

  close(): void {
    this.#socket.close();
  }
}

function tagOf(response: SipResponse | undefined): string | undefined {
  return response?.to?.params.get('tag');
}

function answerText(response: SipResponse): string {
  return Buffer.from(response.body).toString('latin1');
}

/** RFC 4571: packets behind their lengths. */
function unframe(stream: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  for (let at = 0; at + 2 <= stream.length;) {
    const length = stream.readUInt16BE(at);
    if (at + 2 + length > stream.length) break;
    packets.push(stream.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return packets;
}

describe('the calls of a simulated camera', () => {
  let platform: APlatform;
  let media: MediaPort;
  let port = 0;
  const sockets: (Socket | Server)[] = [];

  beforeEach(async () => {
    media = new MediaPort();
    port = await media.open();
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) {
      if ('destroy' in socket) socket.destroy();
      else socket.close();
    }
    media.close();
    await platform.device.stop(true);
    assert.equal(platform.clock.pending, 0);
  });

  async function start(...faults: readonly Fault[]): Promise<void> {
    platform = await new APlatform({ faults }).registered();
  }

  /** Invites and waits for a final answer. */
  async function invite(
    options: { readonly body?: string; readonly callId?: string; readonly to?: string } = {},
  ): Promise<SipResponse> {
    const before = platform.responses('INVITE').length;
    await platform.send('INVITE', {
      headers: ['Content-Type: application/sdp'],
      body: options.body ?? offer({ media: `${port} RTP/AVP 96` }),
      ...options,
    });
    return await until('a final answer', () =>
      platform
        .responses('INVITE')
        .slice(before)
        .find(({ status }) => status >= 200),
    );
  }

  async function call(options: Parameters<typeof invite>[0] = {}): Promise<SipResponse> {
    const answer = await invite(options);
    assert.equal(answer.status, 200);
    await platform.send('ACK', { toTag: tagOf(answer), callId: options.callId ?? 'call-1' });
    return answer;
  }

  it('send RTP with the SSRC of the offer to its port once the answer is acknowledged (§9.2.2)', async () => {
    await start();
    const answer = await invite();
    assert.deepEqual(
      platform.responses('INVITE').map(({ status }) => status),
      [100, 200],
    );
    assert.match(answerText(answer), /m=video \d+ RTP\/AVP 96\r\n[\s\S]*y=0200000001\r\n/);
    assert.equal(media.packets.length, 0);
    await platform.send('ACK', { toTag: tagOf(answer) });
    await until('media', () => media.packets.length > 60);
    for (const [index, packet] of media.packets.entries()) {
      assert.equal(packet.readUInt32BE(8), Number(SSRC));
      assert.equal((packet[1] ?? 0) & 0x7f, 96);
      const before = media.packets[index - 1];
      if (before) assert.equal(packet.readUInt16BE(2), (before.readUInt16BE(2) + 1) & 0xffff);
    }
    await platform.send('BYE', { toTag: tagOf(answer) });
    assert.equal(platform.responses('BYE')[0]?.status, 200);
    const bye = platform.named('bye')[0];
    assert.ok(bye?.event === 'bye' && bye.by === 'platform');
    await until('all packets', () => media.packets.length === bye.packetsSent);
    assert.equal(platform.device.packetsSent, bye.packetsSent);
    assert.equal(platform.device.calls, 0);
  });

  it('dial the platform for TCP media that it awaits (RFC 4571)', async () => {
    await start();
    const heard: Buffer[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('data', (chunk) => heard.push(chunk));
    });
    sockets.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const tcpPort = (server.address() as AddressInfo).port;
    const answer = await call({
      body: offer({ media: `${tcpPort} TCP/RTP/AVP 96`, more: ['a=setup:passive', `y=${SSRC}`] }),
    });
    assert.match(answerText(answer), /m=video 9 TCP\/RTP\/AVP 96\r\n[\s\S]*a=setup:active\r\n/);
    const packets = await until('media', () => {
      const framed = unframe(Buffer.concat(heard));
      return framed.length > 60 && framed;
    });
    assert.ok(packets.every((packet) => packet.readUInt32BE(8) === Number(SSRC)));
  });

  it('await the platform for TCP media that it dials for, and take one connection alone', async () => {
    await start();
    const answer = await call({
      body: offer({ media: '30000 TCP/RTP/AVP 96', more: ['a=setup:active', `y=${SSRC}`] }),
    });
    assert.match(answerText(answer), /a=setup:passive\r\n/);
    const cameraPort = Number(/m=video (\d+)/.exec(answerText(answer))?.[1]);
    const heard: Buffer[] = [];
    const stream = connect(cameraPort, '127.0.0.1');
    sockets.push(stream);
    stream.on('data', (chunk) => heard.push(chunk));
    await until('media', () => unframe(Buffer.concat(heard)).length > 60);
    const second = connect(cameraPort, '127.0.0.1');
    sockets.push(second);
    second.resume().on('error', () => undefined);
    await once(second, 'close');
    assert.equal(stream.destroyed, false);
  });

  it('send where they are told to instead of to the offered address', async () => {
    platform = await new APlatform({ mediaHost: '127.0.0.1' }).registered();
    const body = offer({ media: `${port} RTP/AVP 96` }).replaceAll('IN IP4 127.0.0.1', 'IN IP4 203.0.113.7');
    await call({ body });
    await until('media', () => media.packets.length > 0);
  });

  it('choose an SSRC themselves when the offer has none', async () => {
    await start();
    const answer = await call({ body: offer({ media: `${port} RTP/AVP 96`, more: [] }) });
    const own = Number(/y=(\d{10})/.exec(answerText(answer))?.[1]);
    await until('media', () => media.packets.length > 0);
    assert.equal(media.packets[0]?.readUInt32BE(8), own);
  });

  it('take a repeated INVITE for what it is, and repeat the answer until the ACK (RFC 3261 §13.3.1.4)', async () => {
    await start();
    const body = offer({ media: `${port} RTP/AVP 96` });
    for (let i = 0; i < 3; i += 1) await platform.send('INVITE', { branch: 'same', body });
    const answers = (): readonly SipResponse[] =>
      platform.responses('INVITE').filter(({ status }) => status === 200);
    await until('an answer', () => answers().length > 0);
    const before = answers().length;
    await platform.clock.advance(1_600);
    assert.equal(answers().length, before + 2);
    assert.equal(new Set(answers().map(tagOf)).size, 1);
    assert.equal(platform.device.calls, 1);
    await platform.send('ACK', { toTag: tagOf(answers()[0]) });
    await platform.clock.advance(30_000);
    assert.equal(answers().length, before + 2);
  });

  it('say BYE when nobody acknowledges for 32 s', async () => {
    await start();
    await invite();
    await platform.clock.advance(32_100);
    const [bye] = platform.requests('BYE');
    assert.ok(bye);
    assert.equal(platform.device.calls, 0);
    assert.equal(bye.to?.params.get('tag'), 'p1');
    assert.equal(bye.from?.uri.user, CHANNEL_ID);
    assert.match(bye.requestUri, /^sip:34020000002000000001@192\.0\.2\.1:5060$/);
  });

  it('end by a BYE of their own dialog alone (§12.2.2)', async () => {
    await start();
    const answer = await call();
    await platform.send('BYE', { toTag: 'another' });
    await platform.send('BYE', { toTag: tagOf(answer), fromTag: 'another' });
    await platform.send('BYE', { toTag: tagOf(answer), callId: 'another' });
    assert.deepEqual(
      platform.responses('BYE').map(({ status }) => status),
      [481, 481, 481],
    );
    assert.equal(platform.device.calls, 1);
  });

  it('do not begin by an ACK of another dialog', async () => {
    await start();
    const answer = await invite();
    await platform.send('ACK', { toTag: 'another' });
    assert.equal(platform.named('ack').length, 0);
    await platform.send('ACK', { toTag: tagOf(answer) });
    await platform.send('ACK', { toTag: tagOf(answer) });
    assert.equal(platform.named('ack').length, 1);
  });

  it('are refused with the reason', async () => {
    await start();
    assert.equal((await invite({ to: '34020000001319999999' })).status, 404);
    assert.equal((await invite({ body: 'v=0\r\n' })).status, 488);
    await call();
    assert.equal((await invite()).status, 488, 'the same call once more');
    assert.equal(platform.device.calls, 1);
    for (let i = 2; i <= 64; i += 1) await call({ callId: `call-${i}` });
    assert.equal((await invite({ callId: 'one too many' })).status, 486);
    assert.equal(platform.device.calls, 64);
  });

  it('are cancelled while they wait for their answer (§9.2)', async () => {
    await start('slow-answer');
    await platform.send('INVITE', { branch: 'i', body: offer({ media: `${port} RTP/AVP 96` }) });
    await platform.clock.advance(1_000);
    await platform.send('CANCEL', { branch: 'i' });
    assert.equal(platform.responses('CANCEL')[0]?.status, 200);
    assert.equal(platform.responses('INVITE').at(-1)?.status, 487);
    await platform.clock.advance(10_000);
    assert.equal(platform.responses('INVITE').at(-1)?.status, 487);
    assert.equal(platform.device.calls, 0);
    assert.deepEqual(
      platform.events.slice(1).map(({ event }) => event),
      ['cancel', 'invite'],
    );
  });

  it('are not ended by a CANCEL that comes too late, and there is none to cancel of another call', async () => {
    await start();
    await call();
    await platform.send('CANCEL');
    await platform.send('CANCEL', { callId: 'another' });
    assert.deepEqual(
      platform.responses('CANCEL').map(({ status }) => status),
      [200, 481],
    );
    assert.equal(platform.device.calls, 1);
  });

  it('with the fault mute-invite are never answered, but obey CANCEL', async () => {
    await start('mute-invite');
    const body = offer({ media: `${port} RTP/AVP 96` });
    await platform.send('INVITE', { branch: 'i', body });
    await platform.clock.advance(5_000);
    assert.equal(platform.responses('INVITE').length, 0);
    await platform.send('CANCEL', { branch: 'i' });
    assert.equal(platform.responses('INVITE').at(-1)?.status, 487);
    await platform.send('INVITE', { branch: 'j', callId: 'call-2', body });
    await platform.clock.advance(33_000);
  });

  it('with the fault busy are refused, with no-media are silent', async () => {
    await start('busy');
    assert.equal((await invite()).status, 486);
    await platform.device.stop(true);
    await start('no-media');
    const answer = await call();
    await platform.clock.advance(5_000);
    await platform.send('BYE', { toTag: tagOf(answer) });
    const [bye] = platform.named('bye');
    assert.ok(bye?.event === 'bye');
    assert.equal(bye.packetsSent, 0);
  });

  it('with the fault other-ssrc name and send another SSRC', async () => {
    await start('other-ssrc');
    assert.match(answerText(await call()), /y=0200000002\r\n/);
    await until('media', () => media.packets.length > 0);
    assert.equal(media.packets[0]?.readUInt32BE(8), 200_000_002);
  });

  it('with the fault hang-up end by the camera after two seconds of media', async () => {
    await start('hang-up');
    await call();
    await platform.clock.advance(1_900);
    assert.equal(platform.requests('BYE').length, 0);
    await platform.clock.advance(200);
    assert.equal(platform.requests('BYE').length, 1);
    assert.equal(platform.device.calls, 0);
  });

  it('are hung up before the device unregisters, and dropped by a power cut', async () => {
    await start();
    await call();
    await call({ callId: 'call-2' });
    await platform.device.restart();
    assert.equal(platform.requests('BYE').length, 0);
    assert.equal(platform.device.calls, 0);
    await call({ callId: 'call-3' });
    await platform.device.stop();
    const order = platform.heard
      .filter((message) => message.kind === 'request')
      .map(({ method, expires }) => `${method} ${expires ?? ''}`.trim());
    assert.deepEqual(order.slice(-2), ['BYE', 'REGISTER 0']);
  });
});
