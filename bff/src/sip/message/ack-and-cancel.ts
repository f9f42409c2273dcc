import type { SipResponse } from 'sip-parser-lite';
import { requestBytes, type RequestParts } from './request-bytes.ts';

const NOTHING = new Uint8Array(0);

/** The fields of an INVITE that its ACK and CANCEL repeat. */
function shared(invite: RequestParts): RequestParts {
  const { requestUri, via, from, to, callId, sequence, routes, userAgent } = invite;
  return { method: '', requestUri, via, from, to, callId, sequence, routes: routes ?? [], userAgent };
}

/** The ACK to a final response of 300 and above: the INVITE's branch, the response's To (RFC 3261 §17.1.1.3). */
export function ackToFailure(invite: RequestParts, response: SipResponse): Uint8Array {
  return orNothing(
    requestBytes({ ...shared(invite), method: 'ACK', to: response.header('To') ?? invite.to }),
  );
}

/** The CANCEL of an INVITE that is not answered yet: everything as in the INVITE (RFC 3261 §9.1). */
export function cancelOf(invite: RequestParts): Uint8Array {
  return orNothing(requestBytes({ ...shared(invite), method: 'CANCEL' }));
}

/** The INVITE itself was written with the same values, so that these can be written too. */
function orNothing(bytes: Uint8Array | Error): Uint8Array {
  return bytes instanceof Error ? NOTHING : bytes;
}
