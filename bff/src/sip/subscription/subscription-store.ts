import type { SipRequest } from 'sip-parser-lite';
import type { Caller } from '../dialog/caller.ts';
import type { Incoming } from '../dialog/incoming.ts';
import { hasTag } from '../message/reply-bytes.ts';
import { ConnectionIndex } from '../transport/connection-index.ts';
import type { Flow } from '../types.ts';

/** A subscription as its store sees it, whichever side of it we are. */
export interface HeldSubscription {
  readonly callId: string;
  readonly localTag: string;
  readonly flow: Flow;
  /** Takes a SUBSCRIBE or NOTIFY of the peer; `offer` hands it to whoever handles such requests. */
  receive(incoming: Incoming, offer: () => void): void;
  /** Ends it here without a word to the peer. */
  lost(): void;
  /** Looks whether its time is over. */
  check(): void;
}

/** What a subscription of either side needs. */
export interface SubscriptionDeps {
  readonly caller: Caller;
  readonly store: SubscriptionStore;
  readonly onHandlerError: (error: unknown) => void;
}

/** The subscriptions of one side, by Call-ID and our own tag: both are ours, and long enough to prove the peer. */
export class SubscriptionStore {
  readonly #byCallId = new Map<string, HeldSubscription>();
  readonly #byConnection = new ConnectionIndex<HeldSubscription>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#byCallId.size;
  }

  /** False when there is no room, or one with this Call-ID already. */
  add(subscription: HeldSubscription): boolean {
    const { callId, flow } = subscription;
    if (this.#byCallId.size >= this.#capacity || this.#byCallId.has(callId)) return false;
    this.#byCallId.set(callId, subscription);
    this.#byConnection.add(subscription, flow);
    return true;
  }

  remove(subscription: HeldSubscription): void {
    if (this.#byCallId.get(subscription.callId) !== subscription) return;
    this.#byCallId.delete(subscription.callId);
    this.#byConnection.remove(subscription, subscription.flow);
  }

  /** The peer speaks over another flow than before. */
  moved(subscription: HeldSubscription, before: Flow): void {
    if (this.#byCallId.get(subscription.callId) !== subscription) return;
    this.#byConnection.remove(subscription, before);
    this.#byConnection.add(subscription, subscription.flow);
  }

  /** The one to which a request of the peer belongs. */
  of(request: SipRequest): HeldSubscription | undefined {
    if (this.#byCallId.size === 0 || !hasTag(request, request.header('To') ?? '')) return undefined;
    const found = this.#byCallId.get(request.callId ?? '');
    return found !== undefined && found.localTag === request.to?.tag ? found : undefined;
  }

  /** The connection is gone, and with it the way to every peer that was reached over it. */
  endOn(connection: Flow): void {
    for (const subscription of this.#byConnection.on(connection)) subscription.lost();
  }

  check(): void {
    for (const subscription of [...this.#byCallId.values()]) subscription.check();
  }

  endAll(): void {
    for (const subscription of [...this.#byCallId.values()]) subscription.lost();
  }
}
