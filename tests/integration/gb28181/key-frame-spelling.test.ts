import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { loadClip } from '../../../bff/simulator/src/media/clip.ts';
import { ProgramStreamWriter } from '../../../bff/simulator/src/media/program-stream.ts';
import { RtpWriter } from '../../../bff/simulator/src/media/rtp-writer.ts';
import { EzvizClient } from '../../support/ezviz-client.ts';
import { FlvViewer } from '../../support/flv-viewer.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';
import { RawDevice, snOf } from './raw-device.ts';
import { type Received, SipPeer } from './sip-peer.ts';

const GB_ID = '34020000001320000881';
const PASSWORD = 'Gb28181-demo';
const FRAME_MS = 40;
const TICKS_PER_MS = 90;

/**
 * A camera that says X-GB-Ver 3.0 and takes each spelling of the key frame command with OK, but shows a key frame for
 * one of them only. Beside that its picture has but one, the first.
 */
class SpellingCamera {
  readonly spellings: string[] = [];
  readonly device: RawDevice;
  readonly #understood: string;
  readonly #peer: SipPeer;
  readonly #media: Socket;
  #timer: NodeJS.Timeout | undefined;
  #isKeyDue = false;
  #stopped = false;

  private constructor(device: RawDevice, media: Socket, understood: string) {
    this.device = device;
    this.#peer = device.peer;
    this.#media = media;
    this.#understood = understood;
  }

  static async start(server: ServerProcess, understood: string): Promise<SpellingCamera> {
    const media = createSocket('udp4');
    media.bind(0, '127.0.0.1');
    await once(media, 'listening');
    const { port, id, domain } = server.control.sip;
    const peer = await SipPeer.udp(port);
    const camera = new SpellingCamera(
      new RawDevice({ port, id, domain }, peer, GB_ID, PASSWORD),
      media,
      understood,
    );
    assert.equal((await camera.device.register({ headers: ['X-GB-Ver: 3.0'] })).status, 200);
    void camera.#serve();
    return camera;
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#peer.close();
    this.#media.close();
  }

  async #serve(): Promise<void> {
    for (;;) {
      const request = await this.#peer
        .next('a request', ({ status, start }) => status === 0 && !start.startsWith('ACK '))
        .catch(() => undefined);
      if (this.#stopped) return;
      if (request !== undefined) this.#take(request);
    }
  }

  #take(request: Received): void {
    if (request.start.startsWith('INVITE ')) this.#play(request);
    else this.device.answer(request, '200 OK');
    if (request.start.startsWith('BYE ')) clearInterval(this.#timer);
    const type = /<CmdType>(\w+)</.exec(request.text)?.[1] ?? '';
    if (type === 'Catalog') {
      const item = `<Item><DeviceID>${GB_ID}</DeviceID><Name>cam</Name><Status>ON</Status></Item>`;
      this.#respond(request, type, `<SumNum>1</SumNum><DeviceList Num="1">${item}</DeviceList>`);
    } else if (type === 'DeviceControl') {
      const spelling = /<(IFr?ameCmd)>Send</.exec(request.text)?.[1];
      if (spelling !== undefined) this.spellings.push(spelling);
      this.#isKeyDue ||= spelling === this.#understood;
      this.#respond(request, type, '<Result>OK</Result>');
    }
  }

  #respond(request: Received, type: string, inner: string): void {
    const head = `<CmdType>${type}</CmdType><SN>${snOf(request)}</SN><DeviceID>${GB_ID}</DeviceID>`;
    const body = `<?xml version="1.0"?><Response>${head}${inner}</Response>`;
    this.device.tell(body).catch(() => undefined);
  }

  #play(invite: Received): void {
    const port = Number(/^m=video (\d+)/m.exec(invite.text)?.[1]);
    const ssrc = /^y=(\d+)/m.exec(invite.text)?.[1] ?? '';
    const own = `m=video ${String(this.#media.address().port)} RTP/AVP 96\r\na=rtpmap:96 PS/90000\r\na=sendonly`;
    this.device.answer(invite, '200 OK', {
      headers: [
        'Content-Type: application/sdp',
        `Contact: <sip:${GB_ID}@127.0.0.1:${String(this.#peer.port)}>`,
      ],
      body: `v=0\r\no=${GB_ID} 0 0 IN IP4 127.0.0.1\r\ns=Play\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n${own}\r\ny=${ssrc}\r\n`,
    });
    const { pictures } = loadClip('ipc');
    const key = pictures.find((picture) => picture.key);
    const between = pictures.find((picture) => !picture.key);
    const rtp = new RtpWriter(Number(ssrc), 1);
    const stream = new ProgramStreamWriter();
    let time90k = 0;
    this.#isKeyDue = true;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      const picture = this.#isKeyDue ? key : between;
      this.#isKeyDue = false;
      assert.ok(picture);
      for (const packet of rtp.packets(stream.picture(picture.bytes, picture.key, time90k), time90k))
        this.#media.send(packet, port, '127.0.0.1');
      time90k += FRAME_MS * TICKS_PER_MS;
    }, FRAME_MS);
  }
}

describe('a key frame of a camera of 2022 that understands one spelling only, over real sockets', function () {
  this.timeout(60_000);
  let server: ServerProcess;

  beforeEach(async () => {
    server = await ServerProcess.start({});
    await server.operator('POST', '/devices', { gbId: GB_ID, password: PASSWORD });
  });

  afterEach(async () => {
    await server.stop();
  });

  async function watch(): Promise<FlvViewer> {
    const deviceSerial = await until('the camera with its channel', async () => {
      const { devices } = (await server.operator('GET', '/devices')) as {
        readonly devices: readonly { readonly deviceSerial: string; readonly channels: readonly unknown[] }[];
      };
      return devices.find(({ channels }) => channels.length > 0)?.deviceSerial;
    });
    const { accessToken } = (await server.operator('POST', '/tokens')) as { readonly accessToken: string };
    const client = new EzvizClient(server.control.url, accessToken);
    const viewer = await FlvViewer.play((await client.liveUrl({ deviceSerial, channelNo: 1 })).url);
    await viewer.untilFrames(5);
    return viewer;
  }

  const ask = (): Promise<unknown> =>
    server.operator('POST', `/devices/${GB_ID}/channels/1/control`, { do: 'key-frame' });

  it('that of 2016: asked by its own edition’s first, then by the other, which is remembered', async () => {
    const camera = await SpellingCamera.start(server, 'IFameCmd');
    const viewer = await watch();
    assert.equal(viewer.counts.keyFrames, 1);
    assert.deepEqual(await ask(), { outcome: 'sent' });
    await until('a key frame', () => viewer.counts.keyFrames === 2);
    assert.deepEqual(camera.spellings, ['IFrameCmd', 'IFameCmd']);
    await until('the spelling is remembered', async () => {
      const asked = camera.spellings.length;
      await ask();
      return camera.spellings[asked] === 'IFameCmd';
    });
    await until('another key frame', () => viewer.counts.keyFrames === 3);
    await ask();
    await until('and another', () => viewer.counts.keyFrames === 4);
    assert.deepEqual(camera.spellings.slice(-2), ['IFameCmd', 'IFameCmd']);
    viewer.close();
    camera.stop();
  });

  it('that of 2022: asked once, the other spelling never', async () => {
    const camera = await SpellingCamera.start(server, 'IFrameCmd');
    const viewer = await watch();
    for (const shown of [2, 3]) {
      await ask();
      await until('a key frame', () => viewer.counts.keyFrames === shown);
    }
    assert.deepEqual(camera.spellings, ['IFrameCmd', 'IFrameCmd']);
    viewer.close();
    camera.stop();
  });
});
