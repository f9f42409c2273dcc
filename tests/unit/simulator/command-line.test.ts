import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPlan, SIMULATE_HELP } from '../../../bff/simulator/src/command-line.ts';
import { FAULTS } from '../../../bff/simulator/src/device/faults.ts';
import type { SimulationPlan } from '../../../bff/simulator/src/plan.ts';

const NEEDED = ['--server', '10.0.0.1:5061', '--password', 'p'];

function planOf(...args: readonly string[]): SimulationPlan {
  const plan = readPlan(args);
  if ('fault' in plan) assert.fail(plan.fault);
  return plan;
}

function faultOf(...args: readonly string[]): string {
  const plan = readPlan(args);
  return 'fault' in plan ? plan.fault : 'none';
}

describe('the command line of simulate', () => {
  let folder = '';

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'yimu-simulate-'));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function file(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  it('counts IDs up from the first', () => {
    const plan = planOf(...NEEDED, '--devices', '3', '--profile', 'nvr', '--channels', '2');
    assert.deepEqual(plan.server, {
      host: '10.0.0.1',
      port: 5_061,
      id: '34020000002000000001',
      domain: '3402000000',
    });
    assert.deepEqual(
      plan.devices.map((device) => device.profile.gbId),
      ['34020000001110000001', '34020000001110000002', '34020000001110000003'],
    );
    assert.equal(plan.devices[0]?.profile.channels.length, 2);
    const last = planOf(...NEEDED, '--devices', '2', '--first-id', '34020000001119999999').devices[1];
    assert.equal(last?.profile.gbId, '34020000001120000000');
  });

  it('devices know the edition that is asked for, and that of 2016 unless one is', () => {
    for (const profile of ['ipc', 'nvr', 'platform'])
      assert.equal(
        planOf(...NEEDED, '--profile', profile, '--edition', '2022').devices[0]?.profile.edition,
        '2022',
        profile,
      );
    assert.equal(planOf(...NEEDED).devices[0]?.profile.edition, '2016');
  });

  it('takes the port and the domain from what is known', () => {
    const plan = planOf(
      '--server',
      'platform.example',
      '--password',
      'p',
      '--server-id',
      '44010200002000000001',
    );
    assert.deepEqual([plan.server.port, plan.server.domain], [5_060, '4401020000']);
  });

  it('takes every option', () => {
    const plan = planOf(
      ...NEEDED,
      ...['--rate', '0.5', '--transport', 'tcp', '--keepalive', '2.5', '--expires', '90', '--seconds', '3'],
      ...['--faults', 'busy,hang-up', '--no-media', '--log', 'json'],
    );
    assert.equal(planOf(...NEEDED, '--media-host', '10.0.0.9').mediaHost, '10.0.0.9');
    const { rate, transport, keepaliveS, expiresS, seconds, faults, media, sharedSocket, log } = plan;
    assert.deepEqual([rate, transport, keepaliveS, expiresS, seconds], [0.5, 'tcp', 2.5, 90, 3]);
    assert.deepEqual([faults, media, sharedSocket, log], [['busy', 'hang-up'], false, false, 'json']);
  });

  it('reads the password from the first line of a file', () => {
    const path = file('password', 'from a file\nsecond line\n');
    assert.equal(planOf('--server', 'h', '--password-file', path).devices[0]?.password, 'from a file');
  });

  it('reads server and devices from a file', () => {
    const path = file(
      'plan.json',
      JSON.stringify({
        server: { host: '127.0.0.1', port: 5_070, id: '34020000002000000001', domain: '3402000000' },
        devices: [
          { gbId: '34020000001320000001', password: 'a', profile: 'ipc', name: '门口' },
          { gbId: '34020000001180000002', password: 'b', profile: 'nvr', channels: 9, edition: '2022' },
        ],
      }),
    );
    const { server, devices } = planOf('--config', path);
    assert.equal(server.port, 5_070);
    assert.deepEqual(
      devices.map(({ profile, password }) => [
        profile.name,
        profile.channels.length,
        password,
        profile.edition,
      ]),
      [
        ['门口', 1, 'a', undefined],
        ['试用录像机', 9, 'b', '2022'],
      ],
    );
  });

  it('says what is wrong', () => {
    const rows: readonly [fault: RegExp, ...args: string[]][] = [
      [/--server <host:port> is missing/, '--password', 'p'],
      [/--password is missing/, '--server', 'h'],
      [/--password is missing/, '--server', 'h', '--password', ''],
      [/exclude each other/, ...NEEDED, '--password-file', 'x'],
      [/no such file/, '--server', 'h', '--password-file', join(folder, 'absent')],
      [/--server must be/, '--server', 'h:99999', '--password', 'p'],
      [/--server must be/, '--server', 'sip:h', '--password', 'p'],
      [/--devices must be a number above zero/, ...NEEDED, '--devices', '0'],
      [/--devices must be a whole number/, ...NEEDED, '--devices', '1.5'],
      [/--devices must be a whole number, at most/, ...NEEDED, '--devices', '1e9'],
      [/--rate must be/, ...NEEDED, '--rate', 'fast'],
      [/--channels must be/, ...NEEDED, '--channels=-1'],
      [/--first-id must be 20 digits/, ...NEEDED, '--first-id', '1'],
      [/--server-id must be 20 digits/, ...NEEDED, '--server-id', 'x'],
      [/--domain must be/, ...NEEDED, '--domain', 'a b'],
      [/--profile must be one of ipc, nvr/, ...NEEDED, '--profile', 'toaster'],
      [/--edition must be one of 2016, 2022/, ...NEEDED, '--edition', '2011'],
      [/--transport must be one of/, ...NEEDED, '--transport', 'sctp'],
      [/--shared-socket needs/, ...NEEDED, '--transport', 'tcp', '--shared-socket'],
      [/--faults must be one of/, ...NEEDED, '--faults', 'melts'],
      [/nonsense/, ...NEEDED, '--nonsense'],
      [/devices must be a list/, '--config', file('a', '{"server":{},"devices":[]}')],
      [/must be an object/, '--config', file('b', '[]')],
      [/JSON/, '--config', file('c', '{')],
    ];
    for (const [fault, ...args] of rows) assert.match(faultOf(...args), fault, args.join(' '));
  });

  it('says which device of a file is wrong', () => {
    const server = { host: 'h', id: '34020000002000000001', domain: 'd' };
    const good = { gbId: '34020000001320000001', password: 'a', profile: 'ipc' };
    for (const [change, fault] of [
      [{ gbId: '1' }, /gbId/],
      [{ password: '' }, /password/],
      [{ profile: 'toaster' }, /profile/],
      [{ channels: 0 }, /channels/],
      [{ name: 7 }, /name/],
      [{ edition: '2011' }, /edition/],
    ] as const)
      assert.match(
        faultOf('--config', file('d', JSON.stringify({ server, devices: [{ ...good, ...change }] }))),
        fault,
      );
  });

  it('explains every fault and every option in its help', () => {
    for (const fault of FAULTS) assert.match(SIMULATE_HELP, new RegExp(`\\n {6}${fault} +\\w`));
    for (const option of ['server', 'password-file', 'rate', 'shared-socket', 'config', 'seconds'])
      assert.match(SIMULATE_HELP, new RegExp(`--${option}\\b`));
  });
});
