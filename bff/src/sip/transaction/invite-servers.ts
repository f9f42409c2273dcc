import type { SipRequest, Via } from 'sip-parser-lite';
import type { Clock } from '../../kernel/index.ts';
import { hasTag } from '../message/reply-bytes.ts';
import type { SipMetrics, SipRefusal } from '../sip-metrics.ts';
import { sourceOf } from '../transport/addresses.ts';
import { ConnectionIndex } from '../transport/connection-index.ts';
import type { Flow } from '../types.ts';
import { InviteServerTransaction } from './invite-server-transaction.ts';
import { mergeKey, serverKey } from './transaction-key.ts';
import type { Send, ServerTransaction } from './transaction-user.ts';

/** What the INVITE server transactions need. */
export interface InviteServersDeps {
  readonly clock: Clock;
  readonly metrics: SipMetrics;
  readonly send: Send;
  readonly maxInvites: number;
  readonly maxInvitesPerSource: number;
  /** An INVITE's transaction is over without an answer of ours having arrived. */
  readonly onLost: (transaction: ServerTransaction) => void;
}

/** What became of an INVITE: a repetition, which is dealt with; one that is refused; or a new one. */
export type InviteReceipt =
  | { readonly kind: 'repeated' }
  | { readonly kind: 'refused'; readonly status: 482 | 503; readonly reason: SipRefusal }
  | { readonly kind: 'new'; readonly transaction: InviteServerTransaction };

/** Every INVITE server transaction (RFC 3261 §17.2.1), in all and by source not more than so many. */
export class InviteServers {
  readonly #deps: InviteServersDeps;
  readonly #transactions = new Map<string, InviteServerTransaction>();
  /** Requests that ask for a dialog, by what is the same in every copy of one (§8.2.2.2). */
  readonly #merging = new Set<string>();
  readonly #perSource = new Map<string, number>();
  readonly #byConnection = new ConnectionIndex<InviteServerTransaction>();

  constructor(deps: InviteServersDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#transactions.size;
  }

  /** Those without a final response yet. */
  get pending(): number {
    let pending = 0;
    for (const transaction of this.#transactions.values()) if (transaction.pending) pending += 1;
    return pending;
  }

  /** The transaction of the INVITE to which an ACK or a CANCEL belongs. */
  find(request: SipRequest, via: Via, flow: Flow): InviteServerTransaction | undefined {
    return this.#transactions.get(serverKey(request, via, flow, 'INVITE'));
  }

  receive(request: SipRequest, via: Via, flow: Flow): InviteReceipt {
    const key = serverKey(request, via, flow, 'INVITE');
    const known = this.#transactions.get(key);
    if (known !== undefined) {
      known.onRequest();
      return { kind: 'repeated' };
    }
    // §8.2.2.2: the same request on another way. Only one that asks for a dialog can be such a copy.
    const merging = hasTag(request, request.header('To') ?? '') ? undefined : mergeKey(request);
    if (merging !== undefined && this.#merging.has(merging))
      return { kind: 'refused', status: 482, reason: 'merged-request' };
    const source = sourceOf(flow.remoteAddress);
    const reason = this.#limitFor(source);
    if (reason !== undefined) return { kind: 'refused', status: 503, reason };
    return { kind: 'new', transaction: this.#add(key, flow, source, merging) };
  }

  onFlowClosed(flow: Flow): void {
    for (const transaction of this.#byConnection.on(flow)) transaction.onFlowClosed();
  }

  close(): void {
    for (const transaction of [...this.#transactions.values()]) transaction.onFlowClosed();
  }

  #limitFor(source: string): SipRefusal | undefined {
    const { maxInvites, maxInvitesPerSource } = this.#deps;
    if (this.#transactions.size >= maxInvites) return 'invite-limit';
    const ofSource = this.#perSource.get(source) ?? 0;
    return ofSource >= maxInvitesPerSource ? 'invite-limit-per-source' : undefined;
  }

  #add(key: string, flow: Flow, source: string, merging: string | undefined): InviteServerTransaction {
    const { clock, metrics, send, onLost } = this.#deps;
    const transaction = new InviteServerTransaction(flow, {
      clock,
      metrics,
      send,
      onLost,
      onTerminated: () => {
        this.#transactions.delete(key);
        if (merging !== undefined) this.#merging.delete(merging);
        this.#byConnection.remove(transaction, flow);
        const left = (this.#perSource.get(source) ?? 1) - 1;
        if (left > 0) this.#perSource.set(source, left);
        else this.#perSource.delete(source);
      },
    });
    this.#transactions.set(key, transaction);
    if (merging !== undefined) this.#merging.add(merging);
    this.#byConnection.add(transaction, flow);
    this.#perSource.set(source, (this.#perSource.get(source) ?? 0) + 1);
    return transaction;
  }
}
