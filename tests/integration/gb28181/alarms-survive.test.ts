import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';
import { Stack } from './a-stack.ts';
import { RawDevice } from './raw-device.ts';
import { SipPeer } from './sip-peer.ts';

const NVR = '34020000001180000001';
const MANSCDP = 'Content-Type: Application/MANSCDP+xml';
const PASSWORD = 'Gb28181-demo';

/** GB/T 28181-2016 annex A.2.5 b. */
function alarm(type: number): string {
  const body = `<CmdType>Alarm</CmdType><SN>${String(type)}</SN><DeviceID>${NVR}</DeviceID><AlarmPriority>4</AlarmPriority>`;
  return `<?xml version="1.0"?><Notify>${body}<AlarmMethod>5</AlarmMethod><AlarmTime>2026-01-15T10:35:12</AlarmTime><Info><AlarmType>${String(type)}</AlarmType></Info></Notify>`;
}

describe('an alarm that was answered by 200, and a server that is killed', function () {
  this.timeout(120_000);
  let dataDir: string;
  let server: ServerProcess;
  let peer: SipPeer;

  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'yimu-alarms-'));
    server = await ServerProcess.start({}, { dataDir });
    await server.operator('POST', '/devices', { gbId: NVR, password: PASSWORD });
  });

  after(async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  afterEach(() => {
    peer.close();
  });

  async function camera(): Promise<RawDevice> {
    const { port, id, domain } = server.control.sip;
    peer = await SipPeer.udp(port);
    const device = new RawDevice({ port, id, domain }, peer, NVR, PASSWORD);
    assert.equal((await device.register()).status, 200);
    return device;
  }

  async function restart(): Promise<void> {
    await server.stop('SIGKILL');
    rmSync(join(dataDir, 'control.json'), { force: true });
    server = await ServerProcess.start({}, { dataDir });
  }

  async function kept(): Promise<readonly (readonly unknown[])[]> {
    const { alarms } = (await server.operator('GET', '/alarms')) as {
      alarms: readonly { readonly type: number; readonly times: number }[];
    };
    return alarms.map(({ type, times }) => [type, times]).sort(([a = 0], [b = 0]) => a - b);
  }

  it('is kept, each of a hundred that came together', async () => {
    const device = await camera();
    const types = Array.from({ length: 100 }, (_, at) => at + 1);
    const answers = await Promise.all(types.map((type) => device.tell(alarm(type))));
    assert.ok(answers.every(({ status }) => status === 200));
    await restart();
    assert.deepEqual(
      await kept(),
      types.map((type) => [type, 1]),
    );
  });

  it('is one alarm still when it is told again after the restart', async () => {
    const device = await camera();
    assert.equal((await device.tell(alarm(7))).status, 200);
    assert.deepEqual(
      (await kept()).filter(([type]) => type === 7),
      [[7, 2]],
    );
  });
});

describe('an alarm over real sockets is answered', function () {
  this.timeout(30_000);
  let stack: Stack;

  beforeEach(async () => {
    stack = await Stack.start();
  });

  afterEach(async () => {
    await stack.stop();
  });

  it('when it is stored: by 200, and then by a MESSAGE', async () => {
    const order: string[] = [];
    let store: (() => void) | undefined;
    stack.platform.on('alarm', (_gbId, _alarm, waitFor) => {
      waitFor?.(
        new Promise((resolve) => {
          store = resolve;
        }),
      );
    });
    const device = await stack.device(NVR);
    await device.register();
    const request = device.request('MESSAGE', { headers: [MANSCDP], body: alarm(2) });
    const answered = device.exchange(request).then(({ status }) => order.push(String(status)));
    await until('told', () => store !== undefined);
    // A repetition meanwhile is absorbed.
    device.peer.send(request);
    await until('absorbed', () => stack.figure('yimu_sip_absorbed') > 0);
    order.push('stored');
    store?.();
    await answered;
    await device.takeMessage('Alarm');
    assert.deepEqual(order, ['stored', '200']);
  });

  it('when the database is away, too, after a while', async () => {
    stack.platform.on('alarm', (_gbId, _alarm, waitFor) => {
      waitFor?.(new Promise(() => undefined));
    });
    const device = await stack.device(NVR);
    await device.register();
    assert.equal((await device.tell(alarm(2))).status, 200);
  });
});
