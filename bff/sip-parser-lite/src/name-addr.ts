import type { NameAddr, SipParams, SipUri } from './message.ts';
import { formatParams, readParams } from './params.ts';
import { quote } from './quote.ts';
import { closingQuote, cut, cutQuoted, skipBlanks, type Source, sourceOf, trimEnd } from './source.ts';
import { parseUri, readUri } from './uri.ts';

const QUOTE = 0x22;
const LESS = 0x3c;
const GREATER = 0x3e;
const SEMICOLON = 0x3b;
const COMMA = 0x2c;
const QUESTION = 0x3f;

function nameAddr(displayName: string, uri: SipUri, params: SipParams | undefined): NameAddr | undefined {
  if (params === undefined) return undefined;
  const tag = params.get('tag');
  return { displayName, uri, tag: tag === '' ? undefined : tag, params };
}

/** `<uri>;params` where `open` is the place of `<`. */
function bracketed(source: Source, displayName: string, open: number, to: number): NameAddr | undefined {
  // Blanks inside the brackets are against the grammar and easily repaired (RFC 4475 §3.1.2.14).
  const start = skipBlanks(source, open + 1, to);
  const read = readUri(source, start, to);
  if (read === undefined) return undefined;
  const close = skipBlanks(source, read.end, to);
  if (close >= to || source.bytes[close] !== GREATER) return undefined;
  return nameAddr(displayName, read.uri, readParams(source, close + 1, to));
}

/** Without brackets every parameter belongs to the header, and `?` or `,` makes the value malformed (§20.10). */
function bare(source: Source, start: number, to: number): NameAddr | undefined {
  let semicolon = start;
  for (; semicolon < to; semicolon++) {
    const octet = source.bytes[semicolon];
    if (octet === SEMICOLON) break;
    if (octet === COMMA || octet === QUESTION) return undefined;
  }
  const end = trimEnd(source, start, semicolon);
  const read = readUri(source, start, end);
  if (read?.end !== end) return undefined;
  return nameAddr('', read.uri, readParams(source, semicolon, to));
}

/** The value in `[from, to)`. */
export function readNameAddr(source: Source, from: number, to: number): NameAddr | undefined {
  const { bytes } = source;
  const start = skipBlanks(source, from, to);
  const first = start < to ? bytes[start] : 0;
  if (first === LESS) return bracketed(source, '', start, to);
  if (first === QUOTE) {
    const close = closingQuote(source, start, to);
    if (close < 0) return undefined;
    const open = skipBlanks(source, close + 1, to);
    if (open >= to || bytes[open] !== LESS) return undefined;
    return bracketed(source, cutQuoted(source, start, close), open, to);
  }
  for (let open = start; open < to; open++) {
    if (bytes[open] !== LESS) continue;
    return bracketed(source, cut(source, start, trimEnd(source, start, open)), open, to);
  }
  return bare(source, start, to);
}

/** One value of From, To, Contact, Route or Record-Route (RFC 3261 §20.10). Undefined when malformed. */
export function parseNameAddr(value: string): NameAddr | undefined {
  const source = sourceOf(value);
  return source && readNameAddr(source, 0, source.bytes.length);
}

/** What a name-addr is made of. */
export interface NameAddrInit {
  readonly displayName?: string;
  /** A whole URI, e.g. from `formatUri`. */
  readonly uri: string;
  readonly params?: Iterable<readonly [string, string]>;
}

/** `"Name" <uri>;params`, always in brackets; undefined when the URI is none or a parameter name is no token. */
export function formatNameAddr(init: NameAddrInit): string | undefined {
  if (parseUri(init.uri) === undefined) return undefined;
  const params = formatParams(init.params ?? []);
  if (params === undefined) return undefined;
  const name = init.displayName ?? '';
  return `${name === '' ? '' : `${quote(name)} `}<${init.uri}>${params}`;
}
