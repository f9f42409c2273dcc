import type { SipRequest, SipResponse } from 'sip-parser-lite';
import type { Flow } from '../types.ts';

/** Hands octets to the transport; `failed` is called when it is sure that they do not arrive. */
export type Send = (flow: Flow, bytes: Uint8Array, failed: (error: Error) => void) => void;

/** A server transaction as its user sees it. */
export interface ServerTransaction {
  /** Sends a response; false when the transaction is past it and nothing was sent. */
  respond(status: number, bytes: Buffer): boolean;
  /**
   * Sends a final response once and holds nothing of the request (RFC 3261 §8.2.7), for one that needs nobody to be
   * refused: whoever forges sources would otherwise have each answer repeated to them eleven times.
   */
  refuse(status: number, bytes: Buffer): boolean;
}

/** A client transaction as its user sees it. */
export interface ClientTransaction {
  /** Ends it without a word to its user. */
  abandon(): void;
}

/** What the user of a client transaction hears; at most one of the last two, and nothing afterwards. */
export interface ClientTransactionUser {
  /** Provisional responses, the final one, and for an INVITE every 2xx. */
  onResponse(response: SipResponse): void;
  onTimedOut(): void;
  onTransportFailed(error: Error): void;
}

/** The transaction user (RFC 3261 §6): who answers requests. */
export interface TransactionUser {
  /** A new request; repetitions were absorbed. */
  onRequest(request: SipRequest, flow: Flow, transaction: ServerTransaction): void;
  /** An ACK that belongs to no transaction: that of a 2xx. */
  onAck(request: SipRequest, flow: Flow): void;
  /** The To tag with which an INVITE is answered, for the answer to its CANCEL (RFC 3261 §9.2). */
  toTagOf(transaction: ServerTransaction): string;
  /** CANCEL came for an INVITE that is not answered yet (RFC 3261 §9.2). */
  onCancelled(transaction: ServerTransaction): void;
  /** An INVITE's transaction is over without an answer of ours having arrived. */
  onInviteLost(transaction: ServerTransaction): void;
}
