import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DeviceEvent,
  makeProfile,
  SimulatedDevice,
  type SimulatedDeviceOptions,
} from '../../../bff/simulator/src/index.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';

const PASSWORD = 'a password of the tests';

/** A device with short periods, and what happened at it. */
class Witness {
  readonly events: DeviceEvent[] = [];
  readonly device: SimulatedDevice;

  constructor(server: SimulatedDeviceOptions['server'], gbId: string, transport: 'udp' | 'tcp') {
    this.device = new SimulatedDevice({
      server: { ...server, host: '127.0.0.1' },
      profile: makeProfile('ipc', gbId),
      password: PASSWORD,
      transport,
      keepaliveS: 1,
      retryMs: 200,
      onEvent: (_id, event) => {
        this.events.push(event);
      },
    });
  }

  count(name: DeviceEvent['event']): number {
    return this.events.filter(({ event }) => event === name).length;
  }
}

describe('a simulated device and a real server that is lost', function () {
  this.timeout(90_000);
  let folder = '';
  let server: ServerProcess;
  const witnesses: Witness[] = [];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'yimu-loss-'));
  });

  after(async () => {
    await Promise.all(witnesses.map(({ device }) => device.stop()));
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function startServer(sipPort: string): Promise<void> {
    server = await ServerProcess.start({ YIMU_SIP_PORT: sipPort }, { dataDir: folder });
  }

  it('find each other again when the server was killed and started anew, over UDP and TCP', async () => {
    await startServer('0');
    const { sip } = server.control;
    for (const [gbId, transport] of [
      ['34020000001320000701', 'udp'],
      ['34020000001320000702', 'tcp'],
    ] as const) {
      await server.operator('POST', '/devices', { gbId, password: PASSWORD });
      const witness = new Witness(sip, gbId, transport);
      witnesses.push(witness);
      await witness.device.start();
      assert.equal(witness.device.registered, true);
    }
    await server.stop('SIGKILL');
    await until('the TCP device has noticed', () => witnesses[1]?.device.registered === false);
    rmSync(join(folder, 'control.json'));
    await startServer(String(sip.port));
    await server.metricsUntil((values) => values.get('yimu_devices_registered') === 2, 60_000);
    await until('both know it', () =>
      witnesses.every((witness) => witness.device.registered && witness.count('registered') >= 2),
    );
  });

  it('a device that the server no longer knows is refused, and comes back when it is known again', async () => {
    const [witness] = witnesses;
    assert.ok(witness);
    const { gbId } = witness.device;
    const before = witness.count('registered');
    await server.operator('DELETE', `/devices/${gbId}`);
    await until('it is refused', () => witness.count('register-refused') > 0);
    assert.equal(witness.device.registered, false);
    await server.operator('POST', '/devices', { gbId, password: PASSWORD });
    await until('it is back', () => witness.count('registered') > before, 40_000);
  });
});
