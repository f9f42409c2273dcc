import type { SipRequest } from 'sip-parser-lite';
import { replyBytes } from '../message/reply-bytes.ts';
import { statelessTag } from '../message/stateless-tag.ts';
import type { SipMetrics } from '../sip-metrics.ts';
import type { ServerTransaction } from '../transaction/transaction-user.ts';
import type { Dialog, Flow, IncomingRequest, ReplyOptions } from '../types.ts';

/** What an incoming request needs to be answered. */
export interface IncomingDeps {
  readonly metrics: SipMetrics;
  readonly newTag: () => string;
  /** Called when the final response is given. */
  readonly onAnswered: (incoming: Incoming, status: number) => void;
}

/** A request of a peer, to be answered through its transaction. */
export class Incoming implements IncomingRequest {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly transaction: ServerTransaction;
  readonly #deps: IncomingDeps;
  #dialog: Dialog | undefined;
  /** One tag for every response to this request (RFC 3261 §8.2.6.2). */
  #toTag: string | undefined;
  #answered = false;

  constructor(
    request: SipRequest,
    flow: Flow,
    transaction: ServerTransaction,
    deps: IncomingDeps,
    dialog?: Dialog,
  ) {
    this.request = request;
    this.flow = flow;
    this.transaction = transaction;
    this.#deps = deps;
    this.#dialog = dialog;
  }

  get dialog(): Dialog | undefined {
    return this.#dialog;
  }

  /** A subscription found out that the request is of its dialog. */
  belongsTo(dialog: Dialog): void {
    this.#dialog = dialog;
  }

  /** Whether a final response was given. */
  get answered(): boolean {
    return this.#answered;
  }

  /** The tag of this end. */
  get toTag(): string {
    this.#toTag ??= this.#deps.newTag();
    return this.#toTag;
  }

  reply(status: number, options?: ReplyOptions): void {
    this.respond(status, options);
  }

  /** Refuses what needs nobody to be refused: once, and nothing is held of it (RFC 3261 §8.2.7). */
  refuse(status: number, options: ReplyOptions = {}): void {
    this.respond(status, { ...options, toTag: statelessTag(this.request) }, 'refuse');
  }

  /** The octets that were sent; undefined when an earlier answer holds. */
  respond(
    status: number,
    options: ReplyOptions | undefined,
    how: 'respond' | 'refuse' = 'respond',
  ): Buffer | undefined {
    if (this.#answered) {
      this.#deps.metrics.refused('reply-ignored');
      return undefined;
    }
    if (!Number.isInteger(status) || status < 100 || status > 699)
      throw new RangeError(`${String(status)} is no status`);
    if (options?.toTag !== undefined) this.#toTag ??= options.toTag;
    const bytes = replyBytes(this, status, status === 100 ? '' : this.toTag, options);
    if (status >= 200) {
      this.#answered = true;
      this.#deps.onAnswered(this, status);
    }
    if (!this.transaction[how](status, bytes)) {
      this.#deps.metrics.refused('reply-ignored');
      return undefined;
    }
    this.#deps.metrics.sent.response(this.request.method, status);
    return bytes;
  }
}
