import { BLANK, CLASS, isMadeOf, TOKEN } from './char-class.ts';
import type { AuthValue, SipParams } from './message.ts';
import { NO_PARAMS } from './params.ts';
import { quote } from './quote.ts';
import { closingQuote, cut, cutQuoted, skipBlanks, skipClass, type Source, sourceOf } from './source.ts';

const COMMA = 0x2c;
const EQUALS = 0x3d;
const QUOTE = 0x22;

/** End of a value without quotes: a blank or a comma. Base64 and the like are let through. */
function bareEnd({ bytes }: Source, from: number, to: number): number {
  let at = from;
  for (; at < to; at++) {
    const octet = bytes[at] ?? 0;
    if (octet === COMMA || ((CLASS[octet] ?? 0) & BLANK) !== 0) break;
  }
  return at;
}

interface Read {
  readonly value: AuthValue;
  /** Where the next challenge of the same line starts, or the end. */
  readonly end: number;
}

interface ReadParams {
  readonly params: Map<string, string>;
  readonly end: number;
}

/** Parameters from `from` on; stops before a token with no `=` behind it: the scheme of the next challenge. */
function readAuthParams(source: Source, from: number, to: number): ReadParams | undefined {
  const { bytes } = source;
  const params = new Map<string, string>();
  let at = from;
  while (at < to) {
    const nameEnd = skipClass(source, at, to, TOKEN);
    if (nameEnd === at) return undefined;
    const equals = skipBlanks(source, nameEnd, to);
    if (equals >= to || bytes[equals] !== EQUALS)
      return equals > nameEnd && params.size > 0 ? { params, end: at } : undefined;
    const name = source.text.slice(at, nameEnd).toLowerCase();
    let value: string;
    at = skipBlanks(source, equals + 1, to);
    if (at < to && bytes[at] === QUOTE) {
      const close = closingQuote(source, at, to);
      if (close < 0) return undefined;
      value = cutQuoted(source, at, close);
      at = close + 1;
    } else {
      const end = bareEnd(source, at, to);
      value = cut(source, at, end);
      at = end;
    }
    // Two values under one name could be read differently by two readers.
    if (params.has(name)) return undefined;
    params.set(name, value);
    at = skipBlanks(source, at, to);
    if (at < to && bytes[at] !== COMMA) return undefined;
    while (at < to && bytes[at] === COMMA) at = skipBlanks(source, at + 1, to);
  }
  return { params, end: at };
}

function read(source: Source, from: number, to: number): Read | undefined {
  const start = skipBlanks(source, from, to);
  const schemeEnd = skipClass(source, start, to, TOKEN);
  if (schemeEnd === start) return undefined;
  const scheme = source.text.slice(start, schemeEnd).toLowerCase();
  const paramsStart = skipBlanks(source, schemeEnd, to);
  if (paramsStart === schemeEnd && paramsStart < to) return undefined;
  const result = readAuthParams(source, paramsStart, to);
  if (result !== undefined) return { value: authValue(scheme, result.params), end: result.end };
  // Basic, Bearer and unknown schemes may carry something that is not a list of parameters (RFC 7235 token68).
  return scheme === 'digest' ? undefined : { value: authValue(scheme, NO_PARAMS), end: to };
}

function authValue(scheme: string, params: SipParams): AuthValue {
  return {
    scheme,
    params,
    username: params.get('username'),
    realm: params.get('realm'),
    nonce: params.get('nonce'),
    uri: params.get('uri'),
    response: params.get('response'),
    algorithm: params.get('algorithm'),
    cnonce: params.get('cnonce'),
    opaque: params.get('opaque'),
    qop: params.get('qop'),
    nc: params.get('nc'),
  };
}

/** Credentials or one challenge in `[from, to)`. */
export function readAuthValue(source: Source, from: number, to: number): AuthValue | undefined {
  const result = read(source, from, to);
  return result?.end === to ? result.value : undefined;
}

/** Every challenge in `[from, to)`; what is malformed ends the list. */
export function readChallenges(source: Source, from: number, to: number): readonly AuthValue[] {
  const challenges: AuthValue[] = [];
  for (let at = from; at < to;) {
    const result = read(source, at, to);
    if (result === undefined) break;
    challenges.push(result.value);
    at = result.end;
  }
  return challenges;
}

/** Credentials or one challenge (RFC 3261 §20.7, RFC 7616). Undefined when malformed or a parameter comes twice. */
export function parseAuthValue(value: string): AuthValue | undefined {
  const source = sourceOf(value);
  return source && readAuthValue(source, 0, source.bytes.length);
}

/** Parameters that are written without quotes (RFC 7616 §3.3, §3.4, §3.5). */
const BARE: ReadonlySet<string> = new Set(['algorithm', 'stale', 'nc', 'userhash']);

/** What credentials or a challenge are made of. */
export interface AuthValueInit {
  readonly scheme: string;
  /** In the order in which they are written. */
  readonly params: Iterable<readonly [string, string]>;
}

/**
 * `Digest realm="…", nonce="…", algorithm=MD5`. `qop` is quoted in a challenge, where it is a list, and bare in
 * credentials, known by their `response`. Undefined when a name is no token or a bare value is none.
 */
export function formatAuthValue(init: AuthValueInit): string | undefined {
  if (!isMadeOf(TOKEN, init.scheme)) return undefined;
  const params = [...init.params];
  const credentials = params.some(([name]) => name === 'response');
  const parts: string[] = [];
  for (const [name, value] of params) {
    const bare = BARE.has(name) || (credentials && name === 'qop');
    if (!isMadeOf(TOKEN, name) || (bare && !isMadeOf(TOKEN, value))) return undefined;
    parts.push(`${name}=${bare ? value : quote(value)}`);
  }
  const scheme = init.scheme.charAt(0).toUpperCase() + init.scheme.slice(1);
  return parts.length === 0 ? scheme : `${scheme} ${parts.join(', ')}`;
}
