import { detach, type SipRequest, type Via } from 'sip-parser-lite';
import type { Flow } from '../types.ts';

const MAGIC_COOKIE = 'z9hG4bK';

/**
 * What a server transaction is known by (RFC 3261 §17.2.3). `method` is that of the transaction: INVITE for
 * an ACK or a CANCEL that looks for one. Call-ID and CSeq stand in the key beside branch and sent-by, since
 * cheap devices use one branch for ever; the source address keeps strangers out of each other's transactions. The
 * key is kept for as long as the answer: it must not hold the request, of which its parts are cuts.
 */
export function serverKey(request: SipRequest, via: Via, flow: Flow, method: string): string {
  const sequence = request.cSeq?.sequence ?? 0;
  const sentBy = `${via.host}:${String(via.port ?? 5060)}`;
  const common = `${method} ${String(sequence)} ${via.branch ?? ''} ${sentBy} ${flow.remoteAddress} ${request.callId ?? ''}`;
  if (via.branch?.startsWith(MAGIC_COOKIE) === true) return detach(common);
  // A peer of RFC 2543: the branch proves nothing, so who calls and what is called must be the same too.
  return detach(`${common} ${request.from?.tag ?? ''} ${request.requestUri}`);
}

/** What a client transaction is known by (RFC 3261 §17.1.3): our own branch, and the method of CSeq. */
export function clientKey(branch: string, method: string): string {
  return `${method} ${branch}`;
}

/** What is the same in every copy of a request that came on several ways (RFC 3261 §8.2.2.2). */
export function mergeKey(request: SipRequest): string {
  const { cSeq, callId, from } = request;
  return `${String(cSeq?.sequence ?? 0)} ${callId ?? ''} ${from?.tag ?? ''}`;
}
