import type { NameAddr, SipResponse } from 'sip-parser-lite';
import { TransactionTimeout, TransportFailed } from '../errors.ts';
import { requestBytes } from '../message/request-bytes.ts';
import type { Dialog, Flow, IncomingRequest, RequestHandler } from '../types.ts';
import type { Caller, Outgoing } from './caller.ts';
import { type DialogFacts, routeOf } from './dialog-state.ts';

type EndedBy = 'local' | 'remote' | 'error';
type RequestOptions = NonNullable<Parameters<Dialog['request']>[1]>;

/** What a dialog needs. */
export interface DialogDeps {
  readonly caller: Caller;
  readonly onEnded: (dialog: SipDialog) => void;
  /** The peer speaks over another flow than before. */
  readonly onMoved: (dialog: SipDialog, before: Flow) => void;
  readonly onHandlerError: (error: unknown) => void;
}

/** Methods that `request` leaves to others: they are more than a request and its answer. */
const NOT_PLAIN: ReadonlySet<string> = new Set(['ACK', 'BYE', 'CANCEL', 'INVITE']);

/** A confirmed dialog (RFC 3261 §12.2). */
export class SipDialog implements Dialog {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly #facts: DialogFacts;
  readonly #deps: DialogDeps;
  readonly #endedHandlers: ((by: EndedBy) => void)[] = [];
  #flow: Flow;
  #remoteTarget: NameAddr | undefined;
  #localSequence: number;
  #remoteSequence: number | undefined;
  #requestHandler: RequestHandler | undefined;
  #endedBy: EndedBy | undefined;
  #farewell: Promise<void> | undefined;
  #onAck: (() => void) | undefined;
  #isAcknowledged = false;
  #ackHandlers: (() => void)[] = [];

  constructor(facts: DialogFacts, deps: DialogDeps) {
    this.callId = facts.callId;
    this.localTag = facts.localTag;
    this.remoteTag = facts.remoteTag;
    this.#facts = facts;
    this.#deps = deps;
    this.#flow = facts.flow;
    this.#remoteTarget = facts.remoteTarget;
    this.#localSequence = facts.localSequence;
    this.#remoteSequence = facts.remoteSequence;
  }

  get remoteTarget(): NameAddr | undefined {
    return this.#remoteTarget;
  }

  get ended(): boolean {
    return this.#endedBy !== undefined;
  }

  /** Where the peer was heard last. */
  get flow(): Flow {
    return this.#flow;
  }

  async request(method: string, options: RequestOptions = {}): Promise<SipResponse> {
    if (NOT_PLAIN.has(method)) throw new RangeError(`${method} is no plain request`);
    if (this.ended) throw new TransportFailed(method, new Error('dialog is over'));
    this.#localSequence += 1;
    const outgoing = this.#outgoing(method, this.#localSequence, options);
    try {
      const response = await this.#deps.caller.request(outgoing, this.#flow, options.timeoutMs);
      // §12.2.1.2: the peer knows nothing of the dialog any more.
      if (response.status === 481 || response.status === 408) this.end('error');
      return response;
    } catch (error) {
      // As a 408; but a caller who does not wait for Timer F has learnt nothing about the peer.
      if (error instanceof TransactionTimeout && options.timeoutMs === undefined) this.end('error');
      throw error;
    }
  }

  bye(): Promise<void> {
    this.#farewell ??= this.#sayBye();
    return this.#farewell;
  }

  onRequest(handler: RequestHandler): void {
    this.#requestHandler = handler;
  }

  onAcknowledged(handler: () => void): void {
    if (this.#isAcknowledged) handler();
    else this.#ackHandlers.push(handler);
  }

  onEnded(handler: (by: EndedBy) => void): void {
    if (this.#endedBy === undefined) this.#endedHandlers.push(handler);
    else handler(this.#endedBy);
  }

  /** Ends the dialog here; harmless when it is over. */
  end(by: EndedBy): void {
    if (this.#endedBy !== undefined) return;
    this.#endedBy = by;
    this.acknowledged();
    this.#deps.onEnded(this);
    for (const handler of this.#endedHandlers.splice(0)) {
      try {
        handler(by);
      } catch (error) {
        this.#deps.onHandlerError(error);
      }
    }
  }

  /**
   * Acknowledges a 2xx (RFC 3261 §13.2.2.4): the INVITE's sequence number, a branch of its own. Gives the octets
   * for repeated ones; undefined when they cannot be written.
   */
  acknowledge(sequence: number): Uint8Array | undefined {
    const { caller } = this.#deps;
    const outgoing = this.#outgoing('ACK', sequence, {});
    const bytes = requestBytes(caller.complete(outgoing, this.#flow, caller.newBranch()));
    if (bytes instanceof Error) return undefined;
    caller.sendAck(bytes, this.#flow);
    return bytes;
  }

  /** Wants to hear of the ACK to our 2xx, or of the end, whichever is first; the one before hears of it now. */
  awaitAck(onAck: () => void): void {
    this.acknowledged();
    this.#onAck = onAck;
  }

  acknowledged(): void {
    const onAck = this.#onAck;
    this.#onAck = undefined;
    onAck?.();
  }

  /**
   * Checks a request of the peer, and takes its source as where the peer is now. False when it is older than one
   * seen before (RFC 3261 §12.2.2).
   */
  admit({ request, flow }: IncomingRequest): boolean {
    const sequence = request.cSeq?.sequence ?? 0;
    if (this.#remoteSequence !== undefined && sequence < this.#remoteSequence) return false;
    this.#remoteSequence = sequence;
    // Call-ID and tags prove the peer: behind a NAT it may have another address by now.
    this.moveTo(flow);
    return true;
  }

  /** The ACK of the peer to our 2xx came. */
  acknowledgedByPeer(): void {
    this.acknowledged();
    if (this.#isAcknowledged) return;
    this.#isAcknowledged = true;
    const handlers = this.#ackHandlers;
    this.#ackHandlers = [];
    for (const handler of handlers) handler();
  }

  moveTo(flow: Flow): void {
    const before = this.#flow;
    if (before === flow || this.ended) return;
    this.#flow = flow;
    this.#deps.onMoved(this, before);
  }

  /** The peer's requests go elsewhere from now on (RFC 3261 §12.2.1.2, §12.2.2); `undefined` changes nothing. */
  refreshTarget(target: NameAddr | undefined): void {
    this.#remoteTarget = target ?? this.#remoteTarget;
  }

  /** True when somebody handles requests within this dialog. */
  handle(incoming: IncomingRequest): boolean {
    if (this.#requestHandler === undefined) return false;
    this.#requestHandler(incoming);
    return true;
  }

  async #sayBye(): Promise<void> {
    if (this.ended) return;
    this.#localSequence += 1;
    const outgoing = this.#outgoing('BYE', this.#localSequence, {});
    const flow = this.#flow;
    this.end('local');
    try {
      await this.#deps.caller.request(outgoing, flow);
    } catch {
      // Nobody answered: there is nothing left to end.
    }
  }

  #outgoing(method: string, sequence: number, options: RequestOptions): Outgoing {
    const { localParty, remoteParty, calledUri, callId, routes } = this.#facts;
    const target = this.#remoteTarget?.uri.text ?? calledUri;
    return {
      method,
      ...routeOf(target, routes),
      from: localParty,
      to: remoteParty,
      callId,
      sequence,
      headers: options.headers,
      contentType: options.contentType,
      body: options.body,
    };
  }
}
