/** One header field: the name as it came or is to be sent, and its value unfolded and trimmed. */
export interface SipHeader {
  readonly name: string;
  readonly value: string;
}

/** Parameters of a URI or a header value: names in lower case, `''` for a parameter without value. */
export type SipParams = ReadonlyMap<string, string>;

/** A SIP or SIPS URI (RFC 3261 §19.1), or any other URI of which only the scheme is known. */
export interface SipUri {
  /** Lower case: `sip`, `sips`, `tel`, … */
  readonly scheme: string;
  /** Unescaped user part; undefined when there is none. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Lower case, IPv6 literals without brackets; `''` for other schemes. */
  readonly host: string;
  readonly port: number | undefined;
  readonly params: SipParams;
  /** Text behind `?`, undivided. */
  readonly headers: string;
  /** The URI as it came. */
  readonly text: string;
}

/** From, To, Contact, Route, Record-Route: RFC 3261 §20.10. */
export interface NameAddr {
  /** Display name, unquoted and unescaped; `''` when there is none. */
  readonly displayName: string;
  readonly uri: SipUri;
  /** The parameter `tag`; undefined when absent or empty. */
  readonly tag: string | undefined;
  /** Header parameters, e.g. `tag`, `expires`, `q`. */
  readonly params: SipParams;
}

/** One Via value (RFC 3261 §20.42, RFC 3581). */
export interface Via {
  /** Upper case: UDP, TCP, TLS, … */
  readonly transport: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly branch: string | undefined;
  readonly received: string | undefined;
  /** `true`: present without a value; a number: filled in; undefined: absent. */
  readonly rport: true | number | undefined;
  readonly params: SipParams;
}

/** RFC 3261 §20.16. */
export interface CSeq {
  readonly sequence: number;
  readonly method: string;
}

/** Parameters of the Digest scheme (RFC 7616 §3.3, §3.4), quotes taken off; each undefined when absent. */
export interface DigestParams {
  readonly username: string | undefined;
  readonly realm: string | undefined;
  readonly nonce: string | undefined;
  readonly uri: string | undefined;
  readonly response: string | undefined;
  readonly algorithm: string | undefined;
  readonly cnonce: string | undefined;
  readonly opaque: string | undefined;
  readonly qop: string | undefined;
  readonly nc: string | undefined;
}

/** Authorization, WWW-Authenticate and their Proxy forms: scheme and parameters, quotes taken off. */
export interface AuthValue extends DigestParams {
  /** Lower case, e.g. `digest`. */
  readonly scheme: string;
  /** All of them, names in lower case. */
  readonly params: SipParams;
}

interface SipMessageBase {
  /** All fields in the order in which they came. */
  readonly headers: readonly SipHeader[];
  /** The first value of a header; the name in any case, long or compact. */
  header(name: string): string | undefined;
  /** Every value of a header, lists divided at top-level commas where RFC 3261 allows lists. */
  headerValues(name: string): readonly string[];
  /** A view over the received bytes: copy what outlives the buffer. */
  readonly body: Uint8Array;

  // Read on demand, each undefined when absent or malformed.
  readonly callId: string | undefined;
  readonly cSeq: CSeq | undefined;
  readonly from: NameAddr | undefined;
  readonly to: NameAddr | undefined;
  readonly topVia: Via | undefined;
  readonly vias: readonly Via[];
  readonly contacts: readonly NameAddr[];
  /** `Contact: *` (RFC 3261 §10.2.2). */
  readonly contactIsStar: boolean;
  /** Seconds, of the Expires header. */
  readonly expires: number | undefined;
  readonly maxForwards: number | undefined;
  readonly contentLength: number | undefined;
  /** Media type in lower case without parameters. */
  readonly contentType: string | undefined;
  readonly authorization: AuthValue | undefined;
  /** WWW-Authenticate or Proxy-Authenticate, every challenge. */
  readonly challenges: readonly AuthValue[];
  /** What was tolerated while reading, for counters: e.g. `content-length-too-big`, `leading-crlf`. */
  readonly repairs: readonly string[];
}

export interface SipRequest extends SipMessageBase {
  readonly kind: 'request';
  /** As it came, except that methods known to RFC 3261 and its extensions are put in upper case. */
  readonly method: string;
  readonly requestUri: string;
}

export interface SipResponse extends SipMessageBase {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
}

export type SipMessage = SipRequest | SipResponse;

/** Why bytes were refused, and where. */
export interface SipParseError {
  /** Octets from the start of the input. */
  readonly offset: number;
  /** A short stable phrase, e.g. `header line without colon`. */
  readonly reason: string;
}

export type ParseResult =
  { readonly ok: true; readonly message: SipMessage } | { readonly ok: false; readonly error: SipParseError };

/** A message to be written. Content-Length is set by the serialiser. */
export type SipMessageInit = (
  | { readonly method: string; readonly requestUri: string }
  | { readonly status: number; readonly reason: string }
) & { readonly headers: readonly SipHeader[]; readonly body?: Uint8Array };

export type SerialiseResult =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly error: { readonly reason: string } };

/** Bounds of one message. */
export interface SipLimits {
  /** Start line and headers together, octets. */
  readonly maxHeaderBytes: number;
  readonly maxBodyBytes: number;
  readonly maxHeaders: number;
}
