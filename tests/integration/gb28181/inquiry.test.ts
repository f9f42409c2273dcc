import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigName, DeviceStatusAnswer } from '../../../shared/src/index.ts';
import {
  type DeviceEvent,
  type Fault,
  makeProfile,
  SimulatedDevice,
} from '../../../bff/simulator/src/index.ts';
import { EzvizClient } from '../../support/ezviz-client.ts';
import { FlvViewer } from '../../support/flv-viewer.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';
import { RawDevice, snOf } from './raw-device.ts';
import { SipPeer } from './sip-peer.ts';

const PASSWORD = 'Gb28181-demo';

/** What each section is set to, and must be read back as. */
const SECTIONS: Readonly<Record<Exclude<ConfigName, 'SnapShotConfig'>, object>> = {
  BasicParam: { name: '大门 & <一楼>', expirationS: 7_200, heartBeatIntervalS: 30, heartBeatCount: 3 },
  VideoParamOpt: { downloadSpeeds: ['1', '2'], resolutions: ['5', '6'] },
  SVACEncodeConfig: {
    roi: { enabled: true, regions: [{ seq: 1, topLeft: 0, bottomRight: 1024, quality: 2 }] },
    svc: { spaceDomainMode: 1 },
    surveillance: { time: true },
    audioRecognition: false,
  },
  SVACDecodeConfig: { scalableMode: 1, surveillance: { time: true } },
  VideoParamAttribute: {
    streams: [
      {
        streamNumber: 0,
        videoFormat: '5',
        resolution: '2560x1440',
        frameRate: '25',
        bitRateType: '2',
        videoBitRateKbps: '4096',
      },
      { streamNumber: 1, videoFormat: '2', resolution: '4', frameRate: '15' },
    ],
  },
  VideoRecordPlan: {
    enabled: true,
    days: Array.from({ length: 7 }, (_, day) => ({
      weekDay: day + 1,
      segments: Array.from({ length: 8 }, (_segment, at) => ({
        start: `${String(at * 2).padStart(2, '0')}:00:00`,
        stop: `${String(at * 2).padStart(2, '0')}:59:59`,
      })),
    })),
    streamNumber: 0,
  },
  VideoAlarmRecord: { enabled: true, recordTimeS: 60, preRecordTimeS: 5, streamNumber: 0 },
  PictureMask: { on: true, regions: [{ seq: 1, left: 0, top: 0, right: 1920, bottom: 1080 }] },
  FrameMirror: { mirror: 2 },
  AlarmReport: { motionDetection: true, fieldDetection: false },
  OSDConfig: {
    length: 1920,
    width: 1080,
    time: { enabled: true, type: 1, x: 32, y: 32 },
    textEnabled: true,
    lines: [{ text: '龙门㐀', x: 32, y: 1000 }],
  },
};
const OF_2016 = ['BasicParam', 'VideoParamOpt', 'SVACEncodeConfig', 'SVACDecodeConfig'] as const;

describe('questions, configuration and pictures, from the operator to the device and back', function () {
  this.timeout(90_000);
  let server: ServerProcess;
  let dataDir = '';
  const devices: SimulatedDevice[] = [];
  const events: DeviceEvent[] = [];
  let serial = 0;

  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'yimu-inquiry-'));
    server = await ServerProcess.start({}, { dataDir });
  });

  afterEach(async () => {
    await Promise.all(devices.splice(0).map((device) => device.stop()));
    events.length = 0;
  });

  after(async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function attach(options: {
    readonly edition: '2016' | '2022';
    readonly kind?: 'ipc' | 'nvr';
    readonly transport?: 'udp' | 'tcp';
    readonly faults?: readonly Fault[];
  }): Promise<{ readonly gbId: string; readonly channel: string }> {
    serial += 1;
    const gbId = `3402000000118${String(serial).padStart(7, '0')}`;
    await server.operator('POST', '/devices', { gbId, password: PASSWORD });
    const device = new SimulatedDevice({
      server: server.control.sip,
      profile: makeProfile(options.kind ?? 'ipc', gbId, { edition: options.edition }),
      password: PASSWORD,
      transport: options.transport ?? 'udp',
      faults: options.faults ?? [],
      onEvent: (_id, event) => {
        events.push(event);
      },
    });
    devices.push(device);
    await device.start();
    const channel = `/devices/${gbId}/channels/1`;
    await until(`${gbId} with its channels`, async () => {
      const { devices: listed } = (await server.operator('GET', '/devices')) as {
        readonly devices: readonly { readonly gbId: string; readonly channels: readonly unknown[] }[];
      };
      return listed.find((one) => one.gbId === gbId)?.channels.length ? true : undefined;
    });
    return { gbId: `/devices/${gbId}`, channel };
  }

  const get = (path: string): Promise<unknown> => server.operator('GET', path);

  async function watch(device: string): Promise<FlvViewer> {
    const { devices: listed } = (await get('/devices')) as {
      readonly devices: readonly { readonly gbId: string; readonly deviceSerial: string }[];
    };
    const { deviceSerial = '' } = listed.find(({ gbId }) => device.endsWith(gbId)) ?? {};
    const { accessToken } = (await server.operator('POST', '/tokens')) as { readonly accessToken: string };
    const client = new EzvizClient(server.control.url, accessToken);
    return await FlvViewer.play((await client.liveUrl({ deviceSerial, channelNo: 1 })).url);
  }

  async function verdicts(device: string): Promise<Readonly<Record<string, string>>> {
    const { commands } = (await get(`${device}/capabilities`)) as {
      readonly commands: readonly { readonly command: string; readonly verdict: string }[];
    };
    return Object.fromEntries(commands.map(({ command, verdict }) => [command, verdict]));
  }

  for (const transport of ['udp', 'tcp'] as const)
    it(`2022 over ${transport.toUpperCase()}: every section is set, kept and read back`, async () => {
      const { gbId, channel } = await attach({ edition: '2022', transport });
      for (const [name, value] of Object.entries(SECTIONS)) {
        assert.deepEqual(await server.operator('PUT', `${channel}/config/${name}`, value), {
          outcome: 'done',
          ...(name === 'PictureMask' ? { asRead: { state: 'value', value } } : {}),
        });
        const read = await get(`${channel}/config?sections=${name}`);
        assert.deepEqual(read, { sections: { [name]: { state: 'value', value } } }, name);
      }
      const known = await verdicts(gbId);
      for (const name of Object.keys(SECTIONS))
        assert.deepEqual(
          [known[`ConfigDownload.${name}`], known[`DeviceConfig.${name}`]],
          ['supported', 'supported'],
        );
    });

  it('2022: status, home position, tracks, direction and cards', async () => {
    const { gbId, channel } = await attach({ edition: '2022' });
    const status = (await get(`${gbId}/status`)) as { readonly online: boolean };
    assert.equal(status.online, true);
    const cards = (await get(`${gbId}/sd-cards`)) as {
      readonly items: readonly { readonly status: string }[];
    };
    assert.deepEqual(
      cards.items.map((card) => card.status),
      ['ok'],
    );
    const home = { enabled: false, resetTimeS: 0, presetIndex: 0 };
    assert.deepEqual(await get(`${channel}/home-position`), home);
    assert.deepEqual(await get(`${channel}/cruise-tracks`), { items: [], complete: true });
    await assert.rejects(get(`${channel}/cruise-tracks/3`), /502.*DEVICE_REFUSED/);
    const { zoom } = (await get(`${channel}/ptz-position`)) as { readonly zoom: number };
    assert.equal(zoom, 1);
  });

  for (const transport of ['udp', 'tcp'] as const)
    it(`its status over ${transport.toUpperCase()}: its clock, whether it encodes and whether it records`, async () => {
      const { gbId, channel } = await attach({ edition: '2016', transport });
      const status = async (): Promise<DeviceStatusAnswer> =>
        (await get(`${gbId}/status`)) as DeviceStatusAnswer;
      // A device writes whole seconds, in Beijing's time.
      const fromMs = Math.floor(Date.now() / 1_000) * 1_000;
      const { deviceTime = '', ...told } = await status();
      const timeMs = Date.parse(`${deviceTime}+08:00`);
      assert.ok(timeMs >= fromMs && timeMs <= Date.now(), deviceTime);
      assert.deepEqual([told.encoding, told.recording], [false, false]);
      await server.operator('POST', `${channel}/control`, { do: 'record', on: true });
      assert.equal((await status()).recording, true);
      await server.operator('POST', `${channel}/control`, { do: 'record', on: false });
      assert.equal((await status()).recording, false);
      const viewer = await watch(gbId);
      await viewer.untilFrames(1);
      assert.equal((await status()).encoding, true);
      viewer.close();
    });

  it('2016: has its four sections, in one query too, and is told apart by what it answers', async () => {
    const { gbId, channel } = await attach({ edition: '2016', faults: ['refuse-2022'] });
    const { sections } = (await get(`${gbId}/config?sections=${OF_2016.join(',')}`)) as {
      readonly sections: Readonly<Record<string, { readonly state: string }>>;
    };
    assert.deepEqual(
      OF_2016.map((name) => sections[name]?.state),
      ['value', 'value', 'value', 'value'],
    );
    const unknown = (await get(`${channel}/config?sections=OSDConfig`)) as typeof sections;
    assert.match(JSON.stringify(unknown), /"state":"failed"/);
    await assert.rejects(get(`${gbId}/sd-cards`), /502.*DEVICE_REFUSED/);
    await assert.rejects(get(`${gbId}/sd-cards`), /502.*DEVICE_REFUSED/);
    const asked = (): number =>
      events.filter((event) => event.event === 'query' && event.type === 'SDCardStatus').length;
    assert.equal(asked(), 2);
    await assert.rejects(get(`${gbId}/sd-cards`), /501.*NOT_SUPPORTED_BY_DEVICE/);
    assert.equal(asked(), 2, 'what it has refused twice it is not asked again');
    await assert.rejects(get(`${gbId}/sd-cards?force=1`), /502.*DEVICE_REFUSED/);
    assert.equal(asked(), 3, 'unless it is asked by force');
    const known = await verdicts(gbId);
    assert.deepEqual(
      [known['DeviceInfo'], known['ConfigDownload.BasicParam'], known['SDCardStatus']],
      ['supported', 'supported', 'refused'],
    );
    await server.operator('DELETE', `${gbId}/capabilities`);
    assert.deepEqual(await verdicts(gbId), {});
    await assert.rejects(get(`${gbId}/sd-cards`), /502.*DEVICE_REFUSED/);
  });

  it('OK without any content is learnt as empty: it settles nothing, and is known after a restart (Q41)', async () => {
    const gbId = '34020000001180000990';
    await server.operator('POST', '/devices', { gbId, password: PASSWORD });
    const { port, id, domain } = server.control.sip;
    const peer = await SipPeer.udp(port);
    const device = new RawDevice({ port, id, domain }, peer, gbId, PASSWORD);
    assert.equal((await device.register({ headers: ['X-GB-Ver: 3.0'] })).status, 200);
    for (let turn = 0; turn < 3; turn += 1) {
      const refused = assert.rejects(get(`/devices/${gbId}/sd-cards`), /502.*DEVICE_REFUSED/);
      const sn = snOf(await device.takeMessage('SDCardStatus'));
      const head = `<CmdType>SDCardStatus</CmdType><SN>${sn}</SN><DeviceID>${gbId}</DeviceID>`;
      await device.tell(`<?xml version="1.0"?><Response>${head}<Result>OK</Result></Response>`);
      await refused;
    }
    peer.close();
    assert.equal((await verdicts(`/devices/${gbId}`))['SDCardStatus'], 'empty');
    await server.stop();
    server = await ServerProcess.start({}, { dataDir });
    assert.equal((await verdicts(`/devices/${gbId}`))['SDCardStatus'], 'empty');
  });

  it('2016: a question of 2022 is answered by silence', async () => {
    const { gbId, channel } = await attach({ edition: '2016' });
    await assert.rejects(get(`${channel}/home-position`), /504.*DEVICE_TIMEOUT/);
    assert.equal((await verdicts(gbId))['HomePositionQuery'], 'silent');
  });

  it('a change that the device refuses is refused, and the values stay', async () => {
    const { channel } = await attach({ edition: '2022', faults: ['refuse-config'] });
    await assert.rejects(
      server.operator('PUT', `${channel}/config/FrameMirror`, { mirror: 3 }),
      /502.*REFUSED/,
    );
    assert.deepEqual(await get(`${channel}/config?sections=FrameMirror`), {
      sections: { FrameMirror: { state: 'value', value: { mirror: 0 } } },
    });
    for (let turn = 0; turn < 3; turn += 1)
      await assert.rejects(
        server.operator('PUT', `${channel}/config/FrameMirror`, { mirror: 3 }),
        /502.*REFUSED/,
        'an error about values settles nothing',
      );
    await assert.rejects(server.operator('PUT', `${channel}/config/FrameMirror`, { mirror: 9 }), /400/);
    await assert.rejects(server.operator('PUT', `${channel}/config/SnapShotConfig`, {}), /400/);
  });

  for (const faults of [[], ['multipart-snapshots']] as const)
    it(`two pictures are taken, uploaded and shown${faults.length > 0 ? ', as forms and in two lists' : ''}`, async () => {
      const { gbId, channel } = await attach({ edition: '2022', faults });
      const taken = (await server.operator('POST', `${channel}/snapshots`, { count: 2, intervalS: 1 })) as {
        readonly pictures: readonly { readonly name: string; readonly bytes: number }[];
        readonly fileIds: readonly string[];
        readonly complete: boolean;
      };
      assert.deepEqual([taken.pictures.length, taken.fileIds.length, taken.complete], [2, 2, true]);
      for (const id of taken.fileIds) assert.match(id, /^\d{41}$/);
      const { url, key } = server.control;
      const [first] = taken.pictures;
      const path = `${url}/console-api/v1/snapshots/${first?.name ?? ''}`;
      const picture = await fetch(path, { headers: { authorization: `Bearer ${key}` } });
      assert.deepEqual([picture.status, picture.headers.get('content-type')], [200, 'image/jpeg']);
      assert.equal((await picture.arrayBuffer()).byteLength, first?.bytes);
      const known = await verdicts(gbId);
      assert.deepEqual(
        [known['DeviceConfig.SnapShotConfig'], known['UploadSnapShotFinished']],
        ['supported', 'supported'],
      );
      const gauge = (await server.metrics()).get('yimu_snapshot_orders');
      assert.equal(gauge, 0);
    });

  it('without an order there is nothing where pictures are uploaded', async () => {
    const { url } = server.control;
    for (const token of ['x', '0'.repeat(48)]) {
      const path = `${url}/device-uploads/${token}`;
      assert.equal((await fetch(path, { method: 'PUT', body: new Uint8Array(1_000) })).status, 404);
      assert.equal((await fetch(path)).status, 404);
    }
  });

  it('what was learnt is there after a restart', async () => {
    const { gbId } = await attach({ edition: '2022' });
    await get(`${gbId}/status`);
    const before = await verdicts(gbId);
    await Promise.all(devices.splice(0).map((device) => device.stop()));
    await server.stop();
    server = await ServerProcess.start({}, { dataDir });
    assert.deepEqual(await verdicts(gbId), before);
    assert.equal(before['DeviceStatus'], 'supported');
  });
});
