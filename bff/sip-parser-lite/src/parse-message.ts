import { repairedBodyEnd } from './datagram-body.ts';
import type { Head } from './head.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { makeMessage, usualMessage } from './make-message.ts';
import type { ParseResult, SipLimits, SipParseError } from './message.ts';
import { readHead } from './read-head.ts';
import { firstBeyondPadding, startBehindJunk, startLineAt } from './start-line-search.ts';
import { readUsualHead, type UsualHead } from './usual-head.ts';

const LF = 0x0a;
const CR = 0x0d;
const NO_BODY = new Uint8Array(0);
const NO_REPAIRS: readonly string[] = [];
const LEADING_CRLF: readonly string[] = ['leading-crlf'];
const LEADING_JUNK: readonly string[] = ['leading-junk'];

function refused(error: SipParseError): ParseResult {
  return { ok: false, error };
}

/**
 * Parses one datagram (RFC 3261 §7, §18.3). Never throws. What real devices get wrong is read as they mean it and
 * noted in `repairs`:
 *
 * - `leading-crlf`, `leading-junk`: octets before the start line;
 * - `start-line-blanks`, `request-uri-brackets`, `method-case`, `reason-missing`: the start line;
 * - `bare-lf`, `head-without-end`: line ends, a missing empty line at the end of the datagram;
 * - `content-length-missing`: the body runs to the end; `content-length-too-big`: it is what is there;
 * - `content-length-too-small`: a body with a Content-Type goes on behind its stated end and is taken whole;
 * - `octets-behind-body`: what follows the body is cut off, being no part of it;
 * - `content-length-differs`: two lengths; the body runs to the end;
 * - `several-values`: From, To, Call-ID or CSeq stands twice; the first one is read.
 */
export function parseMessage(bytes: Uint8Array, limits: SipLimits = DEFAULT_LIMITS): ParseResult {
  const usual = readUsualHead(bytes, 0, limits);
  if (usual === undefined || !isAllThatStands(usual, limits)) return parseAny(bytes, limits);
  return {
    ok: true,
    message: usualMessage(usual, undefined, viewOf(bytes, usual.bodyStart, bytes.length), NO_REPAIRS),
  };
}

/** Whether a message begins with the first octet and ends with the last, and all of its head has the usual form. */
function isAllThatStands(
  { bytes, bodyStart, contentLength, isWhole }: UsualHead,
  limits: SipLimits,
): boolean {
  return isWhole && contentLength === bytes.length - bodyStart && contentLength <= limits.maxBodyBytes;
}

function parseAny(bytes: Uint8Array, limits: SipLimits): ParseResult {
  const start = skipLineEnds(bytes);
  const head = readHead(bytes, start, limits);
  if (head.fault === undefined) return datagram(head, limits, start === 0 ? NO_REPAIRS : LEADING_CRLF);
  // The start line is there: another one behind it would be no better.
  if (head.hasStartLine) return refused(head.fault);
  const behind = startBehindJunk(bytes, start);
  if (behind < 0) return refused({ offset: start, reason: whyNoStart(bytes, start) });
  const later = readHead(bytes, behind, limits);
  return later.fault === undefined ? datagram(later, limits, LEADING_JUNK) : refused(later.fault);
}

function datagram(head: UsualHead | Head, limits: SipLimits, earlier: readonly string[]): ParseResult {
  const { bytes, bodyStart } = head;
  let end = bytes.length;
  let repairs = earlier;
  if (head.contentLength !== end - bodyStart || head.lengthsDiffer) {
    const repaired = repairedBodyEnd(head);
    ({ end } = repaired);
    if (repaired.repair !== undefined) repairs = [...earlier, repaired.repair];
  }
  if (end - bodyStart > limits.maxBodyBytes) return refused({ offset: bodyStart, reason: 'body too long' });
  return makeMessage(head, viewOf(bytes, bodyStart, end), repairs);
}

/** A plain view is made in half the time that a Buffer takes to make another Buffer. */
function viewOf(bytes: Uint8Array, from: number, to: number): Uint8Array {
  return from === to ? NO_BODY : new Uint8Array(bytes.buffer, bytes.byteOffset + from, to - from);
}

/** The first place that is neither CR nor LF. */
function skipLineEnds(bytes: Uint8Array): number {
  let at = 0;
  while (bytes[at] === CR || bytes[at] === LF) at++;
  return at;
}

function whyNoStart(bytes: Uint8Array, start: number): string {
  if (firstBeyondPadding(bytes, start) === bytes.length) return 'only keepalive octets';
  const line = startLineAt(bytes, start);
  return typeof line === 'string' ? line : 'head is cut off';
}
