import type { NameAddr, SipHeader, SipRequest, SipResponse } from 'sip-parser-lite';

/** Where a message came from and where an answer goes: for TCP the connection itself, for UDP the address. */
export interface Flow {
  readonly transport: 'udp' | 'tcp';
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Equal for equal flows. Two TCP connections from one address are two flows. */
  readonly key: string;
}

/** What an answer may carry beside what RFC 3261 §8.2.6 copies from the request. */
export interface ReplyOptions {
  readonly reason?: string;
  readonly headers?: readonly SipHeader[];
  readonly body?: Uint8Array;
  /** To tag; made when absent and the status is above 100. */
  readonly toTag?: string;
}

/** A request from a peer, behind its server transaction: retransmissions were absorbed. */
export interface IncomingRequest {
  readonly request: SipRequest;
  readonly flow: Flow;
  /** The dialog to which it belongs, if any is known. */
  readonly dialog: Dialog | undefined;
  /** Answers once (provisional answers aside); later calls are ignored and counted. */
  reply(status: number, options?: ReplyOptions): void;
  /** Answers what needs nobody to be refused, e.g. of a stranger: once, and nothing is held of it (RFC 3261 §8.2.7). */
  refuse(status: number, options?: ReplyOptions): void;
}

export type RequestHandler = (incoming: IncomingRequest) => void;

/** A request outside any dialog. Via, Max-Forwards, From tag, Call-ID and CSeq are filled in. */
export interface OutgoingRequest {
  readonly method: string;
  readonly requestUri: string;
  /** URI texts, e.g. `sip:34020000002000000001@3402000000`. */
  readonly from: string;
  readonly to: string;
  readonly flow: Flow;
  readonly headers?: readonly SipHeader[];
  readonly body?: Uint8Array;
  readonly contentType?: string;
  /** Gives up earlier than Timer F or B would, in ms. */
  readonly timeoutMs?: number;
  /** Call-ID and CSeq of one in a series, as the REGISTERs of one registration are (RFC 3261 §10.2); default new, 1. */
  readonly series?: { readonly callId: string; readonly sequence: number };
}

/** An INVITE on its way (RFC 3261 §13.2). */
export interface InviteAttempt {
  readonly callId: string;
  /**
   * Resolves with the confirmed dialog when a 2xx came (its ACK is sent by `acknowledge`).
   * Rejects with TransactionTimeout, TransportFailed, RejectedResponse or InviteCancelled.
   */
  readonly answered: Promise<AnsweredInvite>;
  /** RFC 3261 §9.1; a 2xx that crosses it is acknowledged and ended by BYE. */
  cancel(): void;
}

export interface AnsweredInvite {
  readonly response: SipResponse;
  readonly dialog: Dialog;
  /** Sends the ACK; it is repeated for each repeated 2xx by itself. */
  readonly acknowledge: () => void;
}

/** RFC 3261 §12, as the UAC or the UAS of the INVITE. */
export interface Dialog {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly remoteTarget: NameAddr | undefined;
  readonly ended: boolean;
  /** Sends a request within the dialog and resolves with its final response, whatever the status. */
  request(
    method: string,
    options?: {
      readonly headers?: readonly SipHeader[];
      readonly body?: Uint8Array;
      readonly contentType?: string;
      readonly timeoutMs?: number;
    },
  ): Promise<SipResponse>;
  /** Sends BYE and ends the dialog; never rejects, repeats itself until 200, 481 or Timer F. Idempotent. */
  bye(): Promise<void>;
  /** The peer is known to be elsewhere now, e.g. behind another mapping of its NAT: what follows goes there. */
  moveTo(flow: Flow): void;
  /** In-dialog requests of the peer except BYE, e.g. INFO; unhandled ones are answered by the layer. */
  onRequest(handler: RequestHandler): void;
  /** Called once when the peer has acknowledged our 2xx to its INVITE; at once when it has. */
  onAcknowledged(handler: () => void): void;
  /** Called once when the dialog is over: BYE of either side, 481 or 408 to a request, or the layer closing. */
  onEnded(handler: (by: 'local' | 'remote' | 'error') => void): void;
}

/** How a subscription ended: by whom, and what the notifier said of it (RFC 6665 §4.1.3). */
export interface SubscriptionEnd {
  readonly by: 'local' | 'remote' | 'error';
  readonly reason?: string | undefined;
  /** How long the notifier wants to be left alone, s. */
  readonly retryAfterS?: number | undefined;
}

/** A SUBSCRIBE to send (RFC 6665 §4.1.2). */
export interface SubscribeOrder extends Omit<OutgoingRequest, 'method'> {
  /** Value of Event, e.g. `presence` or `Catalog;id=1894`. */
  readonly event: string;
  readonly expiresS: number;
}

/** What a further SUBSCRIBE within the subscription carries. */
export interface RefreshOptions {
  /** Default: what was asked for first. */
  readonly expiresS?: number;
  readonly body?: Uint8Array;
  readonly timeoutMs?: number;
}

/** A SUBSCRIBE on its way. */
export interface SubscribeAttempt {
  /** NOTIFYs of the subscription have it, also those that come before the answer. */
  readonly callId: string;
  /** Resolves at a 2xx; rejects with TransactionTimeout, TransportFailed or RejectedResponse. */
  readonly answered: Promise<Subscription>;
  /** Ends it here without a word to the peer, whose NOTIFYs are refused from then on. */
  drop(): void;
}

/**
 * A subscription of ours. Its NOTIFYs go to the handler of that method, with `dialog.callId` of the subscription.
 * Who holds it refreshes it: nothing here does.
 */
export interface Subscription {
  readonly callId: string;
  /** Time granted by the last 2xx, s; what was asked for when it named none. */
  readonly grantedS: number;
  /** When it ends unless refreshed, on the monotonic line, ms; a NOTIFY may shorten it. */
  readonly expiresMs: number;
  readonly ended: boolean;
  /**
   * Rejects with TransactionTimeout, TransportFailed or RejectedResponse; a 481 has ended the subscription then, as
   * has a 408 or Timer F.
   */
  refresh(options: RefreshOptions): Promise<void>;
  /** SUBSCRIBE with Expires 0; ends here at once, never rejects. */
  unsubscribe(options?: RefreshOptions): Promise<void>;
  drop(): void;
  /** The peer is known to be elsewhere now. */
  moveTo(flow: Flow): void;
  onEnded(handler: (end: SubscriptionEnd) => void): void;
}

/** How a SUBSCRIBE of a peer is accepted. */
export interface AcceptOptions {
  /** Longest time granted, s. */
  readonly maxExpiresS: number;
  /** Of the 200. */
  readonly body?: Uint8Array;
  readonly contentType?: string;
}

/** One NOTIFY. */
export interface NotifyOptions {
  /** Default `active`. */
  readonly state?: 'active' | 'pending';
  readonly body?: Uint8Array;
  readonly contentType?: string;
  readonly timeoutMs?: number;
}

/** A subscription of a peer, to whom we report. It ends by itself when the peer does not refresh it. */
export interface NotifierSubscription {
  readonly callId: string;
  /** Value of Event as the peer gave it. */
  readonly event: string;
  /** Where the peer was heard last. */
  readonly flow: Flow;
  /** When it ends unless refreshed, on the monotonic line, ms. */
  readonly expiresMs: number;
  readonly ended: boolean;
  /**
   * Sends a NOTIFY after those before it are answered; resolves with the final response, whatever its status. Rejects
   * with TransactionTimeout or TransportFailed (also when too many wait, or the subscription is over).
   */
  notify(options: NotifyOptions): Promise<SipResponse>;
  /** Last NOTIFY: `Subscription-State: terminated;reason=…`, e.g. `deactivated`. Never rejects. */
  terminate(reason: string, options?: NotifyOptions): Promise<void>;
  /** The peer refreshed it, answered by 200 already; the state is to be reported anew (RFC 6665 §4.2.1.2). */
  onRefresh(handler: (incoming: IncomingRequest, expiresS: number) => void): void;
  onEnded(handler: (end: SubscriptionEnd) => void): void;
}

/** A message on its way in or out, for the signal trace. */
export interface TraceEntry {
  /** UTC, ms. */
  readonly atMs: number;
  readonly direction: 'in' | 'out';
  readonly flow: Flow;
  readonly bytes: Uint8Array;
}

/** The facade of the SIP floor. */
export interface SipUserAgent {
  /** Binds UDP and TCP on one port; port 0 takes a free one for both. */
  start(): Promise<void>;
  close(): Promise<void>;
  readonly port: number;
  /** Handler for requests of a method outside a dialog (or `*` for the rest; default 405 or 501). */
  onRequest(method: string, handler: RequestHandler): void;
  /** A TCP connection is gone: whoever was registered over this flow is unreachable. */
  onFlowClosed(handler: (flow: Flow) => void): void;
  /** A message that came over this flow was asked for: it does not count against the rate of its source. */
  credit(flow: Flow): void;
  /** Resolves with the final response, whatever its status; rejects with TransactionTimeout or TransportFailed. */
  request(options: OutgoingRequest): Promise<SipResponse>;
  invite(options: OutgoingRequest): InviteAttempt;
  /** Value of Contact for a user of ours, as this flow's peer reaches it. */
  contact(user: string, flow: Pick<Flow, 'transport'>): string;
  subscribe(order: SubscribeOrder): SubscribeAttempt;
  /**
   * Answers a SUBSCRIBE that came outside any subscription by 200; a NOTIFY has to follow. Undefined when there are
   * too many, answered by 503.
   */
  acceptSubscription(incoming: IncomingRequest, options: AcceptOptions): NotifierSubscription | undefined;
  /** Every message in and out, for the signal trace. */
  onTrace(handler: (entry: TraceEntry) => void): void;
}
