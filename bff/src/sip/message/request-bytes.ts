import { serialiseMessage, type SipHeader } from 'sip-parser-lite';

/** A request to be written; the fields that RFC 3261 §8.1.1 demands, and what the caller adds. */
export interface RequestParts {
  readonly method: string;
  readonly requestUri: string;
  /** The Via value. */
  readonly via: string;
  /** From and To values, tags included. */
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly sequence: number;
  readonly routes?: readonly string[];
  readonly contact?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly headers?: readonly SipHeader[] | undefined;
  readonly contentType?: string | undefined;
  readonly body?: Uint8Array | undefined;
}

/** Fields that belong to the layer: a caller's would contradict the transaction or the dialog. */
const OWN: ReadonlySet<string> = new Set([
  'via',
  'v',
  'from',
  'f',
  'to',
  't',
  'call-id',
  'i',
  'cseq',
  'route',
  'content-length',
  'l',
]);

/**
 * A request's octets. Contact, Max-Forwards, User-Agent and Content-Type of the caller replace those of the
 * layer. An Error instead of octets when a value cannot be written, e.g. for a line break in it.
 */
export function requestBytes(parts: RequestParts): Uint8Array | Error {
  const theirs = (parts.headers ?? []).filter(({ name }) => !OWN.has(name.toLowerCase()));
  const given = new Set(theirs.map(({ name }) => name.toLowerCase()));
  const headers: SipHeader[] = [
    { name: 'Via', value: parts.via },
    { name: 'From', value: parts.from },
    { name: 'To', value: parts.to },
    { name: 'Call-ID', value: parts.callId },
    { name: 'CSeq', value: `${String(parts.sequence)} ${parts.method}` },
    ...(parts.routes ?? []).map((value) => ({ name: 'Route', value })),
  ];
  const unlessGiven = (name: string, value: string | undefined, compact = ''): void => {
    if (value !== undefined && !given.has(name.toLowerCase()) && !given.has(compact))
      headers.push({ name, value });
  };
  unlessGiven('Contact', parts.contact, 'm');
  unlessGiven('Max-Forwards', '70');
  unlessGiven('User-Agent', parts.userAgent);
  unlessGiven('Content-Type', parts.contentType, 'c');
  const { method, requestUri, body } = parts;
  const init = { method, requestUri, headers: [...headers, ...theirs] };
  const written = serialiseMessage(body === undefined ? init : { ...init, body });
  return written.ok ? written.bytes : new Error(written.error.reason);
}
