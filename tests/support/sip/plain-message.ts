import assert from 'node:assert/strict';
import {
  type AuthValue,
  type NameAddr,
  parseMessage,
  serialiseMessage,
  type SerialiseResult,
  type SipLimits,
  type SipMessage,
  type SipUri,
  type Via,
} from '../../../bff/sip-parser-lite/src/index.ts';

/** Everything that can be read from a message, as data that can be compared and printed. */
export type Plain = Readonly<Record<string, unknown>>;

function plainUri(uri: SipUri): Plain {
  const { scheme, user, password, host, port, headers, text } = uri;
  return { scheme, user, password, host, port, params: [...uri.params], headers, text };
}

export function plainAddress(address: NameAddr | undefined): Plain | undefined {
  if (address === undefined) return undefined;
  const { displayName, uri, tag, params } = address;
  return { displayName, uri: plainUri(uri), tag, params: [...params] };
}

export function plainVia(via: Via | undefined): Plain | undefined {
  if (via === undefined) return undefined;
  const { transport, host, port, branch, received, rport, params } = via;
  return { transport, host, port, branch, received, rport, params: [...params] };
}

export function plainAuth(value: AuthValue | undefined): Plain | undefined {
  if (value === undefined) return undefined;
  const { scheme, username, realm, nonce, uri, response, algorithm, cnonce, opaque, qop, nc } = value;
  const digest = { username, realm, nonce, uri, response, algorithm, cnonce, opaque, qop, nc };
  return { scheme, ...digest, params: [...value.params] };
}

/** Reads every field of a message. */
export function plainMessage(message: SipMessage): Plain {
  const start =
    message.kind === 'request'
      ? { method: message.method, requestUri: message.requestUri }
      : { status: message.status, reason: message.reason };
  const { kind, headers, callId, cSeq, contactIsStar, expires, maxForwards, contentLength } = message;
  return {
    kind,
    ...start,
    headers: headers.map(({ name, value }) => [name, value]),
    body: Buffer.from(message.body).toString('hex'),
    callId,
    cSeq: cSeq && { ...cSeq },
    from: plainAddress(message.from),
    to: plainAddress(message.to),
    topVia: plainVia(message.topVia),
    vias: message.vias.map(plainVia),
    contacts: message.contacts.map(plainAddress),
    contactIsStar,
    expires,
    maxForwards,
    contentLength,
    contentType: message.contentType,
    authorization: plainAuth(message.authorization),
    challenges: message.challenges.map(plainAuth),
    repairs: [...message.repairs],
  };
}

/** The message, or a failed assertion that says why there is none. */
export function parsed(input: Uint8Array | string, limits?: SipLimits): SipMessage {
  const result = parseMessage(typeof input === 'string' ? Buffer.from(input) : input, limits);
  assert.ok(result.ok, result.ok ? '' : `${result.error.reason} at ${String(result.error.offset)}`);
  return result.message;
}

/** Written again from what was read. */
export function written(message: SipMessage): SerialiseResult {
  const start =
    message.kind === 'request'
      ? { method: message.method, requestUri: message.requestUri }
      : { status: message.status, reason: message.reason };
  return serialiseMessage({ ...start, headers: message.headers, body: message.body });
}

/** What the serialiser sets itself, and what was wrong with the message as it came. */
const NOT_KEPT: ReadonlySet<string> = new Set(['contentLength', 'repairs', 'headers']);

function comparable(message: SipMessage): unknown {
  const fields = Object.entries(plainMessage(message)).filter(([name]) => !NOT_KEPT.has(name));
  const headers = message.headers
    .filter(({ name }) => !/^(content-length|l)$/i.test(name))
    .map(({ name, value }) => [name, value]);
  return [...fields, ['headers', headers]];
}

/** What is written from a message reads the same again, and writing that gives the same octets. */
export function assertRoundTrip(message: SipMessage): void {
  const first = written(message);
  assert.ok(first.ok, first.ok ? '' : first.error.reason);
  const again = parsed(first.bytes);
  assert.deepEqual(comparable(again), comparable(message));
  assert.equal(again.contentLength, message.body.length);
  const second = written(again);
  assert.ok(second.ok);
  assert.deepEqual(Buffer.from(second.bytes), Buffer.from(first.bytes));
}
