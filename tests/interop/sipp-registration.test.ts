import assert from 'node:assert/strict';
import { ServerProcess } from '../support/server-process.ts';
import { sipp, type SippRun, skipWithoutSipp } from './sipp.ts';

const PASSWORD = 'Sipp-pass-1';

describe('SIPp registers with the whole server', function () {
  this.timeout(60_000);
  let server: ServerProcess;
  let isRunning = false;
  before(async function () {
    skipWithoutSipp(this);
    server = await ServerProcess.start();
    isRunning = true;
  });
  after(async () => {
    if (isRunning) await server.stop();
  });

  /** Adds a device; gives the fields of its calls. */
  async function aDevice(number: number): Promise<readonly string[]> {
    const gbId = `340200000013200${String(70_000 + number)}`;
    await server.operator('POST', '/devices', { gbId, password: PASSWORD });
    return [gbId, proofOf(gbId, PASSWORD)];
  }

  function proofOf(gbId: string, password: string): string {
    return `[authentication username=${gbId} password=${password}]`;
  }

  async function run(scenario: string, over: Partial<SippRun>): Promise<void> {
    const { id, domain, port } = server.control.sip;
    const keys = { platform: id, domain };
    await sipp({
      scenario,
      target: port,
      keys,
      authUri: `${id}@${domain}`,
      outOfCall: 'answer-out-of-call',
      ...over,
    });
  }

  async function figure(name: string): Promise<number> {
    return (await server.metrics()).get(name) ?? 0;
  }

  for (const transport of ['udp', 'tcp'] as const) {
    it(`over ${transport}: with digest, then keepalive, refresh and unregister`, async function () {
      const before = await figure('yimu_sip_digest_verdicts{verdict="ok"}');
      await run('register', { transport, fields: [await aDevice(transport === 'udp' ? 1 : 2)] });
      const values = await server.metricsUntil((now) => now.get('yimu_devices_registered') === 0);
      assert.equal((values.get('yimu_sip_digest_verdicts{verdict="ok"}') ?? 0) - before, 3);
      assert.equal(values.get('yimu_keepalives'), transport === 'udp' ? 1 : 2);
    });
  }

  it('twenty devices at once', async () => {
    const before = await figure('yimu_keepalives');
    const devices = await Promise.all(Array.from({ length: 20 }, (_, index) => aDevice(100 + index)));
    await run('register', { fields: devices });
    const values = await server.metricsUntil((now) => now.get('yimu_devices_registered') === 0);
    assert.equal((values.get('yimu_keepalives') ?? 0) - before, 20);
  });

  it('not with a wrong password, and not as a device that nobody knows', async () => {
    const [gbId = ''] = await aDevice(3);
    const unknown = '34020000001320079999';
    await run('register-refused', {
      fields: [
        [gbId, proofOf(gbId, 'wrong')],
        [unknown, proofOf(unknown, PASSWORD)],
      ],
    });
    assert.equal(await figure('yimu_devices_registered'), 0);
  });

  it('not by a keepalive alone', async () => {
    const before = await figure('yimu_keepalives');
    await run('keepalive-refused', { fields: [await aDevice(4)] });
    assert.equal((await figure('yimu_keepalives')) - before, 0);
  });
});
