import { hash } from 'node:crypto';
import type { SipRequest } from 'sip-parser-lite';

const TAG_DIGITS = 16;

/** The To tag of an answer that is given without a transaction: the same for a repetition (RFC 3261 §8.2.7). */
export function statelessTag(request: SipRequest): string {
  const { callId = '', cSeq } = request;
  const parts = [
    request.header('Via') ?? '',
    request.header('From') ?? '',
    callId,
    String(cSeq?.sequence ?? 0),
  ];
  return hash('md5', parts.join('\n')).slice(0, TAG_DIGITS);
}
