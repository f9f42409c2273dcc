import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDir } from '../../../../bff/src/app/data-dir.ts';
import { CameraProcess } from '../../../../bff/src/app/trial/camera-process.ts';
import { Trial } from '../../../../bff/src/app/trial/trial.ts';
import { trialDevices } from '../../../../bff/src/app/trial/trial-devices.ts';
import { CoreError, type Logger, silentLogger, SystemRandom } from '../../../../bff/src/kernel/index.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { until } from '../../../support/until.ts';

const PLATFORM = { host: '127.0.0.1', port: 5_070, id: '44010200002000000001', domain: '4401020000' };
const IPC = '44010200001320009001';
const NVR = '44010200001180009002';

/** Keeps what is logged as warning or error. */
class Log {
  readonly entries: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[] = [];
  readonly logger: Logger = {
    ...silentLogger,
    warn: (fields, message) => this.entries.push({ fields, message }),
    error: (fields, message) => this.entries.push({ fields, message }),
  };
}

/** The devices of a core, as far as a trial sees them. */
class FakeDevices {
  readonly passwords = new Map<string, string>();
  readonly changed: string[] = [];
  online = new Set<string>();
  channelsOnline = true;
  refusal: CoreError | undefined;

  add({ gbId, password }: { gbId: string; password?: string }): Promise<unknown> {
    if (this.refusal) return Promise.reject(this.refusal);
    if (this.passwords.has(gbId)) return Promise.reject(new CoreError('ALREADY_EXISTS', '已存在', {}));
    this.passwords.set(gbId, password ?? '');
    return Promise.resolve({});
  }

  change(gbId: string, { password }: { password?: string }): Promise<unknown> {
    this.changed.push(gbId);
    this.passwords.set(gbId, password ?? '');
    return Promise.resolve({});
  }

  find(gbId: string): object | undefined {
    if (!this.passwords.has(gbId)) return undefined;
    return { gbId, serial: gbId.slice(-9), name: `name of ${gbId}`, online: this.online.has(gbId) };
  }

  channels({ gbId }: { gbId: string }): readonly object[] {
    return [{ no: 1, gbId: `channel of ${gbId}`, name: '球机', online: this.channelsOnline }];
  }
}

describe('the trial', () => {
  let folder = '';
  let clock: FakeClock;
  let devices: FakeDevices;
  let log: Log;
  let trial: Trial;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yimu-trial-'));
    clock = new FakeClock();
    devices = new FakeDevices();
    log = new Log();
    trial = make();
  });

  afterEach(async () => {
    await trial.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function make(): Trial {
    return new Trial({
      // Of the core only its devices are used.
      core: { devices } as unknown as ConstructorParameters<typeof Trial>[0]['core'],
      dataDir: new DataDir(folder),
      platform: PLATFORM,
      clock,
      random: new SystemRandom(),
      logger: log.logger,
      program: ['--eval', 'process.on("disconnect", () => process.exit()); process.send("up")', '--'],
    });
  }

  it('has a dome of 2022 and a recorder of 2016 in the domain of the platform (annex D)', () => {
    assert.deepEqual(
      trialDevices(PLATFORM.id).map(({ gbId, profile, edition }) => [gbId, profile, edition]),
      [
        [IPC, 'ipc', '2022'],
        [NVR, 'nvr', '2016'],
      ],
    );
    assert.deepEqual(trial.gbIds, [IPC, NVR]);
  });

  it('admits its cameras with a password that is new at each start, and tells it to them alone', async () => {
    await trial.start();
    const told = JSON.parse(readFileSync(join(folder, 'trial-cameras.json'), 'utf8')) as {
      readonly server: unknown;
      readonly devices: readonly { readonly gbId: string; readonly password: string }[];
    };
    assert.deepEqual(told.server, PLATFORM);
    const first = told.devices.map(({ gbId, password }): [string, string] => [gbId, password]);
    assert.deepEqual(first, [...devices.passwords]);
    for (const [, password] of first) assert.match(password, /^[0-9a-f]{32}$/);
    await trial.stop();
    assert.equal(existsSync(join(folder, 'trial-cameras.json')), false);
    trial = make();
    await trial.start();
    assert.deepEqual(devices.changed, [IPC, NVR]);
    for (const [gbId, password] of first) assert.notEqual(devices.passwords.get(gbId), password);
  });

  it('fails when its cameras cannot be admitted', async () => {
    devices.refusal = new CoreError('QUOTA_EXCEEDED', '满', {});
    await assert.rejects(trial.start(), /满/);
  });

  it('starts no cameras when it was stopped meanwhile', async () => {
    const starting = trial.start();
    await trial.stop();
    await starting;
    assert.equal(existsSync(join(folder, 'trial-cameras.json')), false);
  });

  it('is online when every device is, with all its channels', async () => {
    await trial.start();
    let online: boolean | undefined;
    void trial
      .untilOnline(() => false)
      .then((result) => {
        online = result;
      });
    devices.online.add(IPC);
    await clock.advance(1_000);
    devices.online.add(NVR);
    devices.channelsOnline = false;
    await clock.advance(1_000);
    assert.equal(online, undefined);
    devices.channelsOnline = true;
    await clock.advance(200);
    assert.equal(online, true);
    assert.deepEqual(
      trial.list().map(({ deviceSerial, gbId, channels }) => [deviceSerial, gbId, channels.length]),
      [
        [IPC.slice(-9), IPC, 1],
        [NVR.slice(-9), NVR, 1],
      ],
    );
  });

  it('says once which cameras do not come, and gives up when it is told to', async () => {
    await trial.start();
    devices.online.add(IPC);
    let over = false;
    const waiting = trial.untilOnline(() => over);
    await clock.advance(60_000);
    assert.deepEqual(log.entries, [
      { message: 'trial cameras are not online yet', fields: { missing: [NVR] } },
    ]);
    over = true;
    await clock.advance(200);
    assert.equal(await waiting, false);
  });

  it('lists no device that somebody has removed', () => {
    assert.deepEqual(trial.list(), []);
  });
});

describe('the process of the trial cameras', () => {
  let clock: FakeClock;
  let log: Log;

  beforeEach(() => {
    clock = new FakeClock();
    log = new Log();
  });

  function run(...program: readonly string[]): CameraProcess {
    return new CameraProcess({ configPath: '/nowhere', clock, logger: log.logger, program });
  }

  it('is started again when it falls, later each time', async () => {
    const cameras = run('--eval', 'process.exit(7)', '--');
    cameras.start();
    for (const [index, afterMs] of [2_000, 4_000, 8_000].entries()) {
      await until('it falls', () => log.entries.length === index + 1);
      assert.deepEqual(log.entries[index], {
        message: 'trial cameras fell and are started again',
        fields: { code: 7, signal: null, restartAfterMs: afterMs },
      });
      await clock.advance(afterMs);
    }
    await cameras.stop();
  });

  it('is not started again after the stop', async () => {
    const cameras = run('--eval', 'process.exit(7)', '--');
    cameras.start();
    await until('it falls', () => log.entries.length === 1);
    await cameras.stop();
    await clock.advance(60_000);
    cameras.start();
    await cameras.stop();
    assert.equal(log.entries.length, 1);
  });

  it('is ended by force when it does not obey', async () => {
    const cameras = run(
      '--eval',
      'process.on("SIGTERM", () => undefined); setInterval(() => undefined, 1000); process.send("up")',
      '--',
    );
    cameras.start();
    const stopping = cameras.stop();
    await clock.advance(4_100);
    await stopping;
    assert.deepEqual(log.entries, []);
  });
});
