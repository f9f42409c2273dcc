import type { Head } from './head.ts';
import { HEADER } from './header-names.ts';
import type { ParseResult, SipMessage, SipParseError } from './message.ts';
import { ParsedMessage, type StartValues } from './parsed-message.ts';
import { UsualHead } from './usual-head.ts';
import { usualNumber } from './usual-lines.ts';

/** What every message has once (RFC 3261 §8.1.1): with two, two readers may read different messages. */
const SINGLE: readonly number[] = [HEADER.from, HEADER.to, HEADER.callId, HEADER.cSeq];

/**
 * The message of a head without fault, unless a mandatory field is there and malformed: no answer could be sent along
 * a broken Via.
 */
export function makeMessage(
  head: UsualHead | Head,
  body: Uint8Array,
  repairs: readonly string[],
): ParseResult {
  if (head instanceof UsualHead) return { ok: true, message: usualMessage(head, undefined, body, repairs) };
  const message = otherMessage(head, body, withRepairs(head, repairs));
  const error = faultOf(head, message);
  return error === undefined ? { ok: true, message } : { ok: false, error };
}

function requestLine(method: string, requestUri: string): StartValues<'request'> {
  return { kind: 'request', method, requestUri, status: undefined, reason: undefined };
}

function statusLine(status: number, reason: string): StartValues<'response'> {
  return { kind: 'response', method: undefined, requestUri: undefined, status, reason };
}

/** The message of a head that has the usual form; with `head` where there are lines that it does not hold. */
export function usualMessage(
  usual: UsualHead,
  head: Head | undefined,
  body: Uint8Array,
  repairs: readonly string[],
): SipMessage {
  const { isResponse, methodOrStatus, uriOrReason } = usual;
  if (!isResponse)
    return new ParsedMessage(requestLine(methodOrStatus, uriOrReason), usual, head, body, repairs);
  return new ParsedMessage(statusLine(usualNumber(methodOrStatus), uriOrReason), usual, head, body, repairs);
}

function otherMessage(head: Head, body: Uint8Array, repairs: readonly string[]): SipMessage {
  const { usual, startLine } = head;
  if (usual !== undefined) return usualMessage(usual, head, body, repairs);
  if (startLine?.kind === 'request') {
    const line = requestLine(startLine.method, startLine.requestUri);
    return new ParsedMessage(line, undefined, head, body, repairs);
  }
  const line = statusLine(startLine?.status ?? 0, startLine?.reason ?? '');
  return new ParsedMessage(line, undefined, head, body, repairs);
}

function withRepairs(head: Head, earlier: readonly string[]): readonly string[] {
  const repairs = [...earlier];
  const { startLine, bareLf, open } = head;
  if (startLine?.repair !== undefined) repairs.push(startLine.repair);
  if (bareLf) repairs.push('bare-lf');
  if (open) repairs.push('head-without-end');
  if (SINGLE.some((number) => head.isRepeated(number))) repairs.push('several-values');
  return repairs;
}

function faultOf(head: Head, message: SipMessage): SipParseError | undefined {
  const cSeq = head.place(HEADER.cSeq);
  if (cSeq >= 0 && message.cSeq === undefined) return { offset: cSeq, reason: 'CSeq is malformed' };
  const via = head.place(HEADER.via);
  if (via >= 0 && message.topVia === undefined) return { offset: via, reason: 'Via is malformed' };
  return undefined;
}
