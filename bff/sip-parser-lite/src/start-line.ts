import { BLANK, TOKEN, URI } from './char-class.ts';
import { decimal } from './decimal.ts';
import { cut, skipClass, type Source } from './source.ts';

/** A request line or a status line (RFC 3261 §7.1, §7.2). */
export type StartLine =
  | {
      readonly kind: 'request';
      readonly method: string;
      readonly requestUri: string;
      readonly repair: string | undefined;
    }
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly reason: string;
      readonly repair: string | undefined;
    };

/** Methods of RFC 3261 and its extensions: devices that write them in lower case are understood. */
export const METHODS: readonly string[] = [
  'REGISTER',
  'MESSAGE',
  'INVITE',
  'ACK',
  'BYE',
  'CANCEL',
  'OPTIONS',
  'INFO',
  'SUBSCRIBE',
  'NOTIFY',
  'PRACK',
  'UPDATE',
  'REFER',
  'PUBLISH',
];
const KNOWN: ReadonlySet<string> = new Set(METHODS);

const SP = 0x20;
const SLASH = 0x2f;
const LESS = 0x3c;
const GREATER = 0x3e;
const NO_START_LINE = 'start line without method, URI and version';
const VERSION = 'SIP/2.0';
const VERSION_LENGTH = VERSION.length;

/**
 * The method in `[from, to)`: a known one in upper case, others as they stand, for they are told apart by case
 * (RFC 3261 §7.1). Undefined when it is no token.
 */
export function readMethod(source: Source, from: number, to: number): string | undefined {
  if (from >= to || skipClass(source, from, to, TOKEN) < to) return undefined;
  const method = source.text.slice(from, to);
  const upper = method.toUpperCase();
  return KNOWN.has(upper) ? upper : method;
}

/** Reads the line in `[from, to)`, which has no line end. A text is the reason why it is none. */
export function readStartLine(source: Source, from: number, to: number): StartLine | string {
  const { text, bytes } = source;
  if (text.startsWith(`${VERSION} `, from)) return readStatusLine(source, from, to);
  const lowerCased = bytes[from + 3] === SLASH && text.slice(from, from + 8).toUpperCase() === `${VERSION} `;
  return lowerCased ? readStatusLine(source, from, to) : readRequestLine(source, from, to);
}

function readStatusLine(source: Source, from: number, to: number): StartLine | string {
  const end = from + VERSION_LENGTH + 4;
  const status = end > to ? -1 : decimal(source, end - 3, end);
  const spaceMissing = end === to;
  if (status < 100 || status > 699 || (!spaceMissing && source.bytes[end] !== SP))
    return 'status code is not three digits';
  const reason = spaceMissing ? '' : cut(source, end + 1, to);
  return { kind: 'response', status, reason, repair: spaceMissing ? 'reason-missing' : undefined };
}

function readRequestLine(source: Source, from: number, to: number): StartLine | string {
  const { text, bytes } = source;
  const methodEnd = skipClass(source, from, to, TOKEN);
  const uriEnd = to - VERSION_LENGTH - 1;
  const strict =
    bytes[methodEnd] === SP &&
    bytes[uriEnd] === SP &&
    methodEnd + 1 < uriEnd &&
    text.startsWith(VERSION, uriEnd + 1);
  if (strict && skipClass(source, methodEnd + 1, uriEnd, URI) === uriEnd)
    return requestLine(source, [from, methodEnd], [methodEnd + 1, uriEnd], undefined);
  return readLooseRequestLine(source, from, to);
}

/** Start and end of something. */
type Span = readonly [from: number, to: number];

/**
 * Blanks too many (RFC 4475 §3.1.2.9, §3.1.2.10), a URI in brackets (§3.1.2.7) or a version in lower case can be
 * read in one way only, as long as the line has three words.
 */
function readLooseRequestLine(source: Source, from: number, to: number): StartLine | string {
  const spans: Span[] = [];
  for (let at = skipClass(source, from, to, BLANK); at < to && spans.length < 4;) {
    let end = at;
    while (end < to && skipClass(source, end, end + 1, BLANK) === end) end++;
    spans.push([at, end]);
    at = skipClass(source, end, to, BLANK);
  }
  const [method, uri, version] = spans;
  if (method === undefined || uri === undefined || version === undefined || spans.length > 3)
    return NO_START_LINE;
  const versionText = source.text.slice(version[0], version[1]).toUpperCase();
  if (versionText !== VERSION)
    return /^SIP\/\d+\.\d+$/.test(versionText) ? 'version is not SIP/2.0' : NO_START_LINE;
  const blanks = method[0] > from || uri[0] > method[1] + 1 || version[0] > uri[1] + 1 || version[1] < to;
  const bracketed = source.bytes[uri[0]] === LESS && source.bytes[uri[1] - 1] === GREATER;
  const inner: Span = bracketed ? [uri[0] + 1, uri[1] - 1] : uri;
  if (inner[0] >= inner[1] || skipClass(source, inner[0], inner[1], URI) !== inner[1])
    return 'request URI is malformed';
  const repair = bracketed ? 'request-uri-brackets' : blanks ? 'start-line-blanks' : undefined;
  return requestLine(source, method, inner, repair);
}

function requestLine(
  source: Source,
  [methodStart, methodEnd]: Span,
  [uriStart, uriEnd]: Span,
  repair: string | undefined,
): StartLine | string {
  const method = readMethod(source, methodStart, methodEnd);
  if (method === undefined) return 'method is no token';
  const asItCame = source.text.startsWith(method, methodStart);
  return {
    kind: 'request',
    method,
    requestUri: cut(source, uriStart, uriEnd),
    repair: repair ?? (asItCame ? undefined : 'method-case'),
  };
}
