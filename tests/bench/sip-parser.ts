/**
 * `sip-parser`: from the octets of a message to the fields that a registrar needs, really read, per CPU second,
 * over the fastest of four npm parsers. All take turns in the same process, each reads the same fields, and
 * what they read is compared before anything is measured. Two of them refuse a domain of digits only, which every
 * GB/T 28181 message has: they are given the same message with another domain.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { parseMessage } from '../../bff/sip-parser-lite/src/index.ts';
import { median, report } from '../support/bench/report.ts';

const KINDS = {
  'register-authorization': 'r3-register-auth.sip',
  'keepalive-message': 'k1-keepalive.sip',
  'invite-200': 'i3-200.sip',
  'catalog-message': 'c3-catalog-part1.sip',
} as const;

/** What a registrar or a user agent needs of a message; undefined where this kind of message does not have it. */
interface Fields {
  readonly method: string | undefined;
  readonly requestUri: string | undefined;
  readonly status: number | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly branch: string | undefined;
  readonly rport: boolean;
  readonly fromUser: string | undefined;
  readonly fromTag: string | undefined;
  readonly toUser: string | undefined;
  readonly toTag: string | undefined;
  readonly callId: string | undefined;
  readonly sequence: number;
  readonly sequenceMethod: string;
  readonly contact: Contact | undefined;
  readonly registration: Registration | undefined;
  readonly contentType: string | undefined;
  readonly bodyOctets: number | undefined;
}

interface Contact {
  readonly user: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
}

interface Registration {
  readonly expires: number | undefined;
  readonly username: string | undefined;
  readonly realm: string | undefined;
  readonly nonce: string | undefined;
  readonly uri: string | undefined;
  readonly response: string | undefined;
  readonly algorithm: string | undefined;
}

/** Undefined: refused. */
type Read = (bytes: Buffer) => Fields | undefined;

const require = createRequire(import.meta.url);

// ---- ours

function readOurs(bytes: Buffer): Fields | undefined {
  const result = parseMessage(bytes);
  if (!result.ok) return undefined;
  const { message } = result;
  const { topVia, from, to, cSeq } = message;
  if (topVia === undefined || from === undefined || to === undefined || cSeq === undefined) return undefined;
  const { method } = cSeq;
  const request = message.kind === 'request';
  const contact = method === 'MESSAGE' ? undefined : message.contacts[0]?.uri;
  const credentials = method === 'REGISTER' ? message.authorization : undefined;
  return {
    method: request ? message.method : undefined,
    requestUri: request ? message.requestUri : undefined,
    status: request ? undefined : message.status,
    host: topVia.host,
    port: topVia.port,
    branch: topVia.branch,
    rport: topVia.rport === true,
    fromUser: from.uri.user,
    fromTag: from.tag,
    toUser: to.uri.user,
    toTag: to.tag,
    callId: message.callId,
    sequence: cSeq.sequence,
    sequenceMethod: method,
    contact: contact && { user: contact.user, host: contact.host, port: contact.port },
    registration: credentials && {
      expires: message.expires,
      username: credentials.username,
      realm: credentials.realm,
      nonce: credentials.nonce,
      uri: credentials.uri,
      response: credentials.response,
      algorithm: credentials.algorithm,
    },
    contentType: method === 'REGISTER' ? undefined : message.contentType,
    bodyOctets: method === 'REGISTER' ? undefined : message.body.length,
  };
}

// ---- npm sip and drachtio-srf: the same expressions, one eager, one on demand

type Loose = string | null | undefined;

interface LooseAddress {
  readonly uri: string;
  readonly params: Record<string, Loose>;
}

interface LooseVia {
  readonly host: string;
  readonly port?: number;
  readonly params: Record<string, Loose>;
}

interface LooseCSeq {
  readonly seq: number;
  readonly method: string;
}

type LooseCredentials = Record<string, string | undefined>;

interface SipParsed {
  readonly method?: string;
  readonly status?: number;
  readonly uri?: string;
  readonly content: string;
  readonly headers: {
    readonly via: readonly LooseVia[];
    readonly from: LooseAddress;
    readonly to: LooseAddress;
    readonly contact?: readonly LooseAddress[];
    readonly cseq: LooseCSeq;
    readonly authorization?: readonly LooseCredentials[];
    readonly 'call-id': string;
    readonly 'content-type'?: string;
    readonly expires?: string;
  };
}

const sip = require('sip') as {
  parse(bytes: Buffer): SipParsed | undefined;
  parseUri(text: string): Partial<Contact> | undefined;
};

function unquote(text: string | undefined): string | undefined {
  return text?.startsWith('"') === true ? text.slice(1, -1) : text;
}

function contactOf(uri: Partial<Contact> | undefined): Contact | undefined {
  return uri && { user: uri.user, host: uri.host, port: uri.port };
}

function registrationOf(
  expires: string | undefined,
  credentials: LooseCredentials | undefined,
): Registration {
  return {
    expires: Number(expires),
    username: unquote(credentials?.['username']),
    realm: unquote(credentials?.['realm']),
    nonce: unquote(credentials?.['nonce']),
    uri: unquote(credentials?.['uri']),
    response: unquote(credentials?.['response']),
    algorithm: unquote(credentials?.['algorithm']),
  };
}

function readSip(bytes: Buffer): Fields | undefined {
  const message = sip.parse(bytes);
  if (message === undefined) return undefined;
  const { via, from, to, cseq, contact, authorization, expires } = message.headers;
  const top = via[0];
  const register = cseq.method === 'REGISTER';
  return {
    method: message.method,
    requestUri: message.uri,
    status: message.status,
    host: top?.host,
    port: top?.port,
    branch: top?.params['branch'] ?? undefined,
    rport: top?.params['rport'] === null,
    fromUser: sip.parseUri(from.uri)?.user,
    fromTag: from.params['tag'] ?? undefined,
    toUser: sip.parseUri(to.uri)?.user,
    toTag: to.params['tag'] ?? undefined,
    callId: message.headers['call-id'],
    sequence: cseq.seq,
    sequenceMethod: cseq.method,
    contact: cseq.method === 'MESSAGE' ? undefined : contactOf(sip.parseUri(contact?.[0]?.uri ?? '')),
    registration: register ? registrationOf(expires, authorization?.[0]) : undefined,
    contentType: register ? undefined : message.headers['content-type']?.toLowerCase(),
    bodyOctets: register ? undefined : message.content.length,
  };
}

interface DrachtioMessage {
  readonly method?: string;
  readonly status?: number;
  readonly uri?: string;
  readonly body?: string;
  get(name: string): string | undefined;
  getParsedHeader(name: 'via'): readonly LooseVia[];
  getParsedHeader(name: 'from' | 'to'): LooseAddress;
  getParsedHeader(name: 'contact'): readonly LooseAddress[];
  getParsedHeader(name: 'cseq'): LooseCSeq;
  getParsedHeader(name: 'authorization'): readonly LooseCredentials[];
}

const DrachtioSipMessage = require('drachtio-srf/lib/sip-parser/message.js') as {
  new (text: string): DrachtioMessage;
  parseUri(text: string): Partial<Contact> | undefined;
};

function readDrachtio(bytes: Buffer): Fields | undefined {
  const message = new DrachtioSipMessage(bytes.toString('latin1'));
  const top = message.getParsedHeader('via')[0];
  const from = message.getParsedHeader('from');
  const to = message.getParsedHeader('to');
  const { seq, method } = message.getParsedHeader('cseq');
  const register = method === 'REGISTER';
  return {
    method: message.method,
    requestUri: message.uri,
    status: message.status,
    host: top?.host,
    port: top?.port,
    branch: top?.params['branch'] ?? undefined,
    rport: top !== undefined && 'rport' in top.params && top.params['rport'] === undefined,
    fromUser: DrachtioSipMessage.parseUri(from.uri)?.user,
    fromTag: from.params['tag'] ?? undefined,
    toUser: DrachtioSipMessage.parseUri(to.uri)?.user,
    toTag: to.params['tag'] ?? undefined,
    callId: message.get('call-id'),
    sequence: seq,
    sequenceMethod: method,
    contact:
      method === 'MESSAGE'
        ? undefined
        : contactOf(DrachtioSipMessage.parseUri(message.getParsedHeader('contact')[0]?.uri ?? '')),
    registration: register
      ? registrationOf(message.get('expires'), message.getParsedHeader('authorization')[0])
      : undefined,
    contentType: register ? undefined : message.get('content-type')?.toLowerCase(),
    bodyOctets: register ? undefined : message.body?.length,
  };
}

// ---- sip.js and jssip: one family, nearly the same shape

interface FamilyMessage {
  readonly method?: string;
  readonly status_code?: number;
  readonly statusCode?: number;
  readonly ruri?: { toString(): string };
  readonly body?: string;
  readonly via: { host: string; port: number; branch: string };
  readonly from: { uri: Contact };
  readonly to: { uri: Contact };
  readonly from_tag?: string;
  readonly fromTag?: string;
  readonly to_tag?: string;
  readonly toTag?: string;
  getHeader(name: string): string | undefined;
  parseHeader(name: string): { uri: Contact } | undefined;
}

/** Neither of the two reads credentials: they are cut out of the header by expressions, which cost little. */
function credential(header: string, name: string): string | undefined {
  return new RegExp(`[ ,]${name}="?([^",]*)`).exec(header)?.[1];
}

function familyRegistration(message: FamilyMessage): Registration {
  const header = message.getHeader('authorization') ?? '';
  return {
    expires: Number(message.getHeader('expires')),
    username: credential(header, 'username'),
    realm: credential(header, 'realm'),
    nonce: credential(header, 'nonce'),
    uri: credential(header, 'uri'),
    response: credential(header, 'response'),
    algorithm: credential(header, 'algorithm'),
  };
}

function readFamily(message: FamilyMessage | undefined): Fields | undefined {
  if (message === undefined) return undefined;
  const cSeq = /^(\d+) (\w+)$/.exec(message.getHeader('cseq') ?? '');
  const method = cSeq?.[2] ?? '';
  const status = message.status_code ?? message.statusCode;
  const register = method === 'REGISTER';
  return {
    method: status === undefined ? message.method : undefined,
    requestUri: status === undefined ? message.ruri?.toString() : undefined,
    status,
    host: message.via.host,
    port: message.via.port,
    branch: message.via.branch,
    rport: (message.getHeader('via') ?? '').includes(';rport;'),
    fromUser: message.from.uri.user,
    fromTag: message.from_tag ?? message.fromTag,
    toUser: message.to.uri.user,
    toTag: message.to_tag ?? message.toTag,
    callId: message.getHeader('call-id'),
    sequence: Number(cSeq?.[1]),
    sequenceMethod: method,
    contact: method === 'MESSAGE' ? undefined : contactOf(message.parseHeader('contact')?.uri),
    registration: register ? familyRegistration(message) : undefined,
    contentType: register ? undefined : message.getHeader('content-type')?.toLowerCase(),
    bodyOctets: register ? undefined : message.body?.length,
  };
}

const silent = (): void => undefined;
const logger = { error: silent, warn: silent, log: silent, debug: silent };
const sipJs = (await import('sip.js/lib/core/messages/parser.js')) as {
  Parser: { parseMessage(text: string, logger: unknown): FamilyMessage | undefined };
};
const jsSip = require('jssip/lib/Parser.js') as {
  parseMessage(text: string, ua: unknown): FamilyMessage | undefined;
};

const PARSERS: Readonly<Record<string, Read>> = {
  sip: readSip,
  'drachtio-srf': readDrachtio,
  'sip.js': (bytes) => readFamily(sipJs.Parser.parseMessage(bytes.toString('latin1'), logger)),
  jssip: (bytes) => readFamily(jsSip.parseMessage(bytes.toString('latin1'), {})),
};

// ---- measuring

const { values } = parseArgs({
  options: {
    /** CPU time that each parser gets per turn, ms. */
    turn: { type: 'string', default: '40' },
    rounds: { type: 'string', default: '15' },
    kind: { type: 'string' },
  },
});
const TURN_MS = Number(values.turn);
const ROUNDS = Number(values.rounds);
const WARM_UP_ROUNDS = 4;
/** So long nobody looks at the clock, which is not free. */
const BATCH_MS = 4;
/** Keeps what was read alive, so that no reading can be optimised away. */
let kept: Fields | undefined;

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function read(count: number, { read: one, inputs }: Contestant): void {
  for (let i = 0; i < count; i++) kept = one(inputs[i % inputs.length] ?? Buffer.alloc(0));
}

/** Messages per CPU second during one turn. */
function turn(contestant: Contestant): number {
  const start = cpuMs();
  let count = 0;
  let spent = 0;
  let batch = 1;
  while (spent < TURN_MS) {
    read(batch, contestant);
    count += batch;
    spent = cpuMs() - start;
    batch = Math.max(1, Math.ceil((count / Math.max(spent, 0.01)) * BATCH_MS));
  }
  return (count / spent) * 1000;
}

/**
 * The same message many times over, each in memory of its own with a device, a branch, a tag and a Call-ID of its
 * own, as datagrams come.
 */
function variants(bytes: Buffer): Buffer[] {
  const text = bytes.toString('latin1');
  return Array.from({ length: 64 }, (_, i) => {
    const own = `$1${String(10 + i)}`;
    const changed = text
      .replace(/(340200000011[38]00000)\d\d/g, own)
      .replace(/(branch=\w*)\w\w/, own)
      .replace(/(tag=\w*)\w\w/g, own)
      .replace(/^(Call-ID: \w*)\w\w/m, own);
    return Buffer.from(changed, 'latin1');
  });
}

/** With a domain of letters, for parsers that refuse one of digits. */
function withDomain(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('@3402000000', '@gb.invalid'), 'latin1');
}

interface Contestant {
  readonly name: string;
  readonly read: Read;
  readonly inputs: readonly Buffer[];
}

function rivalsFor(bytes: Buffer): readonly Contestant[] {
  return Object.entries(PARSERS).flatMap(([name, theirRead]) => {
    const input = theirRead(bytes) === undefined ? withDomain(bytes) : bytes;
    const theirs = theirRead(input);
    const ours = readOurs(input);
    if (!isDeepStrictEqual(theirs, ours)) {
      process.stderr.write(`${name} reads otherwise and is left out: ${JSON.stringify({ theirs, ours })}\n`);
      return [];
    }
    return [{ name, read: theirRead, inputs: variants(input) }];
  });
}

/** All contestants with one kind of message, and what each reached in every round. */
interface Race {
  readonly kind: string;
  readonly octets: number;
  readonly ours: Contestant;
  readonly rates: ReadonlyMap<Contestant, number[]>;
}

function raceOf(kind: string, file: string): Race {
  const bytes = readFileSync(new URL(`../fixtures/gb28181/${file}`, import.meta.url));
  const ours: Contestant = { name: 'sip-parser-lite', read: readOurs, inputs: variants(bytes) };
  const all = [ours, ...rivalsFor(bytes)];
  return { kind, octets: bytes.length, ours, rates: new Map(all.map((contestant) => [contestant, []])) };
}

function reportRace({ kind, octets, ours, rates }: Race): void {
  const mine = rates.get(ours) ?? [];
  const ranked = [...rates]
    .filter(([contestant]) => contestant !== ours)
    .map(([{ name }, list]) => ({ name, list, rate: median(list) }))
    .sort((a, b) => b.rate - a.rate);
  const [fastest] = ranked;
  if (fastest === undefined || kept === undefined) throw new Error(`no other parser reads ${kind}`);
  report('sip-parser', {
    figure: kind,
    value: median(mine.map((rate, i) => rate / (fastest.list[i] ?? Number.NaN))),
    unit: 'ratio',
    detail:
      `messages per CPU second of sip-parser-lite (${thousands(median(mine))}) over those of ${fastest.name} ` +
      `(${thousands(fastest.rate)}), the fastest of ${ranked.map(({ name }) => name).join(', ')}; ` +
      `${String(octets)} octets, measured alternating in this run`,
  });
}

function thousands(rate: number): string {
  return `${(rate / 1000).toFixed(0)} k`;
}

const races = Object.entries(KINDS)
  .filter(([kind]) => values.kind === undefined || values.kind === kind)
  .map(([kind, file]) => raceOf(kind, file));
// Kinds take turns too, so that all code has met all kinds before anything counts.
for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
  for (const { rates } of races) {
    for (const [contestant, list] of rates) {
      const rate = turn(contestant);
      if (round >= WARM_UP_ROUNDS) list.push(rate);
    }
  }
}
races.forEach(reportRace);
