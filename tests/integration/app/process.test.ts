import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureServerBuilt } from '../../support/built.ts';
import { EzvizClient } from '../../support/ezviz-client.ts';
import { FlvViewer } from '../../support/flv-viewer.ts';
import { attachDevice } from '../../support/recorded-device.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PROGRAM = join(ROOT, 'dist/server/server.js');
const FILES = ['trial.json', 'control.json', 'trial-cameras.json'];

/** Processes whose parent is `pid`. */
function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => {
      try {
        return readFileSync(`/proc/${child}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(pid);
      } catch {
        return false;
      }
    });
}

function alive(pid: number): boolean {
  try {
    // A process that is gone and not yet collected counts as gone.
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

describe('the process of the server', function () {
  this.timeout(60_000);
  let folder = '';

  before(function () {
    if (!existsSync('/proc/self/stat')) this.skip();
    ensureServerBuilt();
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yimu-process-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(trial: 'on' | 'off'): Promise<ServerProcess> {
    const server = await ServerProcess.start({ YIMU_TRIAL: trial }, { dataDir: folder });
    // A control file that an earlier server has left is not this one's.
    await until(
      'its own control file',
      () =>
        existsSync(join(folder, 'control.json')) &&
        (server.readJson('control.json') as { pid: number }).pid === server.pid,
    );
    if (trial === 'on')
      await until(
        'the trial',
        () => existsSync(join(folder, 'trial.json')) && server.log.includes('已上线'),
        30_000,
      );
    return server;
  }

  function leftFiles(): readonly string[] {
    return FILES.filter((name) => existsSync(join(folder, name)));
  }

  /** Runs the program until it ends by itself. */
  async function run(
    environment: Readonly<Record<string, string>>,
    onStarted?: (child: ReturnType<typeof spawn>) => void,
  ): Promise<{ readonly code: number | null; readonly out: string; readonly error: string }> {
    const child = spawn(process.execPath, [PROGRAM], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...{ YIMU_HTTP_PORT: '0', YIMU_SIP_PORT: '0', YIMU_RTP_PORTS: '0', YIMU_MEDIA_HTTP_PORT: '0' },
        ...{ YIMU_DATA_DIR: folder, YIMU_TRIAL: 'off', ...environment },
      },
    });
    let out = '';
    let error = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
    onStarted?.(child);
    await once(child, 'close');
    return { code: child.exitCode, out, error };
  }

  it('ended by SIGTERM while viewers watch says BYE to the cameras and ends with 0 within seconds', async () => {
    const server = await start('off');
    const { device, listed } = await attachDevice(server, {
      gbId: '34020000001180000601',
      kind: 'nvr',
      password: 'p',
    });
    const { accessToken } = (await server.operator('POST', '/tokens')) as { readonly accessToken: string };
    const client = new EzvizClient(server.control.url, accessToken);
    const viewers = await Promise.all(
      listed.channels.map(async ({ channelNo }) => {
        const { url } = await client.liveUrl({ deviceSerial: listed.deviceSerial, channelNo });
        return await FlvViewer.play(url);
      }),
    );
    await Promise.all(viewers.map((viewer) => viewer.untilFrames(5)));
    const askedAtMs = performance.now();
    assert.equal(await server.stop('SIGTERM'), 0, server.log);
    assert.ok(performance.now() - askedAtMs < 5_000);
    await until('all viewers are told', () => viewers.every((viewer) => viewer.ended));
    assert.deepEqual(
      device.of('bye').map(({ by }) => by),
      ['platform', 'platform', 'platform', 'platform'],
    );
    assert.equal(device.calls, 0);
    await device.stop(true);
    assert.deepEqual(leftFiles(), []);
  });

  it('takes its trial cameras with it, and its files', async () => {
    const server = await start('on');
    const cameras = childrenOf(server.pid);
    assert.equal(cameras.length, 1);
    assert.equal(await server.stop('SIGTERM'), 0, server.log);
    assert.deepEqual(cameras.filter(alive), []);
    assert.deepEqual(leftFiles(), []);
  });

  it('is not hurt by a second signal of the same key press', async () => {
    const server = await start('on');
    process.kill(server.pid, 'SIGINT');
    assert.equal(await server.stop('SIGINT'), 0, server.log);
    assert.deepEqual(leftFiles(), []);
  });

  it('when it is killed, its cameras end by themselves, and the next one puts its files in order', async () => {
    const killed = await start('on');
    const cameras = childrenOf(killed.pid);
    const { devices } = killed.readJson('trial.json') as { readonly devices: unknown };
    await killed.stop('SIGKILL');
    assert.deepEqual(leftFiles(), FILES);
    await until('the cameras are gone', () => !cameras.some(alive));
    const next = await start('on');
    assert.deepEqual((next.readJson('trial.json') as { readonly devices: unknown }).devices, devices);
    assert.equal(await next.stop(), 0, next.log);
    assert.deepEqual(leftFiles(), []);
  });

  it('starts its trial cameras again when they fall', async () => {
    const server = await start('on');
    const [fallen] = childrenOf(server.pid);
    assert.ok(fallen);
    process.kill(fallen, 'SIGKILL');
    const again = await until('other cameras', () => childrenOf(server.pid).find((pid) => pid !== fallen));
    assert.notEqual(again, fallen);
    assert.equal(await server.stop(), 0, server.log);
    assert.equal(alive(again), false);
  });

  it('ended while it starts leaves nothing behind', async () => {
    const { code, out } = await run({ YIMU_TRIAL: 'on' }, (child) => {
      child.stdout?.once('data', () => child.kill('SIGTERM'));
    });
    assert.equal(code, 0);
    assert.match(out, /已停止/);
    assert.deepEqual(leftFiles(), []);
  });

  it('says in both languages which port is taken, and ends with 1', async () => {
    const blocker = createServer().listen(0, '0.0.0.0');
    await once(blocker, 'listening');
    const port = String((blocker.address() as AddressInfo).port);
    try {
      for (const setting of ['YIMU_SIP_PORT', 'YIMU_MEDIA_HTTP_PORT']) {
        const { code, error } = await run({ [setting]: port, YIMU_LOG_LEVEL: 'silent' });
        assert.equal(code, 1);
        assert.match(error, new RegExp(`^端口 ${port} 已被占用.*${setting}.*\\nPort ${port} is taken.*\\n$`));
      }
    } finally {
      blocker.close();
    }
  });

  it('lists every fault of its configuration, and warns of names that mean nothing', async () => {
    const { code, error } = await run({ YIMU_HTTP_PORT: 'http', YIMU_TRIAL: 'maybe' });
    assert.equal(code, 1);
    assert.match(error, /配置有误[\s\S]*YIMU_HTTP_PORT[\s\S]*YIMU_TRIAL/);
    const { out } = await run({ YIMU_HTTP_PROT: '1' }, (child) => {
      child.stdout?.once('data', () => child.kill('SIGTERM'));
    });
    assert.match(out, /YIMU_HTTP_PROT/);
  });

  it('refuses to run beside another one on the same data, and keeps what it writes to its owner', async () => {
    const server = await start('off');
    const { code, error } = await run({});
    assert.equal(code, 1);
    assert.match(error, /已有服务在运行[\s\S]*A server runs on .* already/);
    assert.equal((await fetch(`${server.control.url}/healthz`)).status, 200);
    const open = readdirSync(folder).filter((name) => (statSync(join(folder, name)).mode & 0o077) !== 0);
    assert.deepEqual(open, []);
    // The key of the console opens everything: a supervisor shall not record it.
    const { key } = server.control;
    assert.match(server.log, /控制台 console {2}http:\/\/\S+\/console\/\n/);
    assert.doesNotMatch(server.log, new RegExp(key));
    assert.equal(await server.stop(), 0, server.log);
  });
});
