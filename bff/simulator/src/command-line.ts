import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FAULT_TEXTS, FAULTS } from './device/faults.ts';
import {
  type DeviceProfile,
  type Edition,
  EDITIONS,
  makeProfile,
  PROFILE_NAMES,
  type ProfileName,
} from './device/profile.ts';
import type { SimulationPlan } from './plan.ts';
import { readSimulationFile } from './simulation-file.ts';

const MAX_DEVICES = 1_000_000;
const MAX_CHANNELS = 10_000;
const MAX_SECONDS = 2_000_000;

const FAULT_COLUMN = Math.max(...FAULTS.map(({ length }) => length)) + 2;
const FAULT_LINES = FAULTS.map((fault) => `      ${fault.padEnd(FAULT_COLUMN)}${FAULT_TEXTS[fault]}`).join(
  '\n',
);

export const SIMULATE_HELP = `simulate: attaches software GB28181 devices to a platform 把模拟设备接入国标平台

  --server <host[:port]>   the platform's SIP address (required unless --config)
  --password <secret>      password of every device (or --password-file; required unless --config)
  --password-file <path>   the first line of a file; - reads standard input
  --devices <n>            how many devices (1)
  --rate <n>               new registrations per second (20)
  --first-id <20 digits>   ID of the first device, the next ones count up (34020000001110000001)
  --server-id <20 digits>  ID of the platform (34020000002000000001)
  --domain <domain>        SIP domain (the first ten digits of --server-id)
  --profile <kind>         ipc, nvr, or platform: a tree of regions, groups and cameras (ipc)
  --channels <n>           cameras per device (1 for ipc, 4 for nvr, 100 for platform)
  --edition <2016|2022>    edition of GB/T 28181 that the devices know (2016)
  --transport <udp|tcp>    signalling (udp)
  --keepalive <seconds>    keepalive period (60)
  --expires <seconds>      registration expiry (3600)
  --no-media               answer INVITE but send nothing
  --media-host <address>   send media there instead of to the address that the platform offers
  --shared-socket          one UDP socket for all devices, instead of one each
  --seconds <n>            stop after n seconds; the exit code is 1 if a device was never registered
  --log <text|json|none>   what to print: events and sums, one JSON line per event, or nothing (text)
  --config <file>          server and devices from a JSON file: { "server": { "host", "port", "id", "domain" },
                           "devices": [{ "gbId", "password", "profile", "name"?, "channels"?, "edition"? }] }
  --faults <a,b>           misbehave on purpose:
${FAULT_LINES}

SIGINT and SIGTERM hang up, unregister and end. 按 Ctrl-C 挂断、注销并退出。
`;

const OPTIONS = {
  server: { type: 'string' },
  password: { type: 'string' },
  'password-file': { type: 'string' },
  devices: { type: 'string', default: '1' },
  rate: { type: 'string', default: '20' },
  'first-id': { type: 'string', default: '34020000001110000001' },
  'server-id': { type: 'string', default: '34020000002000000001' },
  domain: { type: 'string' },
  profile: { type: 'string', default: 'ipc' },
  channels: { type: 'string' },
  edition: { type: 'string', default: '2016' },
  transport: { type: 'string', default: 'udp' },
  keepalive: { type: 'string', default: '60' },
  expires: { type: 'string', default: '3600' },
  faults: { type: 'string', default: '' },
  'no-media': { type: 'boolean', default: false },
  'media-host': { type: 'string' },
  'shared-socket': { type: 'boolean', default: false },
  seconds: { type: 'string' },
  log: { type: 'string', default: 'text' },
  config: { type: 'string' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** Reads the command line. Returns the text of the fault when it is not usable. */
export function readPlan(args: readonly string[]): SimulationPlan | { readonly fault: string } {
  try {
    return plan(parseArgs({ args: [...args], options: OPTIONS }).values);
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

function plan(values: Values): SimulationPlan {
  const source = values.config === undefined ? fromOptions(values) : readSimulationFile(values.config);
  const transport = oneOf('--transport', values.transport, ['udp', 'tcp']);
  if (values['shared-socket'] && transport === 'tcp')
    throw new Error('--shared-socket needs --transport udp');
  return {
    ...source,
    rate: positive('--rate', values.rate),
    transport,
    keepaliveS: positive('--keepalive', values.keepalive),
    expiresS: count('--expires', values.expires, MAX_SECONDS),
    faults: values.faults
      .split(',')
      .filter((fault) => fault !== '')
      .map((fault) => oneOf('--faults', fault, FAULTS)),
    media: !values['no-media'],
    mediaHost: values['media-host'],
    sharedSocket: values['shared-socket'],
    seconds: values.seconds === undefined ? undefined : positive('--seconds', values.seconds),
    log: oneOf('--log', values.log, ['text', 'json', 'none']),
  };
}

function fromOptions(values: Values): Pick<SimulationPlan, 'server' | 'devices'> {
  if (values.server === undefined) throw new Error('--server <host:port> is missing');
  const password = passwordOf(values);
  const kind = oneOf('--profile', values.profile, PROFILE_NAMES);
  const edition = oneOf('--edition', values.edition, EDITIONS);
  const channels =
    values.channels === undefined ? undefined : count('--channels', values.channels, MAX_CHANNELS);
  const first = gbId('--first-id', values['first-id']);
  const id = gbId('--server-id', values['server-id']);
  const domain = values.domain ?? id.slice(0, 10);
  if (!/^[A-Za-z0-9.-]{1,64}$/.test(domain)) throw new Error('--domain must be a SIP domain');
  const length = count('--devices', values.devices, MAX_DEVICES);
  return {
    server: { ...endpoint(values.server), id, domain },
    devices: Array.from({ length }, (_, index) => ({
      profile: plannedProfile(kind, countUp(first, index), edition, channels),
      password,
    })),
  };
}

function plannedProfile(
  kind: ProfileName,
  id: string,
  edition: Edition,
  channels: number | undefined,
): DeviceProfile {
  return makeProfile(kind, id, { edition, ...(channels === undefined ? {} : { channels }) });
}

function passwordOf(values: Values): string {
  const path = values['password-file'];
  if (values.password !== undefined && path !== undefined)
    throw new Error('--password and --password-file exclude each other');
  const password =
    path === undefined ? values.password : readFileSync(path === '-' ? 0 : path, 'utf8').split(/\r?\n/)[0];
  if (password === undefined || password === '') throw new Error('--password is missing');
  return password;
}

function endpoint(text: string): { readonly host: string; readonly port: number } {
  const match = /^([A-Za-z0-9_.-]+)(?::(\d{1,5}))?$/.exec(text);
  const port = Number(match?.[2] ?? 5_060);
  if (!match?.[1] || port === 0 || port > 65_535)
    throw new Error('--server must be a host name or an IPv4 address, with a port if it is not 5060');
  return { host: match[1], port };
}

function gbId(name: string, text: string): string {
  if (!/^\d{20}$/.test(text)) throw new Error(`${name} must be 20 digits`);
  return text;
}

function countUp(id: string, by: number): string {
  return (BigInt(id) + BigInt(by)).toString().padStart(20, '0');
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`${name} must be a number above zero`);
  return value;
}

function count(name: string, text: string, most: number): number {
  const value = positive(name, text);
  if (!Number.isInteger(value) || value > most)
    throw new Error(`${name} must be a whole number, at most ${String(most)}`);
  return value;
}

function oneOf<T extends string>(name: string, text: string, known: readonly T[]): T {
  const found = known.find((entry) => entry === text);
  if (found === undefined) throw new Error(`${name} must be one of ${known.join(', ')}`);
  return found;
}
