import assert from 'node:assert/strict';
import { type Fault, makeProfile, SimulatedDevice } from '../../../bff/simulator/src/index.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';
import { RawDevice } from './raw-device.ts';
import { SipPeer } from './sip-peer.ts';

const NVR = '34020000001180000001';
const PASSWORD = 'Gb28181-demo';
const profile = makeProfile('nvr', NVR);
const CHANNEL = profile.channels[0]?.gbId ?? '';

type Row = Readonly<Record<string, unknown>>;

describe('what devices tell, from the wire to the operator', function () {
  this.timeout(90_000);
  let server: ServerProcess;
  let device: SimulatedDevice | undefined;
  const events: Row[] = [];

  before(async () => {
    server = await ServerProcess.start();
    await server.operator('POST', '/devices', { gbId: NVR, password: PASSWORD });
  });

  after(async () => {
    await server.stop();
  });

  afterEach(async () => {
    await device?.stop();
    device = undefined;
  });

  async function online(faults: readonly Fault[] = []): Promise<SimulatedDevice> {
    const started = new SimulatedDevice({
      server: server.control.sip,
      profile,
      password: PASSWORD,
      retryMs: 200,
      faults,
      onEvent: (_id, event) => events.push(event),
    });
    device = started;
    await started.start();
    await until('registered', () => started.registered);
    return started;
  }

  async function rows(path: string, name: string): Promise<readonly Row[]> {
    return ((await server.operator('GET', path)) as Record<string, readonly Row[]>)[name] ?? [];
  }

  async function want(...kinds: readonly string[]): Promise<void> {
    await server.operator('PUT', `/devices/${NVR}/subscriptions`, {
      subscriptions: kinds.map((kind) => ({ kind })),
    });
    await until('they stand', async () => {
      const told = await rows(`/devices/${NVR}/subscriptions`, 'subscriptions');
      return told.length === kinds.length && told.every(({ phase }) => phase === 'active');
    });
  }

  it('an alarm by MESSAGE and again by NOTIFY is one alarm, and its reset reaches the device', async () => {
    const camera = await online();
    const at = new Date();
    await camera.teller.alarm({ sourceGbId: CHANNEL, method: 2, type: 1, at });
    await want('alarm');
    await camera.teller.alarm({ sourceGbId: CHANNEL, method: 2, type: 1, at });
    const [alarm] = await until('told twice', async () => {
      const told = await rows(`/alarms?device=${NVR}&methods=2`, 'alarms');
      return told.length === 1 && told[0]?.['times'] === 2 ? told : undefined;
    });
    assert.deepEqual([alarm?.['device'], alarm?.['sourceGbId'], alarm?.['read']], [NVR, CHANNEL, false]);
    await server.operator('POST', `/alarms/${String(alarm?.['id'])}/reset`);
    assert.ok(
      events.some(
        ({ event, command, channel }) => event === 'control' && command === 'AlarmCmd' && channel === CHANNEL,
      ),
    );
    const [again] = await rows(`/alarms?device=${NVR}&methods=2`, 'alarms');
    assert.equal(again?.['read'], true);
  });

  it('a camera that tells no alarm before it is armed is armed when it registers', async () => {
    await server.operator('PUT', `/devices/${NVR}/subscriptions`, { subscriptions: [], arm: true });
    const camera = await online(['alarms-only-armed']);
    await until('armed', () => camera.state.guarded);
    assert.deepEqual(await camera.teller.alarm({ method: 5, type: 6, eventType: 1 }), [200]);
    const told = await rows('/alarms?types=6', 'alarms');
    assert.deepEqual([told.length, told[0]?.['eventType']], [1, 1]);
    await server.operator('PUT', `/devices/${NVR}/subscriptions`, { subscriptions: [] });
  });

  it('positions become a history', async () => {
    const camera = await online();
    await want('position');
    for (const longitude of [117.1, 117.2])
      await camera.teller.position({ longitude, latitude: 31.5, speed: 3 });
    const told = await rows(`/devices/${NVR}/positions`, 'positions');
    assert.deepEqual(
      told.slice(0, 2).map(({ longitude }) => longitude),
      [117.2, 117.1],
    );
  });

  it('a channel that is notified to be away is away, and one that is added is there', async () => {
    const camera = await online();
    await want('catalog');
    const channels = async (): Promise<ReadonlyMap<unknown, unknown>> => {
      const [listed] = await rows('/devices', 'devices');
      return new Map((listed?.['channels'] as readonly Row[]).map(({ gbId, online: up }) => [gbId, up]));
    };
    await until('the catalogue', async () => (await channels()).get(CHANNEL) === true);
    await camera.teller.changes([
      { event: 'OFF', channelGbId: CHANNEL },
      { event: 'ADD', channelGbId: '34020000001310000099', name: '新通道' },
    ]);
    await until('changed', async () => {
      const now = await channels();
      return now.get(CHANNEL) === false && now.get('34020000001310000099') === true;
    });
  });

  it('a camera that asks to be watched is kept as an event (2022 VideoUploadNotify)', async () => {
    const peer = await SipPeer.udp(server.control.sip.port);
    const camera = new RawDevice(server.control.sip, peer, NVR, PASSWORD);
    assert.equal((await camera.register()).status, 200);
    const body = `<CmdType>VideoUploadNotify</CmdType><SN>5</SN><DeviceID>${CHANNEL}</DeviceID><Time>2026-01-15T10:36:00</Time>`;
    assert.equal((await camera.tell(`<Notify>${body}</Notify>`)).status, 200);
    const told = await rows(`/devices/${NVR}/events`, 'events');
    assert.deepEqual([told[0]?.['kind'], told[0]?.['detail']], ['video-offered', CHANNEL]);
    assert.equal((await camera.register({ expires: 0 })).status, 200);
    peer.close();
  });

  it('comings, goings and faults are kept with their causes', async () => {
    const camera = await online();
    await camera.tellFaulty([CHANNEL]);
    await camera.tellFaulty([]);
    await camera.stop();
    const told = await until('all of it', async () => {
      const list = await rows(`/devices/${NVR}/events`, 'events');
      return list[0]?.['kind'] === 'offline' ? list : undefined;
    });
    assert.deepEqual(
      told.slice(0, 4).map(({ kind, cause, detail }) => [kind, cause ?? detail ?? null]),
      [
        ['offline', 'unregistered'],
        ['well', null],
        ['faults', CHANNEL],
        ['online', 'udp 127.0.0.1'],
      ],
    );
  });
});
