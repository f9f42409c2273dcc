import { isMadeOf, TOKEN } from './char-class.ts';
import { MAX_PORT } from './decimal.ts';
import { formatHostPort, readHostPort } from './host-port.ts';
import type { SipParams, Via } from './message.ts';
import { formatParams, readParams } from './params.ts';
import { cut, skipBlanks, skipClass, type Source, sourceOf } from './source.ts';

const SLASH = 0x2f;
const PORT = /^\d{1,5}$/;

/** The place behind `/` and the blanks around it, -1 when there is no slash. */
function afterSlash(source: Source, from: number, to: number): number {
  const slash = skipBlanks(source, from, to);
  return slash < to && source.bytes[slash] === SLASH ? skipBlanks(source, slash + 1, to) : -1;
}

/** Behind `SIP / 2.0 /`, -1 when that is not what stands there. */
function afterProtocol(source: Source, from: number, to: number): number {
  const nameEnd = skipClass(source, from, to, TOKEN);
  if (source.text.slice(from, nameEnd).toUpperCase() !== 'SIP') return -1;
  const version = afterSlash(source, nameEnd, to);
  if (version < 0) return -1;
  const versionEnd = skipClass(source, version, to, TOKEN);
  return source.text.slice(version, versionEnd) === '2.0' ? afterSlash(source, versionEnd, to) : -1;
}

function readRport(params: SipParams): true | number | undefined {
  const text = params.get('rport');
  if (text === undefined) return undefined;
  if (!PORT.test(text)) return true;
  const port = Number(text);
  return port > 0 && port <= MAX_PORT ? port : true;
}

function withoutBrackets(host: string | undefined): string | undefined {
  return host?.startsWith('[') === true && host.endsWith(']') ? host.slice(1, -1) : host;
}

/** The value in `[from, to)`. */
export function readVia(source: Source, from: number, to: number): Via | undefined {
  const transportStart = afterProtocol(source, skipBlanks(source, from, to), to);
  if (transportStart < 0) return undefined;
  const transportEnd = skipClass(source, transportStart, to, TOKEN);
  const hostStart = skipBlanks(source, transportEnd, to);
  if (transportEnd === transportStart || hostStart === transportEnd) return undefined;
  const transport = cut(source, transportStart, transportEnd).toUpperCase();
  return readSentBy(source, transport, hostStart, to);
}

/** Host, port and parameters. */
function readSentBy(source: Source, transport: string, from: number, to: number): Via | undefined {
  const hostPort = readHostPort(source, from, to, true);
  if (hostPort === undefined) return undefined;
  const params = readParams(source, hostPort.end, to);
  if (params === undefined) return undefined;
  const branch = params.get('branch');
  return {
    transport,
    host: hostPort.host,
    port: hostPort.port,
    branch: branch === '' ? undefined : branch,
    received: withoutBrackets(params.get('received')),
    rport: readRport(params),
    params,
  };
}

/** One Via value (RFC 3261 §20.42): `SIP/2.0/UDP host:port;branch=…`. Undefined when malformed. */
export function parseVia(value: string): Via | undefined {
  const source = sourceOf(value);
  return source && readVia(source, 0, source.bytes.length);
}

/** What a Via is made of. */
export interface ViaInit {
  readonly transport: string;
  /** A name, an IPv4 address or an IPv6 address without brackets. */
  readonly host: string;
  readonly port?: number;
  /** In the order in which they are written, e.g. `[['rport', ''], ['branch', 'z9hG4bK…']]`. */
  readonly params?: Iterable<readonly [string, string]>;
}

/** `SIP/2.0/UDP host:port;params`; undefined when a part cannot be written. */
export function formatVia(init: ViaInit): string | undefined {
  if (!isMadeOf(TOKEN, init.transport)) return undefined;
  const hostPort = formatHostPort(init.host, init.port);
  const params = formatParams(init.params ?? []);
  if (hostPort === undefined || params === undefined) return undefined;
  return `SIP/2.0/${init.transport.toUpperCase()} ${hostPort}${params}`;
}
