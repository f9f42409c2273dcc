import assert from 'node:assert/strict';
import { EzvizClient } from '../../support/ezviz-client.ts';
import { type FlvRefusal, FlvViewer } from '../../support/flv-viewer.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';
import { bodyOf, fixture } from './fixtures.ts';
import { RawDevice, snOf } from './raw-device.ts';
import { type Received, SipPeer } from './sip-peer.ts';

const PASSWORD = 'Gb28181-demo';
const CHANNEL = '34020000001320000001';
const ANSWER = bodyOf(fixture('gb28181/i3-200.sip')).toString('latin1');
const SDP = ['Content-Type: application/sdp'];
/** What the process itself says that it holds. */
const HELD = [
  'yimu_sip_transactions',
  'yimu_sip_dialogs',
  'yimu_media_dialogs',
  'yimu_gb_commands_in_flight',
  'yimu_gb_queries_waiting',
  'yimu_ssrc_in_use',
  'yimu_rtp_ports_in_use',
  'yimu_streams',
  'yimu_viewers',
  'yimu_viewers_waiting',
  'yimu_leases',
  'yimu_live_sessions',
];
/** 64·T1, and a little. */
const FORGOTTEN_WITHIN_MS = 45_000;

let nextDevice = 0;

describe('devices that misbehave in a call, against the whole server: each viewer is told, and nothing is held', function () {
  this.timeout(90_000);
  let server: ServerProcess;
  let client: EzvizClient;
  let timers = 0;
  const peers: SipPeer[] = [];

  before(async () => {
    server = await ServerProcess.start();
    timers = (await server.metrics()).get('yimu_timers') ?? 0;
    const { accessToken } = (await server.operator('POST', '/tokens')) as { readonly accessToken: string };
    client = new EzvizClient(server.control.url, accessToken);
  });

  after(async () => {
    for (const peer of peers) peer.close();
    await server.stop();
  });

  async function another(id: string, transport: 'udp' | 'tcp' = 'udp'): Promise<RawDevice> {
    const { sip } = server.control;
    const peer = transport === 'udp' ? await SipPeer.udp(sip.port) : await SipPeer.tcp(sip.port);
    peers.push(peer);
    return new RawDevice(sip, peer, id, PASSWORD);
  }

  /** A device that is online and has told one channel, and the address of a viewer of it. */
  async function camera(
    transport: 'udp' | 'tcp' = 'udp',
  ): Promise<{ readonly device: RawDevice; readonly url: string }> {
    nextDevice += 1;
    const gbId = `340200000011800001${String(nextDevice).padStart(2, '0')}`;
    const added = (await server.operator('POST', '/devices', { gbId, password: PASSWORD })) as {
      readonly deviceSerial: string;
    };
    const device = await another(gbId, transport);
    assert.equal((await device.register()).status, 200);
    const sn = snOf(await device.takeMessage('Catalog'));
    const items = `<SumNum>1</SumNum><DeviceList Num="1"><Item><DeviceID>${CHANNEL}</DeviceID><Name>a</Name></Item></DeviceList>`;
    const catalogue = `<Response><CmdType>Catalog</CmdType><SN>${sn}</SN><DeviceID>${gbId}</DeviceID>${items}</Response>`;
    assert.equal((await device.tell(catalogue)).status, 200);
    const { url } = await until('its channel', async () => {
      try {
        return await client.liveUrl({ deviceSerial: added.deviceSerial, channelNo: 1 });
      } catch {
        return undefined;
      }
    });
    return { device, url };
  }

  /** A viewer that is not given a picture, and the INVITE that it brought about. */
  async function watched(transport: 'udp' | 'tcp' = 'udp'): Promise<{
    readonly device: RawDevice;
    readonly invite: Received;
    readonly refusal: Promise<FlvRefusal>;
  }> {
    const { device, url } = await camera(transport);
    const refusal = refused(url);
    return { device, invite: await device.peer.nextRequest('INVITE'), refusal };
  }

  function accept(device: RawDevice, invite: Received): void {
    const y = /^y=(\d+)/m.exec(invite.text)?.[1] ?? '';
    device.answer(invite, '200 OK', { headers: SDP, body: ANSWER.replace(/y=\d+/, `y=${y}`) });
  }

  it('answers 200 and never sends: the viewer hears that no media came, the device gets its BYE', async () => {
    const { device, invite, refusal } = await watched();
    accept(device, invite);
    await device.peer.nextRequest('ACK');
    const bye = await device.peer.nextRequest('BYE');
    device.answer(bye, '200 OK');
    assert.equal((await refusal).code, 'MEDIA_NO_RTP');
  });

  it('answers 200 and does not even answer the BYE: it is repeated and given up', async () => {
    const { device, invite, refusal } = await watched();
    accept(device, invite);
    await device.peer.nextRequest('ACK');
    const first = await device.peer.nextRequest('BYE');
    const again = await device.peer.nextRequest('BYE');
    assert.equal(again.header('CSeq'), first.header('CSeq'));
    assert.equal((await refusal).code, 'MEDIA_NO_RTP');
  });

  it('answers 200 in a hundred copies: each is acknowledged, and there is one call', async () => {
    const { device, invite, refusal } = await watched();
    for (let copy = 0; copy < 100; copy += 1) accept(device, invite);
    await until(
      'a hundred ACKs',
      () => device.peer.waiting.filter(({ start }) => start.startsWith('ACK ')).length >= 100,
    );
    assert.ok(((await server.metrics()).get('yimu_sip_dialogs') ?? 99) <= 2);
    device.answer(await device.peer.nextRequest('BYE'), '200 OK');
    assert.equal((await refusal).code, 'MEDIA_NO_RTP');
  });

  it('hangs up during the INVITE by a BYE in the early dialog, and answers 487', async () => {
    const { device, invite, refusal } = await watched();
    device.answer(invite, '180 Ringing', { tag: 'early' });
    const instead = {
      From: `From: ${invite.header('To') ?? ''};tag=early`,
      To: `To: ${invite.header('From') ?? ''}`,
      'Call-ID': `Call-ID: ${invite.header('Call-ID') ?? ''}`,
    };
    const { status } = await device.ask('BYE', { instead });
    assert.ok([200, 481].includes(status), String(status));
    device.answer(invite, '487 Request Terminated', { tag: 'early' });
    await device.peer.nextRequest('ACK');
    assert.ok((await refusal).status >= 400);
  });

  it('rings and says nothing more: the INVITE is cancelled, and its 487 acknowledged', async () => {
    const { device, invite, refusal } = await watched();
    device.answer(invite, '180 Ringing', { tag: 'early' });
    const cancel = await device.peer.nextRequest('CANCEL');
    device.answer(cancel, '200 OK');
    device.answer(invite, '487 Request Terminated', { tag: 'early' });
    await device.peer.nextRequest('ACK');
    assert.equal((await refusal).code, 'DEVICE_TIMEOUT');
  });

  it('unregisters during the INVITE', async () => {
    const { device, refusal } = await watched();
    assert.equal((await device.register({ expires: 0 })).status, 200);
    assert.ok((await refusal).status >= 400);
  });

  it('loses its connection during the INVITE (TCP)', async () => {
    const { device, refusal } = await watched('tcp');
    device.peer.close();
    assert.ok((await refusal).status >= 400);
  });

  it('loses its connection in mid-call (TCP)', async () => {
    const { device, invite, refusal } = await watched('tcp');
    accept(device, invite);
    await device.peer.nextRequest('ACK');
    device.peer.close();
    assert.ok((await refusal).status >= 400);
  });

  it('changes its address in mid-call: the BYE goes to where it is now', async () => {
    const { device, invite, refusal } = await watched();
    accept(device, invite);
    await device.peer.nextRequest('ACK');
    const moved = await another(device.id);
    assert.equal((await moved.register()).status, 200);
    const bye = await moved.peer.nextRequest('BYE');
    assert.equal(bye.header('Call-ID'), invite.header('Call-ID'));
    moved.answer(bye, '200 OK');
    assert.equal((await refusal).code, 'MEDIA_NO_RTP');
  });

  it('changes its address and answers the INVITE from there', async () => {
    const { device, invite, refusal } = await watched();
    const moved = await another(device.id);
    assert.equal((await moved.register()).status, 200);
    accept(moved, invite);
    await until('an ACK', () =>
      [device, moved].some(({ peer }) => peer.waiting.some(({ start }) => start.startsWith('ACK '))),
    );
    const bye = await Promise.race([device.peer.nextRequest('BYE'), moved.peer.nextRequest('BYE')]);
    moved.answer(bye, '200 OK');
    assert.equal((await refusal).code, 'MEDIA_NO_RTP');
  });

  it('answers by a description that is none, or refuses its own medium: acknowledged and ended', async () => {
    for (const body of ['', 'no description', 'v=0\r\n', ANSWER.replace(/m=video \d+/, 'm=video 0')]) {
      const { device, invite, refusal } = await watched();
      device.answer(invite, '200 OK', { headers: SDP, body });
      await device.peer.nextRequest('ACK');
      device.answer(await device.peer.nextRequest('BYE'), '200 OK');
      assert.ok((await refusal).status >= 400);
    }
  });

  it('a stranger cannot end the call: 481 to a BYE and an INFO with its Call-ID', async () => {
    const { device, invite, refusal } = await watched();
    accept(device, invite);
    await device.peer.nextRequest('ACK');
    const stranger = await another('34020000001320000666');
    const instead = {
      From: `From: ${invite.header('To') ?? ''};tag=guessed`,
      To: `To: ${invite.header('From') ?? ''}`,
      'Call-ID': `Call-ID: ${invite.header('Call-ID') ?? ''}`,
    };
    for (const method of ['BYE', 'INFO']) assert.equal((await stranger.ask(method, { instead })).status, 481);
    device.answer(await device.peer.nextRequest('BYE'), '200 OK');
    assert.equal((await refusal).code, 'MEDIA_NO_RTP');
  });

  it('dialogs, ports, timers, leases and transactions are back at zero', async () => {
    const { devices } = (await server.operator('GET', '/devices')) as {
      readonly devices: readonly { readonly gbId: string }[];
    };
    for (const { gbId } of devices) await server.operator('DELETE', `/devices/${gbId}`);
    await server.metricsUntil(
      (values) => HELD.every((name) => values.get(name) === 0) && (values.get('yimu_timers') ?? 99) <= timers,
      FORGOTTEN_WITHIN_MS,
    );
  });
});

async function refused(url: string): Promise<FlvRefusal> {
  const opened = await FlvViewer.open(url);
  if (!(opened instanceof FlvViewer)) return opened;
  opened.close();
  throw new Error('it plays');
}
