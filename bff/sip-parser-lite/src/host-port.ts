import { HOST, IPV6, isMadeOf, LOWER_HOST } from './char-class.ts';
import { decimal, MAX_PORT } from './decimal.ts';
import { cut, skipBlanks, skipClass, type Source } from './source.ts';

const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Host and port, and where they end. */
export interface HostPort {
  /** Lower case, IPv6 without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly end: number;
}

/** Blanks around the colon are allowed in Via (RFC 3261 §25.1 COLON) and nowhere else. */
export function readHostPort(
  source: Source,
  start: number,
  to: number,
  blanksAllowed: boolean,
): HostPort | undefined {
  const { bytes } = source;
  const bracket = bytes[start] === OPEN_BRACKET;
  const hostStart = bracket ? start + 1 : start;
  const hostEnd = skipClass(source, hostStart, to, bracket ? IPV6 : HOST);
  if (hostEnd === hostStart || (bracket && bytes[hostEnd] !== CLOSE_BRACKET)) return undefined;
  const end = bracket ? hostEnd + 1 : hostEnd;
  const host = lowerHost(source, hostStart, hostEnd);
  const colon = blanksAllowed ? skipBlanks(source, end, to) : end;
  if (colon >= to || bytes[colon] !== COLON) return { host, port: undefined, end };
  const portStart = blanksAllowed ? skipBlanks(source, colon + 1, to) : colon + 1;
  let portEnd = portStart;
  while (portEnd < to && isDigit(bytes[portEnd] ?? 0)) portEnd++;
  // A colon with nothing behind it is met in the field: no port.
  if (portEnd === portStart) return { host, port: undefined, end: portEnd };
  const port = decimal(source, portStart, portEnd);
  return port <= MAX_PORT ? { host, port, end: portEnd } : undefined;
}

function lowerHost(source: Source, from: number, to: number): string {
  const host = cut(source, from, to);
  return skipClass(source, from, to, LOWER_HOST) === to ? host : host.toLowerCase();
}

function isDigit(octet: number): boolean {
  return octet >= 0x30 && octet <= 0x39;
}

/** `host` or `host:port`, an IPv6 address in brackets; undefined when the host is none. */
export function formatHostPort(host: string, port: number | undefined): string | undefined {
  let text = host;
  if (host.includes(':')) {
    if (!isMadeOf(IPV6, host)) return undefined;
    text = `[${host}]`;
  } else if (!isMadeOf(HOST, host)) return undefined;
  if (port === undefined) return text;
  return Number.isInteger(port) && port >= 0 && port <= MAX_PORT ? `${text}:${port}` : undefined;
}
