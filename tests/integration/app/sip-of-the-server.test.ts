import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { ControlClient } from '../../../bff/src/app/cli/control-client.ts';
import { readControlFile } from '../../../bff/src/app/control-file.ts';
import { DataDir } from '../../../bff/src/app/data-dir.ts';
import { ownAddress } from '../../../bff/src/app/own-address.ts';
import { type RunningServer, startServer } from '../../../bff/src/app/server.ts';
import { loadConfig } from '../../../bff/src/config/index.ts';
import { silentLogger } from '../../../bff/src/kernel/index.ts';
import { EzvizClient } from '../../support/ezviz-client.ts';
import { FlvViewer, type FlvRefusal } from '../../support/flv-viewer.ts';
import { freePorts } from '../../support/free-ports.ts';
import { until } from '../../support/until.ts';
import { bodyOf, fixture } from '../gb28181/fixtures.ts';
import { RawDevice, snOf } from '../gb28181/raw-device.ts';
import { SipPeer } from '../gb28181/sip-peer.ts';

const NVR = '34020000001180000001';
const CAMERA = '34020000001320000001';
const PASSWORD = 'Gb28181-demo';
const ANY_PORTS = {
  YIMU_HTTP_HOST: '127.0.0.1',
  YIMU_HTTP_PORT: '0',
  YIMU_SIP_PORT: '0',
  YIMU_RTP_PORTS: '0',
  YIMU_RTMP_PORT: '0',
  YIMU_MEDIA_HTTP_PORT: '0',
  YIMU_MEDIA_TRANSPORTS: 'udp',
};

interface Listed {
  readonly deviceSerial: string;
  readonly name: string;
  readonly online: boolean;
  readonly channels: readonly { readonly gbId: string; readonly name: string }[];
}

describe('the SIP side of the whole server', function () {
  this.timeout(60_000);
  let folder = '';
  let dataDir: DataDir;
  let operator: ControlClient;
  let server: RunningServer | undefined;
  const peers: SipPeer[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yimu-sip-'));
    dataDir = new DataDir(join(folder, 'data'));
    operator = new ControlClient(dataDir);
  });

  afterEach(async () => {
    for (const peer of peers.splice(0)) peer.close();
    await server?.stop();
    server = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(environment: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
    const config = loadConfig({
      ...ANY_PORTS,
      ...{ YIMU_DATA_DIR: join(folder, 'data'), YIMU_TRIAL: 'off' },
      ...environment,
    });
    server = await startServer(config, silentLogger);
    return server;
  }

  async function connect({ sip }: RunningServer, transport: 'udp' | 'tcp' = 'udp'): Promise<RawDevice> {
    const peer = transport === 'udp' ? await SipPeer.udp(sip.port) : await SipPeer.tcp(sip.port);
    peers.push(peer);
    return new RawDevice(sip, peer, NVR, PASSWORD);
  }

  async function admit(): Promise<void> {
    await operator.call('POST', '/devices', { gbId: NVR, password: PASSWORD });
  }

  async function listed(): Promise<Listed | undefined> {
    const { devices } = (await operator.call('GET', '/devices')) as { readonly devices: readonly Listed[] };
    return devices[0];
  }

  /** A recorder that is online and told one camera. */
  async function online(running: RunningServer): Promise<RawDevice> {
    await admit();
    const device = await connect(running);
    assert.equal((await device.register()).status, 200);
    const sn = snOf(await device.takeMessage('Catalog'));
    const items = `<Item><DeviceID>${CAMERA}</DeviceID><Name>a</Name><Status>ON</Status></Item>`;
    await device.tell(
      `<?xml version="1.0"?><Response><CmdType>Catalog</CmdType><SN>${sn}</SN><DeviceID>${NVR}</DeviceID><SumNum>1</SumNum><DeviceList Num="1">${items}</DeviceList></Response>`,
    );
    await until('its camera', async () => (await listed())?.channels.length === 1);
    return device;
  }

  /** Somebody watches the camera; what comes of it. */
  async function watch(running: RunningServer): Promise<FlvViewer | FlvRefusal> {
    const { deviceSerial = '' } = (await listed()) ?? {};
    const { accessToken } = (await operator.call('POST', '/tokens')) as { readonly accessToken: string };
    const client = new EzvizClient(running.apiUrl, accessToken);
    return await FlvViewer.open((await client.liveUrl({ deviceSerial, channelNo: 1 })).url);
  }

  it('stands on the port that is set, over UDP and TCP, and devices and operators are told that one (Q44)', async () => {
    const port = await freePorts();
    const running = await start({ YIMU_SIP_PORT: String(port) });
    assert.deepEqual([running.sip.port, readControlFile(dataDir)?.sip.port], [port, port]);
    await admit();
    for (const transport of ['udp', 'tcp'] as const) {
      const device = await connect(running, transport);
      assert.equal((await device.register()).status, 200);
      const query = await device.takeMessage('Catalog');
      assert.match(
        query.header('Via') ?? '',
        new RegExp(`^SIP/2\\.0/${transport} \\S+:${String(port)};`, 'i'),
      );
      assert.equal((await device.register({ expires: 0 })).status, 200);
    }
  });

  it('tells devices the address that is set, for SIP and for media (Q66)', async () => {
    const running = await start({ YIMU_SIP_HOST: '203.0.113.7' });
    assert.equal(readControlFile(dataDir)?.sip.host, '203.0.113.7');
    const device = await online(running);
    const watching = watch(running);
    const invite = await device.peer.nextRequest('INVITE');
    const at = `203.0.113.7:${String(running.sip.port)}`;
    assert.ok(invite.header('Via')?.startsWith(`SIP/2.0/UDP ${at};`));
    assert.equal(invite.header('Contact'), `<sip:${running.sip.id}@${at}>`);
    assert.match(invite.text, /^o=\d+ 0 0 IN IP4 203\.0\.113\.7\r$/m);
    assert.match(invite.text, /^c=IN IP4 203\.0\.113\.7\r$/m);
    device.answer(invite, '404 Not Found');
    assert.ok(!((await watching) instanceof FlvViewer));
  });

  it('tells devices an own address that is not internal when none is set (Q66)', async () => {
    const running = await start();
    assert.equal(running.sip.host, ownAddress());
    const device = await online(running);
    const watching = watch(running);
    const invite = await device.peer.nextRequest('INVITE');
    assert.ok(invite.text.includes(`\r\nc=IN IP4 ${ownAddress()}\r\n`), invite.text);
    device.answer(invite, '404 Not Found');
    assert.ok(!((await watching) instanceof FlvViewer));
  });

  it('shows operators with what a device refused, and the messages that say why (Q61)', async () => {
    const running = await start({ YIMU_SIP_HOST: '127.0.0.1' });
    const device = await online(running);
    const watching = watch(running);
    for (let offers = 0; offers < 2; offers += 1)
      device.answer(await device.peer.nextRequest('INVITE'), '400 Bad Request');
    const refusal = await watching;
    assert.ok(!(refusal instanceof FlvViewer));
    assert.deepEqual([refusal.status, refusal.code], [502, 'DEVICE_REFUSED']);
    const { commands } = (await operator.call('GET', `/devices/${NVR}/capabilities`)) as {
      readonly commands: readonly { readonly command: string; readonly sipStatus: number | null }[];
    };
    assert.equal(commands.find(({ command }) => command === 'INVITE.Play')?.sipStatus, 400);
    const text = (await operator.download(`/devices/${NVR}/trace.txt`)).toString();
    assert.match(text, new RegExp(`INVITE sip:${CAMERA}@127\\.0\\.0\\.1:\\d+ SIP/2\\.0`));
    assert.match(text, new RegExp(`From: <sip:${running.sip.id}@${running.sip.domain}>`));
    assert.match(text, /SIP\/2\.0 400 Bad Request/);
  });

  it('keeps names with apostrophes, markup, marks and of any length as text, bounded and clean, over a restart (Q69)', async () => {
    const running = await start({ YIMU_SIP_HOST: '127.0.0.1' });
    await admit();
    const device = await connect(running);
    assert.equal((await device.register()).status, 200);
    const hostile = `x'); DROP TABLE device;-- "\\ <script>alert(1)</script>`;
    const escaped = hostile.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const items = [`\u202E${escaped}\u2028`, '长'.repeat(300)].map(
      (name, at) =>
        `<Item><DeviceID>3402000000132000000${String(at + 1)}</DeviceID><Name>${name}</Name><Manufacturer>O'Brien</Manufacturer></Item>`,
    );
    const catalogSn = snOf(await device.takeMessage('Catalog'));
    const catalogue = `<?xml version="1.0" encoding="GB18030"?>\r\n<Response><CmdType>Catalog</CmdType><SN>${catalogSn}</SN><DeviceID>${NVR}</DeviceID><SumNum>2</SumNum><DeviceList Num="2">${items.join('')}</DeviceList></Response>`;
    assert.equal((await device.tell(iconv.encode(catalogue, 'gb18030'))).status, 200);
    const infoSn = snOf(await device.takeMessage('DeviceInfo'));
    const info = bodyOf(fixture('gb28181/q1-deviceinfo-r.sip'))
      .toString('latin1')
      .replace(/<SN>\d+/, `<SN>${infoSn}`)
      .replace(/<DeviceName>[^<]*/, `<DeviceName>${escaped}`)
      .replace(/<Manufacturer>[^<]*/, `<Manufacturer>it's "O'Brien"`);
    assert.equal((await device.tell(Buffer.from(info, 'latin1'))).status, 200);
    const shown = await until('what it told', async () => {
      const found = await listed();
      return found?.channels.length === 2 && found.name === hostile ? found : undefined;
    });
    assert.deepEqual(
      shown.channels.map(({ name }) => name),
      [hostile, '长'.repeat(128)],
    );
    await running.stop();
    await start({ YIMU_SIP_HOST: '127.0.0.1' });
    const again = await listed();
    assert.deepEqual(
      [again?.name, again?.channels.map(({ name }) => name)],
      [shown.name, shown.channels.map(({ name }) => name)],
    );
  });
});
