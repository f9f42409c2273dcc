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
  acknowledge(): void;
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
  /** In-dialog requests of the peer except BYE, e.g. INFO; unhandled ones are answered by the layer. */
  onRequest(handler: RequestHandler): void;
  /** Called once when the dialog is over: BYE of either side, 481 or 408 to a request, or the layer closing. */
  onEnded(handler: (by: 'local' | 'remote' | 'error') => void): void;
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
  /** Resolves with the final response, whatever its status; rejects with TransactionTimeout or TransportFailed. */
  request(options: OutgoingRequest): Promise<SipResponse>;
  invite(options: OutgoingRequest): InviteAttempt;
  /** Every message in and out, for the signal trace. */
  onTrace(
    handler: (entry: {
      readonly atMs: number;
      readonly direction: 'in' | 'out';
      readonly flow: Flow;
      readonly bytes: Uint8Array;
    }) => void,
  ): void;
}
