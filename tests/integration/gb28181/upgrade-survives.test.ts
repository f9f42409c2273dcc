import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DeviceEvent,
  type Fault,
  makeProfile,
  SimulatedDevice,
} from '../../../bff/simulator/src/index.ts';
import { mysqlDatabase, NO_SERVER, type TestDatabase } from '../../support/databases.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { skipSuite } from '../../support/skip.ts';
import { until } from '../../support/until.ts';

const GB_ID = '34020000001320000061';
const PASSWORD = 'Gb28181-demo';
const ORDER = {
  firmware: 'V2.0',
  fileUrl: 'https://user:secret@ota.example.com/v2.bin?token=secret',
  manufacturer: 'Yimu',
};

interface Upgrades {
  readonly upgrade: Readonly<Record<string, unknown>> | null;
  readonly earlier: readonly unknown[];
}

type Told = Extract<DeviceEvent, { readonly event: 'upgrade-told' }>;

/** A device whose way to the server is gone from when it is ordered to upgrade until the test gives it back. */
class FarDevice {
  readonly device: SimulatedDevice;
  #server: ServerProcess;
  #hasWay = true;
  readonly #events: DeviceEvent[] = [];

  constructor(server: ServerProcess, faults: readonly Fault[]) {
    this.#server = server;
    const { host, id, domain } = server.control.sip;
    const port = (): number => {
      if (!this.#hasWay) throw new Error('there is no way to the platform');
      return this.#server.control.sip.port;
    };
    this.device = new SimulatedDevice({
      server: {
        ...{ host, id, domain },
        get port() {
          return port();
        },
      },
      profile: makeProfile('ipc', GB_ID, { edition: '2022' }),
      password: PASSWORD,
      transport: 'tcp',
      retryMs: 100,
      faults,
      onEvent: (_id, event) => {
        this.#events.push(event);
        if (event.event === 'control' && event.command === 'DeviceUpgrade') this.#hasWay = false;
      },
    });
  }

  async untilAway(): Promise<void> {
    await until('it has no way', () => this.#events.some(({ event }) => event === 'register-refused'));
  }

  /** Gives its way back, and the SIP status by which the server answers how the upgrade ended. */
  async tells(server: ServerProcess): Promise<number | undefined> {
    this.#server = server;
    this.#hasWay = true;
    const told = await until('it tells', () =>
      this.#events.find((event): event is Told => event.event === 'upgrade-told'),
    );
    return told.status;
  }
}

const ENDS = [
  [[], 'done', ORDER.firmware, undefined],
  [['bad-firmware'], 'failed', '1.0.0', '01'],
] as const;

const databases: readonly [string, () => Promise<TestDatabase | undefined>][] = [
  ['SQLite', () => Promise.resolve({ location: { sqlitePath: '' }, drop: () => Promise.resolve() })],
  ['MySQL or MariaDB', mysqlDatabase],
];

for (const [kind, make] of databases) {
  describe(`an upgrade of firmware, and a server on ${kind} that is killed meanwhile`, function () {
    this.timeout(120_000);
    let dataDir: string;
    let database: TestDatabase | undefined;
    let server: ServerProcess;
    let far: FarDevice | undefined;

    before(async function () {
      database = await make();
      if (!database) skipSuite(this, NO_SERVER);
      dataDir = mkdtempSync(join(tmpdir(), 'yimu-upgrade-'));
      server = await start();
      await server.operator('POST', '/devices', { gbId: GB_ID, password: PASSWORD });
    });

    after(async () => {
      if (!database) return;
      await server.stop();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    });

    afterEach(async () => {
      await far?.device.stop();
    });

    async function start(): Promise<ServerProcess> {
      assert.ok(database);
      const { location } = database;
      return await ServerProcess.start('url' in location ? { YIMU_DATABASE_URL: location.url } : {}, {
        dataDir,
      });
    }

    async function restart(): Promise<void> {
      await server.stop('SIGKILL');
      rmSync(join(dataDir, 'control.json'), { force: true });
      server = await start();
    }

    async function known(): Promise<Upgrades> {
      return (await server.operator('GET', `/devices/${GB_ID}/upgrade`)) as Upgrades;
    }

    for (const [at, [faults, ended, running, reason]] of ENDS.entries())
      it(`runs still after the restart, and the result that comes then finds its order: ${ended}`, async () => {
        far = new FarDevice(server, faults);
        await far.device.start();
        await until('it is online', async () => {
          const { devices } = (await server.operator('GET', '/devices')) as {
            readonly devices: readonly { readonly online: boolean }[];
          };
          return devices[0]?.online;
        });
        const ordered = await server.operator('POST', `/devices/${GB_ID}/upgrade`, ORDER);
        await far.untilAway();
        await restart();
        const before = await known();
        assert.deepEqual(before.upgrade, ordered);
        assert.deepEqual([before.upgrade?.['state'], before.earlier.length], ['running', at]);
        assert.equal(before.upgrade?.['source'], 'https://ota.example.com/v2.bin');
        assert.equal(await far.tells(server), 200);
        // What was answered is stored.
        await restart();
        const { upgrade } = await known();
        const { sessionId, askedAtMs } = before.upgrade;
        assert.deepEqual(
          [upgrade?.['sessionId'], upgrade?.['askedAtMs'], upgrade?.['firmware'], upgrade?.['state']],
          [sessionId, askedAtMs, ORDER.firmware, ended],
        );
        assert.deepEqual([upgrade?.['running'], upgrade?.['reason']], [running, reason]);
        assert.equal(JSON.stringify(await known()).includes('secret'), false);
      });
  });
}
