export { answerChallenge } from './auth/digest-client.ts';
export { type ChallengeOptions, DigestAuthority, type DigestSecret } from './auth/digest-authority.ts';
export { type DigestAlgorithm, digestHa1 } from './auth/digest-response.ts';
export { InviteCancelled, RejectedResponse, TransactionTimeout, TransportFailed } from './errors.ts';
export type { SipUserAgentOptions } from './options.ts';
export { parseSdp } from './sdp/parse-sdp.ts';
export { attributeOf, mediaAddress, type Sdp, type SdpMedia, ssrcOf } from './sdp/sdp.ts';
export { type SdpInit, serialiseSdp } from './sdp/serialise-sdp.ts';
export type {
  AnsweredInvite,
  Dialog,
  Flow,
  IncomingRequest,
  InviteAttempt,
  NotifierSubscription,
  OutgoingRequest,
  RefreshOptions,
  ReplyOptions,
  RequestHandler,
  SipUserAgent,
  SubscribeAttempt,
  SubscribeOrder,
  Subscription,
  SubscriptionEnd,
  TraceEntry,
} from './types.ts';
export { createSipUserAgent } from './user-agent.ts';
