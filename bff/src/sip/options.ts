import type { Clock, Instruments, Logger, RandomSource } from '../kernel/index.ts';

/** Bounds of what peers can make this layer hold and do. A source is an IPv4 address or a /64 of IPv6. */
export interface SipUserAgentLimits {
  /** Messages that one source may send per second, on average. */
  readonly messagesPerSecond: number;
  /** Messages that one source may send at once. */
  readonly messageBurst: number;
  /** Sources that are kept count of. */
  readonly maxSources: number;
  /** Requests of ours in flight; beyond, the caller is refused. Peers cannot fill it. */
  readonly maxClientTransactions: number;
  /** INVITEs of peers that are held; beyond, 503. */
  readonly maxInvites: number;
  /** INVITEs of one source; beyond, 503. */
  readonly maxInvitesPerSource: number;
  /** Answered requests kept to absorb repetitions; the oldest makes room. */
  readonly maxStoredReplies: number;
  /** Octets of those answers. */
  readonly maxStoredReplyBytes: number;
  readonly maxDialogs: number;
  /** Subscriptions of ours. Peers cannot fill it. */
  readonly maxSubscriptions: number;
  /** Subscriptions of peers; beyond, 503. */
  readonly maxNotifiers: number;
  /** Beyond, the oldest connection makes room that nobody has registered over. */
  readonly maxConnections: number;
  readonly maxConnectionsPerSource: number;
  /** Octets of messages that are not whole yet, of all connections; beyond, the connection that holds most is closed. */
  readonly maxPartialBytes: number;
  /** The same for the connections of one source. */
  readonly maxPartialBytesPerSource: number;
  /** Octets that may wait to be sent on one connection. */
  readonly maxSendBufferBytes: number;
  /** Start line and headers of one message, octets. */
  readonly maxHeaderBytes: number;
  /** Header lines of one message. */
  readonly maxHeaders: number;
  /** Body of one message, octets. */
  readonly maxBodyBytes: number;
  /** Silence after which a connection is closed, ms. */
  readonly connectionIdleMs: number;
  /** How long a message may take to arrive in full, and the first message to come at all, ms. */
  readonly messageArrivalMs: number;
}

/** The defaults. */
export const DEFAULT_LIMITS: SipUserAgentLimits = {
  messagesPerSecond: 200,
  messageBurst: 400,
  maxSources: 65_536,
  maxClientTransactions: 50_000,
  maxInvites: 20_000,
  maxInvitesPerSource: 1_000,
  maxStoredReplies: 400_000,
  maxStoredReplyBytes: 134_217_728,
  maxDialogs: 20_000,
  maxSubscriptions: 400_000,
  maxNotifiers: 4_096,
  maxConnections: 110_000,
  maxConnectionsPerSource: 10_000,
  maxPartialBytes: 268_435_456,
  maxPartialBytesPerSource: 33_554_432,
  maxSendBufferBytes: 1_048_576,
  maxHeaderBytes: 65_536,
  maxHeaders: 256,
  maxBodyBytes: 4_194_304,
  connectionIdleMs: 3_900_000,
  messageArrivalMs: 32_000,
};

/** What a SIP user agent is made of. */
export interface SipUserAgentOptions {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly instruments: Instruments;
  /** Address to bind; default all of IPv4. */
  readonly host?: string;
  /** 0 takes any port that is free for UDP and TCP. */
  readonly port: number;
  /** Address that peers are told in Via and Contact. */
  readonly advertisedHost: string;
  /** Text of User-Agent and Server; default `Yimu`. */
  readonly userAgent?: string;
  /** Overrides `limits.messagesPerSecond` and, with twice as much, `limits.messageBurst`. */
  readonly messagesPerSecond?: number;
  readonly limits?: Partial<SipUserAgentLimits>;
}

/** The limits that hold for these options. */
export function limitsOf(options: SipUserAgentOptions): SipUserAgentLimits {
  const rate = options.messagesPerSecond;
  const fromRate = rate === undefined ? {} : { messagesPerSecond: rate, messageBurst: rate * 2 };
  return { ...DEFAULT_LIMITS, ...fromRate, ...options.limits };
}
