import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { RunningCommand, runYimu } from '../support/command-line.ts';
import { EzvizClient } from '../support/ezviz-client.ts';
import { FlvViewer } from '../support/flv-viewer.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

const RATE = 500;
const FIRST_ID = '34020000001110000001';
const WATCHED = 40;

/** The last line of `--log json`. */
interface Totals {
  readonly devices: number;
  readonly started: number;
  readonly registered: number;
  readonly registeredOnce: number;
  readonly allRegisteredAfterMs?: number;
  readonly calls: number;
  readonly packetsSent: number;
  readonly events: Readonly<Record<string, number>>;
}

function totalsOf(out: string): Totals {
  return JSON.parse(out.trim().split('\n').at(-1) ?? '') as Totals;
}

/** Resident memory of a process in MB. */
function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
}

describe('simulate against a running server', function () {
  this.timeout(240_000);
  let server: ServerProcess;
  let running: RunningCommand | undefined;

  before(async () => {
    // One address sends the messages of a thousand devices.
    server = await ServerProcess.start({ YIMU_SIP_MESSAGES_PER_SECOND: '1000000' });
  });

  afterEach(() => {
    running?.signal('SIGKILL');
    running = undefined;
  });

  after(async () => {
    assert.equal(await server.stop(), 0, server.log);
  });

  function simulate(...args: readonly string[]): RunningCommand {
    running = new RunningCommand(['simulate', '--admit', '--password', 'p', ...args], server.dataDir);
    return running;
  }

  async function registered(count: number): Promise<void> {
    await server.metricsUntil((values) => values.get('yimu_devices_registered') === count, 100_000);
  }

  it(`answers ${WATCHED} INVITEs at one moment over one socket, and sends to each its own camera`, async () => {
    const first = '34020000001180005001';
    const command = simulate(
      ...['--devices', String(WATCHED / 4), '--rate', '100', '--first-id', first, '--profile', 'nvr'],
      ...['--shared-socket', '--log', 'json'],
    );
    const { accessToken } = (await server.operator('POST', '/tokens')) as { readonly accessToken: string };
    const client = new EzvizClient(server.control.url, accessToken);
    const cameras = await until('all cameras', async () => {
      const { devices } = (await server.operator('GET', '/devices')) as {
        readonly devices: readonly {
          readonly gbId: string;
          readonly deviceSerial: string;
          readonly channels: readonly { readonly channelNo: number; readonly online: boolean }[];
        }[];
      };
      const found = devices
        .filter(({ gbId }) => gbId.startsWith('3402000000118'))
        .flatMap(({ deviceSerial, channels }) =>
          channels.filter(({ online }) => online).map(({ channelNo }) => ({ deviceSerial, channelNo })),
        );
      return found.length === WATCHED && found;
    });
    const urls = await Promise.all(cameras.map(async (camera) => (await client.liveUrl(camera)).url));
    const viewers = await Promise.all(urls.map((url) => FlvViewer.play(url)));
    try {
      await Promise.all(viewers.map((viewer) => viewer.untilFrames(10)));
      const values = await server.metrics();
      assert.equal(values.get('yimu_media_dialogs'), WATCHED);
      assert.equal(values.get('yimu_rtp_foreign_ssrc_packets') ?? 0, 0);
    } finally {
      for (const viewer of viewers) viewer.close();
    }
    command.signal('SIGINT');
    const { code, out } = await command.outcome();
    const totals = totalsOf(out);
    assert.equal(code, 0);
    assert.equal(totals.events['invite'], WATCHED);
    assert.equal(totals.events['ack'], WATCHED);
    assert.equal(totals.events['bye'], WATCHED);
    assert.ok(totals.packetsSent > WATCHED * 10);
    await server.metricsUntil(
      (values) =>
        ['yimu_media_dialogs', 'yimu_sip_dialogs', 'yimu_rtp_ports_in_use', 'yimu_viewers'].every(
          (name) => values.get(name) === 0,
        ),
      30_000,
    );
  });

  for (const [crowd, how, ...options] of [
    [1_000, 'one socket for all', '--shared-socket'],
    [1_000, 'a socket for each'],
    [200, 'a TCP connection for each', '--transport', 'tcp'],
  ] as const) {
    it(`attaches ${crowd} devices at the rate that was asked for, over ${how}, and takes them back`, async () => {
      const command = simulate(
        ...['--devices', String(crowd), '--rate', String(RATE), '--first-id', FIRST_ID, '--log', 'json'],
        ...['--no-media', ...options],
      );
      await registered(crowd);
      await until('the devices know it', () => command.out.split('"event":"registered"').length > crowd);
      const memoryMb = residentMb(command.pid);
      assert.ok(memoryMb < 400, `${memoryMb} MB`);
      command.signal('SIGINT');
      const { code, out } = await command.outcome();
      assert.equal(code, 0);
      const totals = totalsOf(out);
      assert.deepEqual(
        [totals.devices, totals.started, totals.registered, totals.registeredOnce, totals.calls],
        [crowd, crowd, crowd, crowd, 0],
      );
      assert.equal(totals.events['unregistered'], crowd);
      const events = out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { readonly device?: string; readonly event: string });
      const told = events.filter(({ event }) => event === 'registered');
      assert.equal(told.length, totals.events['registered']);
      assert.equal(new Set(told.map(({ device }) => device)).size, crowd);
      assert.ok((totals.allRegisteredAfterMs ?? 0) >= ((crowd - 1) / RATE) * 1_000 - 50);
      await registered(0);
    });
  }

  it('ends by itself after --seconds: exit code 0 with all, 1 without', async () => {
    const options = ['--devices', '2', '--seconds', '1', '--first-id', '34020000001110009001'];
    const good = await simulate(...options).outcome();
    assert.equal(good.code, 0, good.error);
    assert.match(good.out, /2 of 2 devices registered \(all after \d+\.\d s\)/);
    const server_ = server.control.sip;
    const bad = await runYimu(server.dataDir, [
      ...['simulate', '--server', `127.0.0.1:${server_.port}`, '--password', 'wrong', ...options],
    ]);
    assert.equal(bad.code, 1);
    assert.match(bad.out, /0 of 2 devices registered;.*register-refused:40[13] 2/);
  });

  it('ends soon by SIGINT when the platform does not answer', async () => {
    const silent = new RunningCommand(
      ['simulate', '--server', '127.0.0.1:9', '--password', 'p', '--devices', '50', '--rate', '1000'],
      server.dataDir,
    );
    running = silent;
    await until('it tells its sums', () => silent.out.includes('0 of 50'), 30_000);
    const askedAtMs = performance.now();
    silent.signal('SIGINT');
    assert.equal((await silent.outcome()).code, 0);
    assert.ok(performance.now() - askedAtMs < 8_000);
  });
});
