import type { SipRequest } from 'sip-parser-lite';
import type { Clock, Logger } from '../kernel/index.ts';
import type { Caller } from './dialog/caller.ts';
import type { DialogStore } from './dialog/dialog-store.ts';
import type { DialogDeps, SipDialog } from './dialog/dialog.ts';
import { IncomingInvite, type IncomingInviteDeps } from './dialog/incoming-invite.ts';
import { Incoming } from './dialog/incoming.ts';
import { PendingInvites } from './dialog/pending-invites.ts';
import { earlyRefusal, unsupportedExtension } from './request-checks.ts';
import type { SipMetrics } from './sip-metrics.ts';
import type { SubscriptionStore } from './subscription/subscription-store.ts';
import type { ServerTransaction, TransactionUser } from './transaction/transaction-user.ts';
import type { Flow, RequestHandler } from './types.ts';

const ANY_METHOD = '*';
/** Methods that this layer answers itself within dialogs. */
const OWN_METHODS = ['ACK', 'BYE', 'CANCEL'] as const;
/** Methods that are known but need a handler; others are 501 (RFC 3261 §21.5.2). */
const KNOWN_METHODS: ReadonlySet<string> = new Set([
  ...OWN_METHODS,
  'INFO',
  'INVITE',
  'MESSAGE',
  'NOTIFY',
  'OPTIONS',
  'REGISTER',
  'SUBSCRIBE',
]);

/** What the router needs. */
export interface RequestRouterDeps {
  readonly clock: Clock;
  readonly metrics: SipMetrics;
  readonly logger: Logger;
  readonly dialogs: DialogStore;
  /** Subscriptions of ours, and of peers. */
  readonly subscriptions: SubscriptionStore;
  readonly notifiers: SubscriptionStore;
  readonly dialogDeps: DialogDeps;
  readonly caller: Pick<Caller, 'newTag' | 'contact'>;
  /** Somebody registered over this flow. */
  readonly onRegistered: (flow: Flow) => void;
}

/** The UAS core (RFC 3261 §8.2, §12.2.2): decides who answers a request. */
export class RequestRouter implements TransactionUser {
  readonly #deps: RequestRouterDeps;
  readonly #inviteDeps: IncomingInviteDeps;
  readonly #handlers = new Map<string, RequestHandler>();
  readonly #pendingInvites: PendingInvites;

  constructor(deps: RequestRouterDeps) {
    const { clock, metrics, dialogs, dialogDeps, caller } = deps;
    this.#deps = deps;
    this.#pendingInvites = new PendingInvites(clock);
    this.#inviteDeps = {
      clock,
      metrics,
      dialogs,
      dialogDeps,
      newTag: () => caller.newTag(),
      contact: (user, flow) => caller.contact(user, flow),
      onAnswered: (incoming, status) => {
        this.#onAnswered(incoming, status);
      },
    };
  }

  /** Handler for requests of a method outside a dialog, or `*` for the rest. */
  handle(method: string, handler: RequestHandler): void {
    this.#handlers.set(method, handler);
  }

  onRequest(request: SipRequest, flow: Flow, transaction: ServerTransaction): void {
    const dialog = this.#deps.dialogs.of(request, flow);
    const incoming =
      request.method === 'INVITE'
        ? new IncomingInvite(request, flow, transaction, this.#inviteDeps, dialog)
        : new Incoming(request, flow, transaction, this.#inviteDeps, dialog);
    if (dialog === undefined) {
      if (!this.#isOfSubscription(incoming)) this.#onNewRequest(incoming);
    } else this.#onDialogRequest(incoming, dialog);
    if (request.method === 'INVITE' && !incoming.answered) this.#pendingInvites.add(incoming);
  }

  onAck(request: SipRequest, flow: Flow): void {
    const dialog = this.#deps.dialogs.of(request, flow);
    if (dialog === undefined) this.#deps.metrics.refused('unmatched-ack');
    else this.#acknowledge(dialog);
  }

  toTagOf(transaction: ServerTransaction): string {
    return this.#pendingInvites.of(transaction)?.toTag ?? this.#deps.caller.newTag();
  }

  onCancelled(transaction: ServerTransaction): void {
    this.#pendingInvites.of(transaction)?.reply(487);
  }

  onInviteLost(transaction: ServerTransaction): void {
    this.#pendingInvites.remove(transaction);
  }

  /** Forgets what is not answered yet. */
  close(): void {
    this.#pendingInvites.clear();
  }

  /** A handler's fault goes no further than this. */
  failed(error: unknown): void {
    this.#deps.metrics.refused('handler-failed');
    this.#deps.logger.error({ error }, 'SIP handler fails');
  }

  #acknowledge(dialog: SipDialog): void {
    try {
      dialog.acknowledgedByPeer();
    } catch (error) {
      this.failed(error);
    }
  }

  #onAnswered({ request, flow, transaction }: Incoming, status: number): void {
    if (request.method === 'INVITE') this.#pendingInvites.remove(transaction);
    else if (request.method === 'REGISTER' && status < 300) this.#deps.onRegistered(flow);
  }

  /** Whether a SUBSCRIBE or NOTIFY belongs to a subscription, which takes it then (RFC 6665 §4.4.1). */
  #isOfSubscription(incoming: Incoming): boolean {
    const { request } = incoming;
    if (request.method !== 'NOTIFY' && request.method !== 'SUBSCRIBE') return false;
    const { subscriptions, notifiers } = this.#deps;
    const found = (request.method === 'NOTIFY' ? subscriptions : notifiers).of(request);
    if (found === undefined) return false;
    const refusal = unsupportedExtension(request);
    if (refusal !== undefined) incoming.reply(refusal.status, refusal.options);
    else
      this.#guarded(incoming, () => {
        found.receive(incoming, () => {
          this.#dispatch(incoming);
        });
      });
    return true;
  }

  #onNewRequest(incoming: Incoming): void {
    const refusal = earlyRefusal(incoming.request);
    if (refusal === undefined) this.#dispatch(incoming);
    else incoming.refuse(refusal.status, refusal.options);
  }

  #onDialogRequest(incoming: Incoming, dialog: SipDialog): void {
    const { method } = incoming.request;
    // §12.2.2: a request that is older than one seen before.
    if (!dialog.admit(incoming)) incoming.reply(500);
    else if (method === 'BYE') {
      incoming.reply(200);
      dialog.end('remote');
      for (const pending of this.#pendingInvites.within(dialog)) pending.reply(487);
    } else {
      const refusal = unsupportedExtension(incoming.request);
      if (refusal === undefined) this.#offer(incoming, dialog);
      else incoming.reply(refusal.status, refusal.options);
    }
  }

  #offer(incoming: Incoming, dialog: SipDialog): void {
    this.#guarded(incoming, () => {
      if (dialog.handle(incoming)) return;
      // Nothing is negotiated anew unless somebody asked to hear of it.
      if (incoming.request.method === 'INVITE') incoming.reply(488);
      else this.#dispatch(incoming);
    });
  }

  #dispatch(incoming: Incoming): void {
    const { method } = incoming.request;
    const handler = this.#handlers.get(method) ?? this.#handlers.get(ANY_METHOD);
    if (handler === undefined) {
      const value = [...new Set([...OWN_METHODS, ...this.#handlers.keys()])]
        .filter((allowed) => allowed !== ANY_METHOD)
        .join(', ');
      incoming.refuse(KNOWN_METHODS.has(method) ? 405 : 501, { headers: [{ name: 'Allow', value }] });
      return;
    }
    this.#guarded(incoming, () => {
      handler(incoming);
    });
  }

  /** A handler's fault is answered by 500 and goes no further (RFC 3261 §21.5.1). */
  #guarded(incoming: Incoming, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.failed(error);
      if (!incoming.answered) incoming.reply(500);
    }
  }
}
