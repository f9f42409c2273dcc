import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand as run } from '../../../../bff/src/app/cli/commands.ts';
import type { CommandResult } from '../../../../bff/src/app/cli/commands/command.ts';
import { ControlError } from '../../../../bff/src/app/cli/control-client.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { until } from '../../../support/until.ts';

const GB_ID = '34020000001320000001';

/** A server that answers one thing and keeps what it was asked. */
class Server {
  readonly calls: unknown[][] = [];
  readonly #answer: unknown;

  constructor(answer: unknown = {}) {
    this.#answer = answer;
  }

  call(...call: readonly unknown[]): Promise<unknown> {
    this.calls.push([...call]);
    if (this.#answer instanceof Error) return Promise.reject(this.#answer);
    return Promise.resolve(this.#answer);
  }

  download(path: string): Promise<Uint8Array> {
    this.calls.push(['download', path]);
    return Promise.resolve(Buffer.from('a capture file'));
  }
}

async function runCommand(args: readonly string[], client: Server): Promise<CommandResult> {
  const print = (text: string): void => {
    assert.fail(`nothing should be printed meanwhile: ${text}`);
  };
  return await run(args, { client, clock: new FakeClock(), print, signal: new AbortController().signal });
}

const DEVICE = {
  gbId: GB_ID,
  deviceSerial: 'K12345678',
  name: '门口',
  online: true,
  passwordRefused: false,
  address: '10.0.0.9:5060',
  channels: [
    { channelNo: 1, gbId: '34020000001310000001', name: '球机', online: true },
    { channelNo: 2, gbId: '34020000001310000002', name: '枪机', online: false },
  ],
};

describe('the commands', () => {
  it('ask the server for exactly what was said', async () => {
    const rows: readonly [args: string[], call: unknown[]][] = [
      [
        ['device', 'add', GB_ID, '--password', 'p', '--name', '门口'],
        ['POST', '/devices', { gbId: GB_ID, passwordless: false, password: 'p', name: '门口' }],
      ],
      [
        ['device', 'add', '--no-password', GB_ID],
        ['POST', '/devices', { gbId: GB_ID, passwordless: true }],
      ],
      [
        ['device', 'remove', GB_ID],
        ['DELETE', `/devices/${GB_ID}`],
      ],
      [['token'], ['POST', '/tokens']],
      [
        ['ticket', 'K12345678', '--channel', '2', '--hours', '0.5'],
        ['POST', '/tickets', { device: 'K12345678', channelNo: 2, lifeS: 1_800 }],
      ],
    ];
    for (const [args, call] of rows) {
      const server = new Server({ ...DEVICE, accessToken: 'at.1', ticket: 'f'.repeat(32), expiresAtMs: 0 });
      assert.equal((await runCommand(args, server)).exitCode, 0);
      assert.deepEqual(server.calls, [call]);
    }
  });

  it('print devices for people and for programs', async () => {
    const server = new Server({ devices: [DEVICE] });
    const json = await runCommand(['device', 'list', '--json'], server);
    assert.deepEqual(JSON.parse(json.output), [DEVICE]);
    const { output } = await runCommand(['device', 'list'], server);
    assert.deepEqual(output.split('\n'), [
      `${GB_ID}  K12345678  在线 online   10.0.0.9:5060  门口`,
      '  K12345678:1  34020000001310000001  在线 online   球机',
      '  K12345678:2  34020000001310000002  离线 offline  枪机',
    ]);
  });

  it('print a ticket for people and for programs', async () => {
    const issued = { ticket: '0123456789abcdef'.repeat(2), expiresAtMs: 1_800_000_000_000 };
    const json = await runCommand(['ticket', 'K12345678', '--json'], new Server(issued));
    assert.deepEqual(JSON.parse(json.output), issued);
    const { output } = await runCommand(['ticket', 'K12345678'], new Server(issued));
    assert.match(output, /^scene [0-9a-f]{32}$/m);
    assert.match(output, /\/h5\/\?path=pages\/live\/index&scene=[0-9a-f]{32}$/m);
    assert.match(output, /2027-01-15T08:00:00/);
  });

  it('show how a device is dealt with, and change it', async () => {
    const shown = {
      vendor: 'Huawei',
      set: { talk: 'talk' },
      profile: { talk: 'talk', mediaTransports: ['udp'] },
    };
    const reading = new Server(shown);
    const { output } = await runCommand(['device', 'profile', GB_ID], reading);
    assert.deepEqual(output.split('\n'), [
      '厂商 vendor  Huawei',
      'talk=talk  已设置 set',
      'mediaTransports=udp',
    ]);
    assert.deepEqual(reading.calls, [['GET', `/devices/${GB_ID}/profile`]]);
    const setting = new Server(shown);
    const sets = [
      'talk=',
      'mediaTransports=udp,tcp-passive',
      'talkTransports=,',
      'utcOffsetMin=-60',
      'ignoreCatalogDeletions=true',
    ];
    await runCommand(['device', 'profile', GB_ID, ...sets.flatMap((set) => ['--set', set])], setting);
    const change = {
      ...{ talk: null, mediaTransports: ['udp', 'tcp-passive'], talkTransports: [] },
      ...{ utcOffsetMin: -60, ignoreCatalogDeletions: true },
    };
    assert.deepEqual(setting.calls, [['PUT', `/devices/${GB_ID}/profile`, change]]);
  });

  const MESSAGE = {
    ...{ seq: 7, atMs: 1_768_442_430_123, direction: 'in', transport: 'udp', octets: 9, kept: 9 },
    ...{ remoteAddress: '198.51.100.7', remotePort: 31_044, localAddress: '203.0.113.10', localPort: 5_060 },
    text: 'OPTIONS x',
  };

  it('print the trace of a device for people and for programs', async () => {
    const server = new Server({ messages: [MESSAGE] });
    const json = await runCommand(['trace', GB_ID, '--json', '--limit', '5'], server);
    assert.deepEqual(JSON.parse(json.output), [MESSAGE]);
    assert.deepEqual(server.calls, [['GET', `/devices/${GB_ID}/trace?limit=5`]]);
    const { output } = await runCommand(['trace', GB_ID], server);
    assert.match(
      output,
      /2026-01-15 10:00:30\.123 \+08:00 UDP 203\.0\.113\.10:5060 <- 198\.51\.100\.7:31044 \(9 octets\)\n\nOPTIONS x/,
    );
    const nothing = await runCommand(['trace', GB_ID], new Server({ messages: [] }));
    assert.match(nothing.output, /No messages yet/);
  });

  it('save the trace of a device as a capture file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'yimu-trace-'));
    const path = join(folder, 'a.pcap');
    const server = new Server();
    assert.equal((await runCommand(['trace', GB_ID, '--pcap', path], server)).exitCode, 0);
    assert.equal(readFileSync(path, 'utf8'), 'a capture file');
    assert.deepEqual(server.calls, [['download', `/devices/${GB_ID}/trace.pcap?limit=2000`]]);
    rmSync(folder, { recursive: true });
  });

  it('follow a device until the operator has enough, each message once', async () => {
    const server = new Server({ messages: [MESSAGE] });
    const clock = new FakeClock();
    const controller = new AbortController();
    const printed: string[] = [];
    const print = (text: string): number => printed.push(text);
    const result = run(['trace', GB_ID, '--follow'], {
      client: server,
      clock,
      print,
      signal: controller.signal,
    });
    await until('it was printed', () => printed.length > 0 && clock.pending > 0);
    await clock.advance(1_000);
    await until('it was asked again', () => server.calls.length === 3 && clock.pending > 0);
    controller.abort();
    assert.deepEqual(await result, { output: '', stream: 'out', exitCode: 0 });
    assert.deepEqual(server.calls, [
      ['POST', `/devices/${GB_ID}/trace/watch`],
      ['GET', `/devices/${GB_ID}/trace?after=0`],
      ['GET', `/devices/${GB_ID}/trace?after=7`],
    ]);
    assert.equal(clock.pending, 0);
  });

  it('refuse what cannot be used before the server is asked: exit code 2, with the help', async () => {
    const rows: readonly [fault: RegExp, ...args: string[]][] = [
      [/exactly 20 digits/, 'device', 'add', '123', '--password', 'p'],
      [/exactly 20 digits/, 'device', 'remove', 'K12345678'],
      [/exactly one device/, 'device', 'add', '--password', 'p'],
      [/exactly one device/, 'device', 'remove', GB_ID, GB_ID],
      [/缺少密码.*--no-password/, 'device', 'add', GB_ID],
      [/must not be empty/, 'device', 'add', GB_ID, '--password', ''],
      [/exclude each other/, 'device', 'add', GB_ID, '--password', 'p', '--no-password'],
      [/exclude each other/, 'device', 'add', GB_ID, '--password', 'p', '--password-file', 'f'],
      [/无法读取密码文件.*ENOENT/, 'device', 'add', GB_ID, '--password-file', '/nowhere/at/all'],
      [/--nonsense/, 'device', 'list', '--nonsense'],
      [/--password/, 'device', 'add', GB_ID, '--password'],
      [/positional/, 'token', 'twice'],
      [/exactly one device by its serial/, 'ticket'],
      [/exactly one device by its serial/, 'ticket', 'A', 'B'],
      [/--channel/, 'ticket', 'A', '--channel', 'two'],
      [/--hours/, 'ticket', 'A', '--hours', '-1'],
      [/--set takes field=value/, 'device', 'profile', GB_ID, '--set', 'nothing=1'],
      [/--set takes field=value/, 'device', 'profile', GB_ID, '--set', 'talk'],
      [/true or false/, 'device', 'profile', GB_ID, '--set', 'ignoreCatalogDeletions=yes'],
      [/whole number/, 'device', 'profile', GB_ID, '--set', 'utcOffsetMin=1h'],
      [/exclude each other/, 'trace', GB_ID, '--json', '--follow'],
      [/无法写入文件/, 'trace', GB_ID, '--pcap', '/nowhere/at/all'],
      [/exactly 20 digits/, 'trace', 'K12345678'],
      [/Unknown command: device paint/, 'device', 'paint'],
      [/Unknown command: device$/m, 'device'],
      [/Unknown command: devices/, 'devices'],
    ];
    for (const [fault, ...args] of rows) {
      const server = new Server();
      const { output, stream, exitCode } = await runCommand(args, server);
      assert.deepEqual([stream, exitCode], ['error', 2], args.join(' '));
      assert.match(output, fault);
      assert.match(output, /npm run yimu -- <command>/);
      assert.deepEqual(
        server.calls.filter(([method]) => method !== 'download'),
        [],
      );
    }
  });

  it('tell what the server refuses: exit code 1', async () => {
    const { output, stream, exitCode } = await runCommand(
      ['token'],
      new Server(new ControlError('已存在', { code: 'ALREADY_EXISTS' })),
    );
    assert.deepEqual([output, stream, exitCode], ['已存在', 'error', 1]);
  });

  it('hide no fault of their own', async () => {
    await assert.rejects(runCommand(['token'], new Server(new TypeError('a bug'))), /a bug/);
  });

  it('help', async () => {
    for (const args of [[], ['--help'], ['help'], ['device', 'add', '--help']]) {
      const { output, stream, exitCode } = await runCommand(args, new Server());
      assert.deepEqual([stream, exitCode], ['out', 0]);
      for (const word of [
        'device add',
        'device list',
        'device remove',
        'token',
        'ticket',
        'trace',
        'simulate',
      ])
        assert.match(output, new RegExp(`^ {2}${word}`, 'm'));
    }
  });
});
