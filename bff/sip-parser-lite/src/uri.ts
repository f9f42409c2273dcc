import { CLASS, isMadeOf, LOWER_HOST, URI, URI_MARK, URI_PARAM, USER } from './char-class.ts';
import { decimal, MAX_PORT } from './decimal.ts';
import { formatHostPort, readHostPort } from './host-port.ts';
import type { SipParams, SipUri } from './message.ts';
import { encodeText, textOfLatin1 } from './octets.ts';
import { NO_PARAMS } from './params.ts';
import { cut, skipClass, type Source, sourceOf } from './source.ts';

const SCHEME = /^[a-z][a-z0-9+.-]*$/;
const AT = 0x40;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const QUESTION = 0x3f;

/** `%41` to `A`; a `%` that is no escape stays (RFC 4475 §3.1.1.5). Escaped octets are read as UTF-8. */
function unescapePercent(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => {
    let octets = '';
    for (let i = 1; i < run.length; i += 3) octets += String.fromCharCode(parseInt(run.slice(i, i + 2), 16));
    return textOfLatin1(octets);
  });
}

/** RFC 3261 §19.1.1 uri-parameters: `;name=value` up to the end; undefined when one has no name. */
function uriParams(text: string): SipParams | undefined {
  const params = new Map<string, string>();
  for (const part of text.slice(1).split(';')) {
    const equals = part.indexOf('=');
    const name = unescapePercent(equals < 0 ? part : part.slice(0, equals)).toLowerCase();
    if (name === '') return undefined;
    if (!params.has(name)) params.set(name, equals < 0 ? '' : unescapePercent(part.slice(equals + 1)));
  }
  return params;
}

/** Where the parts of a URI are divided; -1 where a mark is missing. */
interface UriMarks {
  /** The first colon behind the scheme's. */
  colon: number;
  at: number;
  secondAt: number;
  /** The first `?` behind the `@`. */
  question: number;
  /** The first place that cannot be part of a URI. */
  end: number;
}

/** One walk over a URI whose scheme ends before `start`. */
function markUri({ bytes }: Source, start: number, to: number): UriMarks {
  let colon = -1;
  let at = -1;
  let secondAt = -1;
  let question = -1;
  let i = start;
  for (; i < to; i++) {
    const octet = bytes[i] ?? 0;
    const bits = CLASS[octet] ?? 0;
    if ((bits & URI) === 0) break;
    if ((bits & URI_MARK) === 0) continue;
    if (octet === AT) {
      if (at < 0) {
        at = i;
        question = -1;
      } else secondAt = i;
    } else if (octet === COLON) {
      if (colon < 0) colon = i;
    } else if (question < 0) question = i;
  }
  return { colon, at, secondAt, question, end: i };
}

/** What stands behind the scheme of a sip or sips URI. */
function sipUri(
  source: Source,
  scheme: string,
  from: number,
  start: number,
  marks: UriMarks,
): SipUri | undefined {
  const { colon, at, question, end: to } = marks;
  let user: string | undefined;
  let password: string | undefined;
  if (at >= 0) {
    const userEnd = colon >= 0 && colon < at ? colon : at;
    if (userEnd === start || marks.secondAt >= 0) return undefined;
    user = unescapePercent(cut(source, start, userEnd));
    if (userEnd < at) password = unescapePercent(cut(source, userEnd + 1, at));
  }
  const hostPort = readHostPort(source, at < 0 ? start : at + 1, to, false);
  if (hostPort === undefined) return undefined;
  const { host, port, end } = hostPort;
  let params = NO_PARAMS;
  let headers = '';
  if (end < to) {
    const next = source.bytes[end];
    if (next !== SEMICOLON && next !== QUESTION) return undefined;
    const paramsEnd = question < 0 ? to : question;
    const read = paramsEnd === end ? NO_PARAMS : uriParams(cut(source, end, paramsEnd));
    if (read === undefined) return undefined;
    params = read;
    if (question >= 0) headers = cut(source, question + 1, to);
  }
  return { scheme, user, password, host, port, params, headers, text: cut(source, from, to) };
}

/** The length of `sip` or `sips` before a colon at `from`, in lower case as nearly all write it; 0 otherwise. */
function sipScheme(bytes: Uint8Array, from: number): number {
  if (bytes[from] !== 0x73 || bytes[from + 1] !== 0x69 || bytes[from + 2] !== 0x70) return 0;
  if (bytes[from + 3] === COLON) return 3;
  return bytes[from + 3] === 0x73 && bytes[from + 4] === COLON ? 4 : 0;
}

/**
 * `user@host` or `user@host:port` and nothing else, in plain characters: what devices write. Undefined when there is
 * more to it, for the general way to read.
 */
function simpleUri(
  source: Source,
  scheme: string,
  from: number,
  start: number,
  to: number,
): ReadUri | undefined {
  const { bytes } = source;
  const at = skipClass(source, start, to, USER);
  if (at === start || at >= to || bytes[at] !== AT) return undefined;
  const hostEnd = skipClass(source, at + 1, to, LOWER_HOST);
  if (hostEnd === at + 1) return undefined;
  let end = hostEnd;
  let port: number | undefined;
  if (end < to && bytes[end] === COLON) {
    end = skipClass(source, hostEnd + 1, to, LOWER_HOST);
    port = decimal(source, hostEnd + 1, end);
    if (port < 0 || port > MAX_PORT) return undefined;
  }
  if (end < to && ((CLASS[bytes[end] ?? 0] ?? 0) & URI) !== 0) return undefined;
  const { text } = source;
  const uri = {
    scheme,
    user: text.slice(start, at),
    password: undefined,
    host: text.slice(at + 1, hostEnd),
    port,
    params: NO_PARAMS,
    headers: '',
    text: text.slice(from, end),
  };
  return { uri, end };
}

/** A URI and where it ends. */
interface ReadUri {
  readonly uri: SipUri;
  readonly end: number;
}

/** The URI at `from`, as far as its characters go, in `[from, to)`. */
export function readUri(source: Source, from: number, to: number): ReadUri | undefined {
  const known = from + 4 < to ? sipScheme(source.bytes, from) : 0;
  if (known > 0) {
    const start = from + known + 1;
    const simple = simpleUri(source, known === 3 ? 'sip' : 'sips', from, start, to);
    if (simple !== undefined) return simple;
    const marks = markUri(source, start, to);
    const uri = sipUri(source, known === 3 ? 'sip' : 'sips', from, start, marks);
    return uri && { uri, end: marks.end };
  }
  return readOtherUri(source, from, to);
}

function readOtherUri(source: Source, from: number, to: number): ReadUri | undefined {
  const { colon, end } = markUri(source, from, to);
  if (colon < 0 || colon === end - 1) return undefined;
  const scheme = cut(source, from, colon).toLowerCase();
  if (scheme === 'sip' || scheme === 'sips') {
    const uri = sipUri(source, scheme, from, colon + 1, markUri(source, colon + 1, to));
    return uri && { uri, end };
  }
  if (!SCHEME.test(scheme)) return undefined;
  const uri = {
    scheme,
    user: undefined,
    password: undefined,
    host: '',
    port: undefined,
    params: NO_PARAMS,
    headers: '',
    text: cut(source, from, end),
  };
  return { uri, end };
}

/** A URI (RFC 3261 §19.1); of schemes other than sip and sips only the scheme is read. Undefined when malformed. */
export function parseUri(text: string): SipUri | undefined {
  const source = sourceOf(text);
  if (source === undefined) return undefined;
  const length = source.bytes.length;
  const read = readUri(source, 0, length);
  return read?.end === length ? read.uri : undefined;
}

/** Everything escaped that is not of a class; undefined when the text has no octets. */
function escapePercent(text: string, bit: number): string | undefined {
  if (text === '' || isMadeOf(bit, text)) return text;
  const octets = encodeText(text);
  if (octets === undefined) return undefined;
  let escaped = '';
  for (const octet of octets) {
    const stands = ((CLASS[octet] ?? 0) & bit) !== 0;
    escaped += stands ? String.fromCharCode(octet) : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return escaped;
}

/** What a SIP URI is made of. */
export interface SipUriInit {
  /** `sip` when absent. */
  readonly scheme?: 'sip' | 'sips';
  readonly user?: string;
  /** A name, an IPv4 address or an IPv6 address without brackets. */
  readonly host: string;
  readonly port?: number;
  readonly params?: Iterable<readonly [string, string]>;
}

/** A SIP URI as text, escaped where needed (RFC 3261 §19.1.2); undefined when it cannot be written. */
export function formatUri(init: SipUriInit): string | undefined {
  const hostPort = formatHostPort(init.host, init.port);
  if (hostPort === undefined) return undefined;
  let text = `${init.scheme ?? 'sip'}:`;
  if (init.user !== undefined && init.user !== '') {
    const user = escapePercent(init.user, USER);
    if (user === undefined) return undefined;
    text += `${user}@`;
  }
  text += hostPort;
  for (const [name, value] of init.params ?? []) {
    const escapedName = escapePercent(name, URI_PARAM);
    const escapedValue = escapePercent(value, URI_PARAM);
    if (escapedName === undefined || escapedName === '' || escapedValue === undefined) return undefined;
    text += escapedValue === '' ? `;${escapedName}` : `;${escapedName}=${escapedValue}`;
  }
  return text;
}
