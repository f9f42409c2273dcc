import {
  detach,
  type NameAddr,
  parseNameAddr,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from 'sip-parser-lite';
import type { RequestParts } from '../message/request-bytes.ts';
import type { Flow } from '../types.ts';

/** What both ends of a dialog agree on (RFC 3261 §12), fixed when it is made. */
export interface DialogFacts {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** From and To values of requests from here, tags included. */
  readonly localParty: string;
  readonly remoteParty: string;
  /** Route values in the order of requests from here. */
  readonly routes: readonly string[];
  /** URI of the peer for its requests; that which was called when the peer named none. */
  readonly remoteTarget: NameAddr | undefined;
  readonly calledUri: string;
  readonly localSequence: number;
  readonly remoteSequence: number | undefined;
  readonly flow: Flow;
}

/** A dialog that a 2xx to our INVITE or SUBSCRIBE makes (RFC 3261 §12.1.2). */
export function dialogOfCaller(
  invite: RequestParts,
  fromTag: string,
  response: SipResponse,
  flow: Flow,
): DialogFacts {
  const to = response.header('To') ?? '';
  return {
    callId: invite.callId,
    localTag: fromTag,
    remoteTag: detach(response.to?.tag ?? ''),
    localParty: invite.from,
    remoteParty: detach(to),
    routes: response.headerValues('Record-Route').map(detach).reverse(),
    remoteTarget: targetOf(response),
    calledUri: invite.requestUri,
    localSequence: invite.sequence,
    remoteSequence: undefined,
    flow,
  };
}

/** A dialog that a NOTIFY makes which came before the 2xx to our SUBSCRIBE (RFC 6665 §4.4.1). */
export function dialogOfNotifier(
  notify: SipRequest,
  subscribe: Pick<RequestParts, 'callId' | 'from' | 'requestUri' | 'sequence'>,
  localTag: string,
  flow: Flow,
): DialogFacts {
  return {
    callId: subscribe.callId,
    localTag,
    remoteTag: detach(notify.from?.tag ?? ''),
    localParty: subscribe.from,
    remoteParty: detach(notify.header('From') ?? ''),
    routes: notify.headerValues('Record-Route').map(detach),
    remoteTarget: targetOf(notify),
    calledUri: subscribe.requestUri,
    localSequence: subscribe.sequence,
    remoteSequence: notify.cSeq?.sequence,
    flow,
  };
}

/** A dialog that our 2xx to an INVITE or SUBSCRIBE makes (RFC 3261 §12.1.1). */
export function dialogOfCallee(request: SipRequest, localTag: string, flow: Flow): DialogFacts {
  const to = request.header('To') ?? '';
  return {
    callId: detach(request.callId ?? ''),
    localTag,
    remoteTag: detach(request.from?.tag ?? ''),
    localParty: detach(`${to};tag=${localTag}`),
    remoteParty: detach(request.header('From') ?? ''),
    routes: request.headerValues('Record-Route').map(detach),
    remoteTarget: targetOf(request),
    calledUri: detach(request.from?.uri.text ?? request.requestUri),
    localSequence: 0,
    remoteSequence: request.cSeq?.sequence,
    flow,
  };
}

/** Where the peer wants the requests of the dialog; undefined when it names nothing that SIP can be sent to. */
export function targetOf(message: SipMessage): NameAddr | undefined {
  return message.contacts.find(({ uri }) => uri.scheme === 'sip' || uri.scheme === 'sips');
}

/** Request-URI and Route values of a request within a dialog (RFC 3261 §12.2.1.1). */
export function routeOf(
  target: string,
  routes: readonly string[],
): { readonly requestUri: string; readonly routes: readonly string[] } {
  const [first, ...rest] = routes;
  const hop = first === undefined ? undefined : parseNameAddr(first);
  if (hop === undefined || hop.uri.params.has('lr')) return { requestUri: target, routes };
  // A strict router of RFC 2543 takes the Request-URI for itself and finds the target last.
  return { requestUri: hop.uri.text, routes: [...rest, `<${target}>`] };
}
