import { parseMessage, type SipRequest } from 'sip-parser-lite';

const LOOKED_AT = 4_096;
const REQUEST_LINE = /^([A-Za-z]{1,32})[ \t]+\S+[ \t]+SIP\/(\d{1,4}\.\d{1,4})\r?\n/;
/** What every response copies (RFC 3261 §8.2.6.2). */
const COPIED: readonly (readonly [name: string, compact: string])[] = [
  ['Via', 'v'],
  ['From', 'f'],
  ['To', 't'],
  ['Call-ID', 'i'],
  ['CSeq', 'CSeq'],
];

/** A request that could not be read, with what its refusal has to copy. */
export interface UnreadableRequest {
  readonly request: SipRequest;
  readonly status: 400 | 413 | 505;
}

/**
 * What can be answered of a datagram that the parser refused (RFC 3261 §18.3: 400; §21.5.6: 505 to another version;
 * §21.4.11: 413). Undefined for what is no request, for an ACK, and where the five fields of an answer cannot each be
 * read from one whole line: then it is dropped.
 */
export function readUnreadable(bytes: Uint8Array, reason: string): UnreadableRequest | undefined {
  const length = Math.min(bytes.length, LOOKED_AT);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('latin1');
  const [line, method = '', version] = REQUEST_LINE.exec(text) ?? [];
  if (line === undefined || method.toUpperCase() === 'ACK') return undefined;
  const head = text.slice(line.length - 1).split(/\r?\n\r?\n/, 1)[0] ?? '';
  const lines = COPIED.map(([name, compact]) => lineOf(head, name, compact));
  if (lines.includes(undefined)) return undefined;
  const again = [`${method} sip:unreadable SIP/2.0`, ...lines, 'Content-Length: 0', '', ''].join('\r\n');
  const parsed = parseMessage(Buffer.from(again, 'latin1'));
  if (!parsed.ok || parsed.message.kind !== 'request') return undefined;
  const request = parsed.message;
  const { topVia, from, to, callId, cSeq } = request;
  if (topVia === undefined || from === undefined || to === undefined) return undefined;
  if (callId === undefined || cSeq === undefined) return undefined;
  const status = version !== '2.0' ? 505 : reason === 'body too long' ? 413 : 400;
  return { request, status };
}

/** A header line, when it is the only one of its name and nothing is folded below it. */
function lineOf(head: string, name: string, compact: string): string | undefined {
  const found = [
    ...head.matchAll(new RegExp(`\\n(?:${name}|${compact})[ \\t]*:([^\\r\\n]*)\\r?(?=\\n|$)`, 'gi')),
  ];
  const [only] = found;
  const value = only?.[1]?.trim();
  if (found.length !== 1 || only === undefined || value === undefined || value === '') return undefined;
  const next = head.charAt(only.index + only[0].length + 1);
  return next === ' ' || next === '\t' ? undefined : `${name}: ${value}`;
}
