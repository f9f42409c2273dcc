import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControlClient } from '../../../bff/src/app/cli/control-client.ts';
import { AlreadyRunningError, readControlFile } from '../../../bff/src/app/control-file.ts';
import { DataDir } from '../../../bff/src/app/data-dir.ts';
import { type RunningServer, startServer } from '../../../bff/src/app/server.ts';
import { loadConfig } from '../../../bff/src/config/index.ts';
import { silentLogger } from '../../../bff/src/kernel/index.ts';
import { EzvizClient } from '../../support/ezviz-client.ts';
import { FlvViewer } from '../../support/flv-viewer.ts';
import { freePorts } from '../../support/free-ports.ts';

const FREE_PORTS = {
  YIMU_HTTP_HOST: '127.0.0.1',
  YIMU_HTTP_PORT: '0',
  YIMU_SIP_PORT: '0',
  YIMU_SIP_HOST: '127.0.0.1',
  YIMU_RTP_PORTS: '0',
  YIMU_RTMP_PORT: '0',
  YIMU_MEDIA_HTTP_PORT: '0',
};

/** `trial.json`, as it is fixed for whoever drives a trial from outside. */
interface TrialFile {
  readonly h5Url: string;
  readonly consoleUrl: string;
  readonly apiUrl: string;
  readonly sip: {
    readonly host: string;
    readonly port: number;
    readonly id: string;
    readonly domain: string;
  };
  readonly ezviz: { readonly appKey: string; readonly appSecret: string; readonly accessToken: string };
  readonly devices: readonly {
    readonly deviceSerial: string;
    readonly gbId: string;
    readonly channels: readonly { readonly channelNo: number; readonly gbId: string }[];
  }[];
}

interface ListedDevices {
  readonly devices: readonly {
    readonly gbId: string;
    readonly deviceSerial: string;
    readonly online: boolean;
  }[];
}

describe('the whole server', function () {
  this.timeout(60_000);
  let folder = '';
  const servers: RunningServer[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yimu-app-'));
  });

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(environment: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
    const config = loadConfig({
      ...FREE_PORTS,
      YIMU_DATA_DIR: join(folder, 'data'),
      YIMU_TRIAL: 'off',
      ...environment,
    });
    const server = await startServer(config, silentLogger);
    servers.push(server);
    return server;
  }

  function dataDir(name = 'data'): DataDir {
    return new DataDir(join(folder, name));
  }

  function trialFile(name = 'data'): TrialFile {
    return JSON.parse(readFileSync(dataDir(name).file('trial.json'), 'utf8')) as TrialFile;
  }

  it('tells in trial.json where everything is, once the trial cameras are online', async () => {
    const server = await start({ YIMU_TRIAL: 'on' });
    assert.equal(existsSync(dataDir().file('trial.json')), false);
    assert.equal(await server.trialOnline, true);
    const told = trialFile();
    assert.deepEqual(Object.keys(told), ['h5Url', 'consoleUrl', 'apiUrl', 'sip', 'ezviz', 'devices']);
    assert.deepEqual(
      [told.h5Url, told.consoleUrl, told.apiUrl, told.sip],
      [server.h5Url, server.consoleUrl, server.apiUrl, server.sip],
    );
    assert.equal(statSync(dataDir().file('trial.json')).mode & 0o077, 0);
    // Port 0 means any free port: the real ones are told.
    assert.ok(Number(new URL(told.apiUrl).port) > 0 && told.sip.port > 0);
    assert.deepEqual(
      told.devices.map(({ gbId, channels }) => [gbId, channels.map(({ channelNo }) => channelNo)]),
      [
        ['34020000001320009001', [1]],
        ['34020000001180009002', [1, 2, 3, 4]],
      ],
    );
    const client = new EzvizClient(told.apiUrl, told.ezviz.accessToken);
    for (const { deviceSerial, channels } of told.devices) {
      assert.equal((await client.call('device/info', { deviceSerial })).code, '200');
      for (const { channelNo } of channels) {
        const viewer = await FlvViewer.play((await client.liveUrl({ deviceSerial, channelNo })).url);
        await viewer.untilFrames(5);
        viewer.close();
      }
    }
    const { appKey, appSecret } = told.ezviz;
    const traded = await fetch(`${told.apiUrl}/api/lapp/token/get`, {
      method: 'POST',
      body: new URLSearchParams({ appKey, appSecret }),
    });
    assert.equal(((await traded.json()) as { readonly code: string }).code, '200');
  });

  it('has trial cameras that play though other cameras are told an address beyond this machine', async () => {
    const server = await start({ YIMU_TRIAL: 'on', YIMU_SIP_HOST: '203.0.113.7' });
    assert.equal(await server.trialOnline, true);
    const { sip, apiUrl, ezviz, devices } = trialFile();
    assert.equal(sip.host, '203.0.113.7');
    const client = new EzvizClient(apiUrl, ezviz.accessToken);
    const { url } = await client.liveUrl({ deviceSerial: devices[0]?.deviceSerial ?? '', channelNo: 1 });
    const viewer = await FlvViewer.play(url);
    await viewer.untilFrames(5);
    viewer.close();
  });

  it('takes its files back when it stops, and nothing answers any more', async () => {
    const server = await start({ YIMU_TRIAL: 'on' });
    await server.trialOnline;
    await server.stop();
    for (const name of ['trial.json', 'control.json', 'trial-cameras.json'])
      assert.equal(existsSync(dataDir().file(name)), false, name);
    await assert.rejects(fetch(`${server.apiUrl}/healthz`));
  });

  it('writes no trial.json when it is stopped before the cameras have come', async () => {
    const server = await start({ YIMU_TRIAL: 'on' });
    await server.stop();
    assert.equal(await server.trialOnline, false);
    assert.equal(existsSync(dataDir().file('trial.json')), false);
  });

  it('replaces what a server that was killed has left', async () => {
    for (const name of ['trial.json', 'control.json'])
      writeFileSync(dataDir().file(name), JSON.stringify({ url: 'http://127.0.0.1:9', key: 'k', pid: 1 }));
    const server = await start();
    assert.equal(existsSync(dataDir().file('trial.json')), false);
    assert.deepEqual(readControlFile(dataDir())?.sip, server.sip);
  });

  it('keeps devices, serials, tokens and applications over a restart', async () => {
    await start();
    const added = await new ControlClient(dataDir()).call('POST', '/devices', {
      gbId: '34020000001320000501',
      password: 'p',
    });
    const { accessToken } = (await new ControlClient(dataDir()).call('POST', '/tokens')) as {
      readonly accessToken: string;
    };
    const firstApp = readFileSync(dataDir().file('first-app.json'), 'utf8');
    await servers.pop()?.stop();
    const { apiUrl } = await start();
    const { devices } = (await new ControlClient(dataDir()).call('GET', '/devices')) as ListedDevices;
    assert.deepEqual(devices, [added]);
    assert.equal((await new EzvizClient(apiUrl, accessToken).call('device/list')).code, '200');
    assert.equal(readFileSync(dataDir().file('first-app.json'), 'utf8'), firstApp);
  });

  it('keeps the serials of the trial cameras over a restart', async () => {
    const serials: string[][] = [];
    for (let i = 0; i < 2; i += 1) {
      const server = await start({ YIMU_TRIAL: 'on' });
      await server.trialOnline;
      serials.push(trialFile().devices.map(({ deviceSerial }) => deviceSerial));
      await servers.pop()?.stop();
    }
    assert.equal(serials[0]?.length, 2);
    assert.deepEqual(serials[1], serials[0]);
  });

  it('runs beside another one with a data directory of its own', async () => {
    const pair = ['left', 'right'];
    const both: readonly RunningServer[] = await Promise.all(
      pair.map((name) => start({ YIMU_TRIAL: 'on', YIMU_DATA_DIR: join(folder, name) })),
    );
    assert.deepEqual([await both[0]?.trialOnline, await both[1]?.trialOnline], [true, true]);
    const [left, right] = pair.map((name) => trialFile(name));
    assert.ok(left && right);
    assert.notEqual(left.sip.port, right.sip.port);
    const stranger = new EzvizClient(right.apiUrl, left.ezviz.accessToken);
    assert.equal((await stranger.call('device/list')).code, '10002');
  });

  it('refuses a second one on its data directory, and goes on', async () => {
    const server = await start();
    const before = readControlFile(dataDir());
    // Another process would write another process ID; this one tests in its own.
    dataDir().writeJson('control.json', { ...before, pid: process.ppid });
    await assert.rejects(start(), AlreadyRunningError);
    assert.equal((await fetch(`${server.apiUrl}/healthz`)).status, 200);
    assert.equal(readControlFile(dataDir())?.key, before?.key);
  });

  for (const [port, ...settings] of [
    ['of HTTP', 'YIMU_HTTP_PORT'],
    ['of SIP', 'YIMU_SIP_PORT'],
    ['of media', 'YIMU_MEDIA_HTTP_PORT'],
  ] as const) {
    it(`does not start when the port ${port} is taken, and leaves nothing behind`, async () => {
      const taken = await freePorts();
      const blocker = createServer().listen(taken, settings[0] === 'YIMU_SIP_PORT' ? '0.0.0.0' : '127.0.0.1');
      await once(blocker, 'listening');
      await assert.rejects(start({ [settings[0]]: String(taken), YIMU_TRIAL: 'on' }), /EADDRINUSE/);
      for (const name of ['trial.json', 'control.json', 'trial-cameras.json'])
        assert.equal(existsSync(dataDir().file(name)), false, name);
      blocker.close();
      await once(blocker, 'close');
      await start({ [settings[0]]: String(taken) });
    });
  }

  it('has no trial cameras in production, and what an earlier trial gave out is void', async () => {
    const trial = await start({ YIMU_TRIAL: 'on' });
    await trial.trialOnline;
    const { ezviz } = trialFile();
    const offered = (await (await fetch(`${trial.apiUrl}/yimu/trial`)).json()) as {
      readonly data: { readonly accessToken: string };
    };
    await servers.pop()?.stop();
    const server = await start({ NODE_ENV: 'production', YIMU_TRIAL: '' });
    assert.equal(server.trialOnline, undefined);
    assert.equal(existsSync(dataDir().file('trial.json')), false);
    assert.equal((await fetch(`${server.apiUrl}/yimu/trial`)).status, 404);
    for (const token of [ezviz.accessToken, offered.data.accessToken])
      assert.equal((await new EzvizClient(server.apiUrl, token).call('device/list')).code, '10002');
    const traded = await fetch(`${server.apiUrl}/api/lapp/token/get`, {
      method: 'POST',
      body: new URLSearchParams({ appKey: ezviz.appKey, appSecret: ezviz.appSecret }),
    });
    assert.notEqual(((await traded.json()) as { readonly code: string }).code, '200');
  });

  it('gives the trial page a token that sees the trial cameras alone', async () => {
    const server = await start({ YIMU_TRIAL: 'on' });
    await server.trialOnline;
    await new ControlClient(dataDir()).call('POST', '/devices', {
      gbId: '34020000001320000502',
      password: 'p',
    });
    const read = async (): Promise<{ readonly accessToken: string; readonly devices: readonly unknown[] }> =>
      (
        (await (await fetch(`${server.apiUrl}/yimu/trial`)).json()) as {
          readonly data: Awaited<ReturnType<typeof read>>;
        }
      ).data;
    const { accessToken, devices } = await read();
    assert.equal(devices.length, 2);
    assert.equal((await read()).accessToken, accessToken);
    const listed = await new EzvizClient(server.apiUrl, accessToken).call('device/list');
    assert.equal((listed.data as readonly unknown[]).length, 2);
  });

  it('tells clients the addresses of the proxy in front of it', async () => {
    const server = await start({ YIMU_PUBLIC_URL: 'https://yimu.example/', YIMU_TRIAL: 'off' });
    assert.deepEqual([server.apiUrl, server.h5Url], ['https://yimu.example', 'https://yimu.example/h5/']);
    assert.match(readControlFile(dataDir())?.url ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
  });
});
