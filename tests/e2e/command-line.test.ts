import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runYimu } from '../support/command-line.ts';
import { EzvizClient } from '../support/ezviz-client.ts';
import { RecordedDevice } from '../support/recorded-device.ts';
import { ServerProcess } from '../support/server-process.ts';

const CAMERA = '34020000001320000101';
const OPEN_CAMERA = '34020000001320000102';
const PASSWORD = 'a secret of the tests';
const GUIDE = fileURLToPath(new URL('../../docs/command-line.md', import.meta.url));

/** An entry of `device list --json`, as docs/command-line.md names it. */
interface ListedDevice {
  readonly gbId: string;
  readonly deviceSerial: string;
  readonly name: string;
  readonly online: boolean;
  readonly passwordRefused: boolean;
  readonly address: string | null;
  readonly channels: readonly {
    readonly channelNo: number;
    readonly gbId: string;
    readonly name: string;
    readonly online: boolean;
  }[];
}

describe('the command line, while the server runs', function () {
  this.timeout(60_000);
  let server: ServerProcess;
  const devices: RecordedDevice[] = [];

  before(async () => {
    server = await ServerProcess.start();
  });

  after(async () => {
    await Promise.all(devices.map((device) => device.stop()));
    assert.equal(await server.stop(), 0, server.log);
  });

  async function yimu(...args: readonly string[]): Promise<string> {
    const { code, out, error } = await runYimu(server.dataDir, args);
    assert.equal(code, 0, error);
    assert.equal(error, '');
    return out;
  }

  async function listed(): Promise<readonly ListedDevice[]> {
    return JSON.parse(await yimu('device', 'list', '--json')) as readonly ListedDevice[];
  }

  it('lists no devices at first', async () => {
    assert.deepEqual(await listed(), []);
    assert.match(await yimu('device', 'list'), /还没有设备/);
  });

  it('adds a device with a name and a password, and tells its serial', async () => {
    const out = await yimu('device', 'add', CAMERA, '--password', PASSWORD, '--name', '门口');
    const [device] = await listed();
    assert.deepEqual(device, {
      gbId: CAMERA,
      deviceSerial: device?.deviceSerial,
      name: '门口',
      online: false,
      passwordRefused: false,
      address: null,
      channels: [],
    });
    assert.match(device.deviceSerial, /^[A-Z0-9]{9}$/);
    assert.match(out, new RegExp(`added ${CAMERA}.*${device.deviceSerial}`));
  });

  it('lists presence, address and channels once the device has registered with that password', async () => {
    const camera = new RecordedDevice(server, { gbId: CAMERA, password: PASSWORD });
    devices.push(camera);
    await camera.start();
    await camera.listed();
    const [device] = await listed();
    const [channel] = camera.profile.channels;
    assert.match(device?.address ?? '', /^127\.0\.0\.1/);
    assert.equal(device?.online, true);
    assert.deepEqual(device.channels, [
      { channelNo: 1, gbId: channel?.gbId, name: channel?.name, online: true },
    ]);
    const text = await yimu('device', 'list');
    assert.match(text, new RegExp(`^${CAMERA}  ${device.deviceSerial}  在线 online`));
    assert.match(text, new RegExp(`${device.deviceSerial}:1  ${channel?.gbId ?? ''}  在线 online`));
  });

  it('lets one device register without digest, and no other (--no-password)', async () => {
    await yimu('device', 'add', OPEN_CAMERA, '--no-password');
    const open = new RecordedDevice(server, { gbId: OPEN_CAMERA, password: 'whatever' });
    const other = new RecordedDevice(server, { gbId: CAMERA, password: 'whatever' });
    devices.push(open, other);
    await open.start();
    assert.equal((await open.until('registered')).how, 'open');
    await other.start();
    assert.ok([401, 403].includes((await other.until('register-refused')).status ?? 0));
  });

  it('reads a password from a file and from standard input', async () => {
    const file = join(server.dataDir, 'password.txt');
    writeFileSync(file, `${PASSWORD}\n`);
    await yimu('device', 'add', '34020000001320000103', '--password-file', file);
    const piped = await runYimu(
      server.dataDir,
      ['device', 'add', '34020000001320000104', '--password-file', '-'],
      `${PASSWORD}\n`,
    );
    assert.equal(piped.code, 0, piped.error);
    for (const gbId of ['34020000001320000103', '34020000001320000104']) {
      const camera = new RecordedDevice(server, { gbId, password: PASSWORD });
      devices.push(camera);
      await camera.start();
      assert.equal((await camera.until('registered')).how, 'digest');
    }
  });

  it('issues a token that the API takes', async () => {
    for (const token of [
      (await yimu('token')).trim(),
      (JSON.parse(await yimu('token', '--json')) as { readonly accessToken: string }).accessToken,
    ]) {
      assert.match(token, /^at\.[0-9a-z-]{61}$/);
      const { code } = await new EzvizClient(server.control.url, token).call('device/list');
      assert.equal(code, '200');
    }
  });

  it('removes a device: its registration ends, and it cannot come back', async () => {
    const [camera] = devices;
    assert.ok(camera);
    assert.match(await yimu('device', 'remove', CAMERA), new RegExp(CAMERA));
    assert.equal(
      (await listed()).find(({ gbId }) => gbId === CAMERA),
      undefined,
    );
    await camera.restart();
    assert.ok([403, 404].includes((await camera.until('register-refused')).status ?? 0));
  });

  const REFUSALS: readonly [what: string, code: number, error: RegExp, ...args: string[]][] = [
    [
      'a device that is there already',
      1,
      /已存在.*already.*ALREADY_EXISTS/,
      ...['device', 'add', OPEN_CAMERA, '--password', 'p'],
    ],
    [
      'a device that is not there',
      1,
      /设备不存在.*no such device.*DEVICE_NOT_FOUND/,
      ...['device', 'remove', '34020000001329999999'],
    ],
    [
      'a name that is too long',
      1,
      /参数错误.*INVALID_ARGUMENT/,
      ...['device', 'add', '34020000001320000105', '--no-password', '--name', '名'.repeat(200)],
    ],
    ['an ID that is none', 2, /20 位数字.*exactly 20 digits/, 'device', 'add', '123', '--password', 'p'],
  ];
  for (const [what, code, error, ...args] of REFUSALS) {
    it(`refuses ${what}: exit code ${code}`, async () => {
      const before = await server.operator('GET', '/devices');
      const outcome = await runYimu(server.dataDir, args);
      assert.equal(outcome.code, code, outcome.error);
      assert.match(outcome.error, error);
      assert.equal(outcome.out, '');
      assert.doesNotMatch(outcome.error, / at .*\.ts:/);
      assert.deepEqual(await server.operator('GET', '/devices'), before);
    });
  }

  it('has a guide that names every field of the list', async () => {
    const guide = readFileSync(GUIDE, 'utf8');
    const [device] = await listed();
    assert.ok(device);
    const fields = [...Object.keys(device), ...Object.keys(device.channels[0] ?? {})];
    for (const field of fields) assert.match(guide, new RegExp(`\`${field}\``));
  });
});

describe('the command line, while no server runs', function () {
  this.timeout(30_000);
  let dataDir = '';

  before(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'yimu-cli-'));
  });

  after(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('says so and how to start one: exit code 1', async () => {
    for (const args of [
      ['device', 'list'],
      ['simulate', '--admit', '--password', 'p'],
    ]) {
      const { code, error } = await runYimu(dataDir, args);
      assert.equal(code, 1);
      assert.match(error, /没有正在运行的服务.*No server runs.*npm start/);
    }
  });

  it('says so when the server that left its address was killed', async () => {
    const control = { url: 'http://127.0.0.1:9', key: 'k', pid: 1, sip: {} };
    writeFileSync(join(dataDir, 'control.json'), JSON.stringify(control));
    const { code, error } = await runYimu(dataDir, ['device', 'list']);
    assert.equal(code, 1);
    assert.match(error, /没有应答.*does not answer/);
    writeFileSync(join(dataDir, 'control.json'), '{');
    assert.equal((await runYimu(dataDir, ['device', 'list'])).code, 1);
  });

  it('helps without one', async () => {
    const help = await runYimu(dataDir, ['--help']);
    assert.deepEqual([help.code, help.error], [0, '']);
    assert.match(help.out, /device add <gbId> --password <secret>/);
    const { code, out } = await runYimu(dataDir, ['simulate', '--help']);
    assert.equal(code, 0);
    assert.match(out, /--first-id/);
  });
});
