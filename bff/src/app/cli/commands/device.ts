import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type CommandResult, type Context, done, onlyGbId, UsageError } from './command.ts';

interface ListedChannel {
  readonly channelNo: number;
  readonly gbId: string;
  readonly name: string;
  readonly online: boolean;
}

interface ListedDevice {
  readonly gbId: string;
  readonly deviceSerial: string;
  readonly name: string;
  readonly online: boolean;
  readonly passwordRefused: boolean;
  readonly address: string | null;
  readonly channels: readonly ListedChannel[];
}

/** `device add <gbId> …`: admits a device. */
export async function addDevice(args: readonly string[], { client }: Context): Promise<CommandResult> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      password: { type: 'string' },
      'password-file': { type: 'string' },
      name: { type: 'string' },
      'no-password': { type: 'boolean', default: false },
    },
  });
  const gbId = onlyGbId(positionals);
  const password = passwordOf(values);
  const device = (await client.call('POST', '/devices', {
    gbId,
    passwordless: values['no-password'],
    ...(password === undefined ? {} : { password }),
    ...(values.name === undefined ? {} : { name: values.name }),
  })) as ListedDevice;
  return done(`已登记 added ${device.gbId}，序列号 serial ${device.deviceSerial}`);
}

function passwordOf(values: {
  readonly password?: string | undefined;
  readonly 'password-file'?: string | undefined;
  readonly 'no-password': boolean;
}): string | undefined {
  const { password, 'password-file': path, 'no-password': none } = values;
  const given = [password !== undefined, path !== undefined, none].filter(Boolean).length;
  if (given === 0)
    throw new UsageError('缺少密码。 Give --password <secret>, --password-file <path>, or --no-password');
  if (given > 1)
    throw new UsageError(
      '密码选项只能给出一个。 --password, --password-file and --no-password exclude each other',
    );
  const read = path === undefined ? password : firstLineOf(path);
  if (read === '') throw new UsageError('密码不能为空。 The password must not be empty');
  return read;
}

function firstLineOf(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8').split(/\r?\n/)[0] ?? '';
  } catch (error) {
    throw new UsageError(`无法读取密码文件。 ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** `device list [--json]`. */
export async function listDevices(args: readonly string[], { client }: Context): Promise<CommandResult> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } });
  const { devices } = (await client.call('GET', '/devices')) as { readonly devices: readonly ListedDevice[] };
  if (values.json) return done(JSON.stringify(devices, null, 2));
  if (devices.length === 0)
    return done('还没有设备。 No devices yet: npm run yimu -- device add <gbId> --password <secret>');
  return done(devices.map(deviceLines).join('\n'));
}

function deviceLines(device: ListedDevice): string {
  const { gbId, deviceSerial, name, online, passwordRefused, address, channels } = device;
  const lines = channels.map(
    (channel) =>
      `  ${deviceSerial}:${String(channel.channelNo)}  ${channel.gbId}  ${presence(channel.online)}  ${channel.name}`,
  );
  const refused = passwordRefused ? '  密码不正确 wrong password' : '';
  const head = `${gbId}  ${deviceSerial}  ${presence(online)}  ${address ?? '-'}  ${name}${refused}`;
  return [head, ...lines].join('\n');
}

function presence(online: boolean): string {
  return online ? '在线 online ' : '离线 offline';
}

/** `device remove <gbId>`. */
export async function removeDevice(args: readonly string[], { client }: Context): Promise<CommandResult> {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} });
  const gbId = onlyGbId(positionals);
  await client.call('DELETE', `/devices/${gbId}`);
  return done(`已删除 removed ${gbId}`);
}
