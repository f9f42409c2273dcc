import assert from 'node:assert/strict';
import {
  DEFAULT_LIMITS,
  parseMessage,
  type ParseResult,
  type SipLimits,
  type SipMessage,
  type SipParseError,
  StreamFramer,
} from '../../bff/sip-parser-lite/src/index.ts';
import { plainMessage, written } from '../support/sip/plain-message.ts';

/** So few lines would have to be counted: nothing is read by the patterns of usual heads. */
const BY_GRAMMAR: SipLimits = { ...DEFAULT_LIMITS, maxHeaders: 255 };
/** Small enough that inputs meet them. */
const NARROW: SipLimits = { maxHeaderBytes: 500, maxBodyBytes: 300, maxHeaders: 256 };

/** Repairs of what a stream has no room for: whose length is not that of the body, or what stands before it. */
const DATAGRAM_ONLY: ReadonlySet<string> = new Set([
  'leading-crlf',
  'leading-junk',
  'head-without-end',
  'content-length-missing',
  'content-length-too-big',
  'content-length-too-small',
  'content-length-differs',
  'octets-behind-body',
]);

/**
 * Gives octets to the parser as a datagram and as a stream, and holds what comes out against what is promised: nothing
 * throws or takes long; the patterns of usual heads read what the grammars read; what is accepted can be written and reads the same
 * again; a stream gives the same however it is cut, keeps no more than its limits, and agrees with the datagram where
 * both must accept. Tells in words what came out.
 */
export function fuzzSipParser(input: Uint8Array): readonly string[] {
  const before = Buffer.from(input);
  const result = inTime(() => parseMessage(input));
  const features = [...featuresOf(result), ...streamOf(input, result)];
  assert.equal(tell(parseMessage(input, BY_GRAMMAR)), tell(result), 'read by the grammars');
  if (result.ok) assertRoundTrip(result.message);
  else assertPlace(result.error, input.length);
  assert.ok(before.equals(input), 'the octets are left as they were');
  return features;
}

/** CPU time of one input, three times in a row. */
const MAX_MS = 50;

function inTime<T>(work: () => T): T {
  for (let attempt = 1; ; attempt += 1) {
    const start = process.cpuUsage();
    const result = work();
    const { user, system } = process.cpuUsage(start);
    if ((user + system) / 1_000 <= MAX_MS) return result;
    assert.ok(attempt < 3, `takes more than ${String(MAX_MS)} ms`);
  }
}

function tell(result: ParseResult): string {
  return JSON.stringify(result.ok ? plainMessage(result.message) : result.error);
}

function assertPlace({ offset, reason }: SipParseError, length: number): void {
  assert.ok(Number.isInteger(offset) && offset >= 0 && offset <= length && reason !== '');
}

function featuresOf(result: ParseResult): readonly string[] {
  if (!result.ok) return [result.error.reason];
  const plain = plainMessage(result.message);
  const fields = Object.entries(plain)
    .filter(
      ([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0),
    )
    .map(([name]) => `has ${name}`);
  return [...result.message.repairs, ...fields, ...rareThings(result.message)];
}

function rareThings({
  vias,
  contacts,
  from,
  to,
  topVia,
  challenges,
  headers,
}: SipMessage): readonly string[] {
  const things: readonly (readonly [string, boolean])[] = [
    ['several vias', vias.length > 1],
    ['several contacts', contacts.length > 1],
    ['several challenges', challenges.length > 1],
    ['a display name', (from?.displayName ?? '') !== ''],
    ['a password', to?.uri.password !== undefined],
    ['another scheme', from !== undefined && !from.uri.scheme.startsWith('sip')],
    ['an IPv6 address', topVia?.host.includes(':') === true],
    ['parameters of a URI', (to?.uri.params.size ?? 0) > 0],
    ['headers of a URI', (to?.uri.headers ?? '') !== ''],
    ['octets that are no UTF-8', headers.some(({ value }) => /[\udc80-\udcff]/u.test(value))],
    ['an escaped NUL', headers.some(({ value }) => value.includes('\0'))],
    ['many headers', headers.length > 20],
  ];
  return things.filter(([, isThere]) => isThere).map(([what]) => what);
}

/** Without what the serialiser sets itself, and without what was wrong with the octets. */
function essence(message: SipMessage): string {
  const headers = message.headers
    .filter(({ name }) => !/^(content-length|l)$/i.test(name))
    .map(({ name, value }) => [name, value]);
  return JSON.stringify({ ...plainMessage(message), headers, contentLength: 0, repairs: [] });
}

function assertRoundTrip(message: SipMessage): void {
  const first = written(message);
  assert.ok(first.ok, first.ok ? '' : first.error.reason);
  const again = parseMessage(first.bytes);
  assert.ok(again.ok, again.ok ? '' : `written, then ${again.error.reason}`);
  assert.equal(essence(again.message), essence(message), 'written and read again');
  assert.equal(again.message.contentLength, message.body.length);
  for (const repair of again.message.repairs) assert.equal(repair, 'several-values');
  const second = written(again.message);
  assert.ok(second.ok && Buffer.from(first.bytes).equals(second.bytes), 'written again');
}

interface Heard {
  readonly messages: readonly string[];
  readonly faults: readonly SipParseError[];
  readonly keepalives: number;
}

function hear(input: Uint8Array, pieceLength: number, limits: SipLimits): Heard {
  const messages: string[] = [];
  const faults: SipParseError[] = [];
  let keepalives = 0;
  const framer = new StreamFramer(
    {
      onMessage: (message) => messages.push(JSON.stringify(plainMessage(message))),
      onFault: (error) => faults.push(error),
      onKeepalive: () => (keepalives += 1),
    },
    limits,
  );
  for (let from = 0; from < input.length; from += pieceLength) {
    framer.push(input.subarray(from, from + pieceLength));
    assert.ok(framer.pendingBytes <= limits.maxHeaderBytes + limits.maxBodyBytes, 'octets that wait');
  }
  assert.ok(faults.length <= 1);
  for (const fault of faults) assertPlace(fault, input.length);
  return { messages, faults, keepalives };
}

function streamOf(input: Uint8Array, datagram: ParseResult): readonly string[] {
  const odd = 1 + (input.reduce((sum, octet) => (sum * 31 + octet) % 997, 7) % 60);
  const whole = hear(input, Math.max(1, input.length), DEFAULT_LIMITS);
  assert.deepEqual(hear(input, odd, DEFAULT_LIMITS), whole, 'cut otherwise');
  assert.deepEqual(
    hear(input, odd, NARROW),
    hear(input, Math.max(1, input.length), NARROW),
    'with narrow limits',
  );
  if (datagram.ok && mustBeHeard(datagram.message))
    assert.equal(withoutRepairs(whole.messages[0] ?? ''), withoutRepairs(tell(datagram)), 'as a stream');
  const count = Math.min(3, whole.messages.length);
  return [
    `${String(count)} in a stream`,
    ...whole.faults.map(({ reason }) => `stream: ${reason}`),
    ...(whole.keepalives > 0 ? ['ping'] : []),
  ];
}

/** A blank before the start line is called by two names. */
function withoutRepairs(told: string): string {
  return told.replace(/"repairs":\[[^\]]*\]\}$/, '');
}

/** Whether nothing about the message is left to the end of its datagram. */
function mustBeHeard(message: SipMessage): boolean {
  return message.contentLength !== undefined && !message.repairs.some((repair) => DATAGRAM_ONLY.has(repair));
}
