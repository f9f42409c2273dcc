export { type AuthValueInit, formatAuthValue, parseAuthValue } from './auth-value.ts';
export { DEFAULT_LIMITS } from './limits.ts';
export type {
  AuthValue,
  CSeq,
  NameAddr,
  ParseResult,
  SerialiseResult,
  SipHeader,
  SipLimits,
  SipMessage,
  SipMessageInit,
  SipParams,
  SipParseError,
  SipRequest,
  SipResponse,
  SipUri,
  Via,
} from './message.ts';
export { formatNameAddr, type NameAddrInit, parseNameAddr } from './name-addr.ts';
export { detach } from './octets.ts';
export { parseMessage } from './parse-message.ts';
export { quote } from './quote.ts';
export { serialiseMessage } from './serialise-message.ts';
export { StreamFramer, type StreamListener } from './stream-framer.ts';
export { formatUri, parseUri, type SipUriInit } from './uri.ts';
export { formatVia, parseVia, type ViaInit } from './via.ts';
