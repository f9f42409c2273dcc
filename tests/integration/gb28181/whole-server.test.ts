import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EzvizClient } from '../../support/ezviz-client.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';
import { bodyOf, fixture } from './fixtures.ts';
import { RawDevice, snOf } from './raw-device.ts';
import { Received, SipPeer } from './sip-peer.ts';

const NVR = '34020000001180000001';
const PASSWORD = 'Gb28181-demo';
const FORMS = readdirSync(fileURLToPath(new URL('../../fixtures/gb28181/', import.meta.url))).filter((name) =>
  name.endsWith('.sip'),
);

interface Listed {
  readonly gbId: string;
  readonly deviceSerial: string;
  readonly online: boolean;
  readonly channels: readonly { readonly channelNo: number; readonly gbId: string; readonly name: string }[];
}

describe('the whole server, told and asked in plain SIP', function () {
  this.timeout(60_000);
  let server: ServerProcess;
  const peers: SipPeer[] = [];

  before(async () => {
    server = await ServerProcess.start();
    await server.operator('POST', '/devices', { gbId: NVR, password: PASSWORD });
  });

  after(async () => {
    for (const peer of peers) peer.close();
    await server.stop();
  });

  async function connect(transport: 'udp' | 'tcp', id = NVR, password = PASSWORD): Promise<RawDevice> {
    const { sip } = server.control;
    const peer = transport === 'udp' ? await SipPeer.udp(sip.port) : await SipPeer.tcp(sip.port);
    peers.push(peer);
    return new RawDevice(sip, peer, id, password);
  }

  async function listed(gbId = NVR): Promise<Listed | undefined> {
    const { devices } = (await server.operator('GET', '/devices')) as { readonly devices: readonly Listed[] };
    return devices.find((device) => device.gbId === gbId);
  }

  /** Answers what the server wants to know of a device that came online, from the message forms. */
  async function introduce(device: RawDevice): Promise<void> {
    const catalogSn = snOf(await device.takeMessage('Catalog'));
    for (const file of ['c3-catalog-part1.sip', 'c5-catalog-part2.sip']) {
      const body = bodyOf(fixture(`gb28181/${file}`))
        .toString('latin1')
        .replace('17430', catalogSn);
      assert.equal((await device.tell(Buffer.from(body, 'latin1'))).status, 200);
    }
    const infoSn = snOf(await device.takeMessage('DeviceInfo'));
    const info = bodyOf(fixture('gb28181/q1-deviceinfo-r.sip'))
      .toString('latin1')
      .replace('<SN>301', `<SN>${infoSn}`);
    assert.equal((await device.tell(Buffer.from(info, 'latin1'))).status, 200);
  }

  for (const transport of ['udp', 'tcp'] as const) {
    it(`a recorder that registers over ${transport.toUpperCase()} is asked for its channels, and they are listed`, async () => {
      const device = await connect(transport);
      assert.equal((await device.register({ headers: ['X-GB-Ver: 2.0'] })).status, 200);
      await introduce(device);
      const shown = await until('its channels', async () => {
        const found = await listed();
        return found?.online === true && found.channels.length === 2 ? found : undefined;
      });
      assert.deepEqual(
        shown.channels.map(({ gbId, name }) => [gbId, name]),
        [
          ['34020000001320000001', '大门口'],
          ['34020000001320000002', '仓库'],
        ],
        'a loudspeaker is no camera',
      );
      assert.equal((await device.register({ expires: 0 })).status, 200);
      await until('offline', async () => (await listed())?.online === false);
    });
  }

  it('answers every message form that a registered device sends, and lives on', async () => {
    const device = await connect('udp');
    assert.equal((await device.register()).status, 200);
    await introduce(device);
    const answers = new Map<string, number>();
    for (const file of FORMS) {
      const form = new Received(fixture(`gb28181/${file}`));
      const isFromDevice = /<sip:34020000001\d+@/.test(form.header('From') ?? '') && form.status === 0;
      if (!isFromDevice || /^(?:ACK|REGISTER) /.test(form.start)) continue;
      const own = `Via: SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK${file.replaceAll(/\W/g, '')}`;
      const bytes = fixture(`gb28181/${file}`)
        .toString('latin1')
        .replace(/^Via: .*\r$/m, `${own}\r`);
      answers.set(file, (await device.exchange(Buffer.from(bytes, 'latin1'))).status);
    }
    assert.ok(answers.size >= 40, `${String(answers.size)} forms`);
    const others = [...answers].filter(([, status]) => status !== 200);
    assert.deepEqual(
      others.filter(([file]) => !/^s\d/.test(file)),
      [['b3-invite-from-device.sip', 403]],
      'a voice that nobody gave it to fetch',
    );
    // There is no subscription that these could belong to (RFC 6665 §4.1.3).
    for (const [file, status] of others.filter(([file]) => /^s\d/.test(file)))
      assert.equal(status, 481, file);
    assert.equal((await device.keepalive()).status, 200);
    await device.register({ expires: 0 });
  });

  it('refuses every message form of a device that is not registered, and registers nobody by it', async () => {
    const device = await connect('udp');
    for (const file of FORMS) {
      const form = new Received(fixture(`gb28181/${file}`));
      if (!form.start.startsWith('MESSAGE ') || !(form.header('From') ?? '').includes(NVR)) continue;
      const bytes = Buffer.from(
        fixture(`gb28181/${file}`)
          .toString('latin1')
          .replace(/branch=\w+/, `branch=z9hG4bK${file.replaceAll(/\W/g, '')}x`),
        'latin1',
      );
      assert.equal((await device.exchange(bytes)).status, 403, file);
    }
    assert.equal((await listed())?.online, false);
  });

  it('closes the door after five wrong passwords, says why in its figures, and opens it for a new password', async () => {
    const gbId = '34020000001320000077';
    await server.operator('POST', '/devices', { gbId, password: PASSWORD });
    const guesser = await connect('udp', gbId, 'wrong');
    for (let guess = 0; guess < 5; guess += 1) assert.equal((await guesser.register()).status, 403);
    const right = await connect('udp', gbId);
    assert.equal((await right.register()).status, 403);
    const values = await server.metrics();
    assert.equal(values.get('yimu_register_results{result="wrong-password"}'), 5);
    assert.equal(values.get('yimu_register_results{result="budget"}'), 1);
    await server.operator('DELETE', `/devices/${gbId}`);
    await server.operator('POST', '/devices', { gbId, password: 'another' });
    const renewed = await connect('udp', gbId, 'another');
    assert.equal((await renewed.register()).status, 200);
  });

  it('stops a camera itself when nobody does (dead man)', async () => {
    const device = await connect('udp');
    assert.equal((await device.register()).status, 200);
    await introduce(device);
    const { deviceSerial } = await until('it is listed', listed);
    const { accessToken } = (await server.operator('POST', '/tokens')) as { readonly accessToken: string };
    const client = new EzvizClient(server.control.url, accessToken);
    const started = client.call('device/ptz/start', { deviceSerial, channelNo: 1, direction: 2, speed: 1 });
    const move = await device.takeMessage('DeviceControl');
    assert.match(move.text, /<PTZCmd>A50F0102[0-9A-F]{8}<\/PTZCmd>/);
    assert.equal((await started).code, '200');
    const stop = await device.takeMessage('DeviceControl');
    assert.match(stop.text, /<PTZCmd>A50F0100000000B5<\/PTZCmd>/);
    await server.metricsUntil((values) => values.get('yimu_ptz_moving') === 0);
  });

  it('sets, lists, calls and deletes presets of a camera of 2022, names and all', async () => {
    const device = await connect('udp');
    assert.equal((await device.register({ headers: ['X-GB-Ver: 3.0'] })).status, 200);
    await introduce(device);
    await until('it is online', async () => (await listed())?.online === true);
    const presets = `/devices/${NVR}/channels/1/presets`;
    const ordered = async (method: string, path: string, body?: unknown): Promise<string> => {
      const answer = server.operator(method, path, body);
      const { body: bytes } = await device.takeMessage('DeviceControl');
      assert.deepEqual(await answer, { outcome: 'sent' });
      return new TextDecoder('gb18030').decode(bytes);
    };
    const set = await ordered('PUT', `${presets}/1`, { name: '大门 & 㐀' });
    assert.match(set, /^<\?xml version="1.0" encoding="GB18030"\?>/);
    assert.match(set, /<PTZCmd>A50F018100010037<\/PTZCmd>/);
    assert.match(set, /<PTZCmdParams>\s*<PresetName>大门 &amp; 㐀<\/PresetName>\s*<\/PTZCmdParams>/);
    const listing = server.operator('GET', presets);
    const sn = snOf(await device.takeMessage('PresetQuery'));
    const list = (items: string, withSn: string): string =>
      `<?xml version="1.0"?><Response><CmdType>PresetQuery</CmdType><SN>${withSn}</SN><DeviceID>34020000001320000001</DeviceID><SumNum>2</SumNum><PresetList Num="1">${items}</PresetList></Response>`;
    const item = (no: number): string =>
      `<Item><PresetID>${String(no)}</PresetID><PresetName>P${String(no)}</PresetName></Item>`;
    // An answer to another question is none to this, and a part that comes twice is one.
    for (const part of [list(item(9), '999999'), list(item(1), sn), list(item(1), sn), list(item(2), sn)])
      assert.equal((await device.tell(part)).status, 200);
    assert.deepEqual(await listing, {
      presets: [
        { no: 1, name: '大门 & 㐀', onDevice: true },
        { no: 2, name: 'P2', onDevice: true },
      ],
    });
    assert.match(await ordered('POST', `${presets}/2/call`), /<PTZCmd>A50F018200020039<\/PTZCmd>/);
    assert.match(await ordered('DELETE', `${presets}/1`), /<PTZCmd>A50F018300010039<\/PTZCmd>/);
    await device.register({ expires: 0 });
    await until('offline', async () => (await listed())?.online === false);
    assert.deepEqual(await server.operator('GET', presets), { presets: [] }, 'the name is gone with it');
  });

  it('holds nothing of all this at the end', async () => {
    for (const peer of peers.splice(0)) peer.close();
    await server.operator('DELETE', `/devices/${NVR}`);
    const gauges = [
      'yimu_media_dialogs',
      'yimu_sip_dialogs',
      'yimu_sip_transactions',
      'yimu_sip_tcp_connections',
      'yimu_gb_commands_in_flight',
      'yimu_gb_queries_waiting',
      'yimu_ssrc_in_use',
    ];
    await server.metricsUntil((values) => gauges.every((name) => values.get(name) === 0));
  });
});
