import type { SipResponse } from 'sip-parser-lite';
import type { Cancel } from '../kernel/index.ts';
import { Caller } from './dialog/caller.ts';
import { DialogStore } from './dialog/dialog-store.ts';
import type { DialogDeps } from './dialog/dialog.ts';
import { UacInvite } from './dialog/uac-invite.ts';
import { limitsOf, type SipUserAgentOptions } from './options.ts';
import { Incoming } from './dialog/incoming.ts';
import { RequestRouter } from './request-router.ts';
import { SipMetrics } from './sip-metrics.ts';
import { Notifier } from './subscription/notifier.ts';
import { Subscriber } from './subscription/subscriber.ts';
import { type SubscriptionDeps, SubscriptionStore } from './subscription/subscription-store.ts';
import { TransactionLayer } from './transaction/transaction-layer.ts';
import {
  type TraceHandler,
  type Transport,
  TransportLayer,
  type TransportListener,
} from './transport/transport-layer.ts';
import type {
  AcceptOptions,
  Flow,
  IncomingRequest,
  InviteAttempt,
  NotifierSubscription,
  OutgoingRequest,
  RequestHandler,
  SipUserAgent,
  SubscribeAttempt,
  SubscribeOrder,
} from './types.ts';

const CHECK_PERIOD_MS = 1_000;
const DEFAULT_USER_AGENT = 'Yimu';

/** A SIP user agent over UDP and TCP on one port (RFC 3261); not started yet. */
export function createSipUserAgent(options: SipUserAgentOptions): SipUserAgent {
  return new UserAgent(options, (metrics, listener) => new TransportLayer(options, metrics, listener));
}

/** Composes the layers. */
export class UserAgent implements SipUserAgent {
  readonly #options: SipUserAgentOptions;
  readonly #transport: Transport;
  readonly #transactions: TransactionLayer;
  readonly #dialogs: DialogStore;
  readonly #subscriptions: SubscriptionStore;
  readonly #notifiers: SubscriptionStore;
  readonly #dialogDeps: DialogDeps;
  readonly #caller: Caller;
  readonly #router: RequestRouter;
  readonly #flowClosedHandlers: ((flow: Flow) => void)[] = [];
  #stopChecks: Cancel | undefined;

  constructor(
    options: SipUserAgentOptions,
    newTransport: (metrics: SipMetrics, listener: TransportListener) => Transport,
  ) {
    const { clock, random, logger, advertisedHost } = options;
    const limits = limitsOf(options);
    const metrics = new SipMetrics(options.instruments);
    this.#options = options;
    this.#dialogs = new DialogStore(limits.maxDialogs);
    this.#subscriptions = new SubscriptionStore(limits.maxSubscriptions);
    this.#notifiers = new SubscriptionStore(limits.maxNotifiers);
    this.#transport = newTransport(metrics, {
      onMessage: (message, flow) => {
        this.#transactions.onMessage(message, flow);
      },
      onFlowClosed: (flow) => {
        this.#onFlowClosed(flow);
      },
    });
    const send = this.#transport.send.bind(this.#transport);
    this.#caller = new Caller({
      clock,
      random,
      metrics,
      transactions: {
        request: (request) => this.#transactions.request(request),
        invite: (invite) => this.#transactions.invite(invite),
      },
      send,
      advertisedHost,
      userAgent: options.userAgent ?? DEFAULT_USER_AGENT,
      port: () => this.#transport.port,
    });
    this.#dialogDeps = {
      caller: this.#caller,
      onEnded: (dialog) => {
        this.#dialogs.remove(dialog);
      },
      onMoved: (dialog, before) => {
        this.#dialogs.moved(dialog, before);
      },
      onHandlerError: (error) => {
        this.#router.failed(error);
      },
    };
    this.#router = new RequestRouter({
      clock,
      metrics,
      logger,
      dialogs: this.#dialogs,
      subscriptions: this.#subscriptions,
      notifiers: this.#notifiers,
      dialogDeps: this.#dialogDeps,
      caller: this.#caller,
      onRegistered: (flow) => {
        this.#transport.trust(flow);
      },
    });
    this.#transactions = new TransactionLayer({ clock, metrics, limits, send, user: this.#router });
    this.#registerGauges();
  }

  get port(): number {
    return this.#transport.port;
  }

  async start(): Promise<void> {
    await this.#transport.open();
    this.#stopChecks = this.#options.clock.every(CHECK_PERIOD_MS, () => {
      this.#transactions.sweep();
      this.#transport.check();
      this.#notifiers.check();
    });
  }

  async close(): Promise<void> {
    this.#stopChecks?.();
    this.#stopChecks = undefined;
    this.#dialogs.endAll();
    this.#subscriptions.endAll();
    this.#notifiers.endAll();
    this.#router.close();
    this.#transactions.close();
    await this.#transport.close();
  }

  onRequest(method: string, handler: RequestHandler): void {
    this.#router.handle(method, handler);
  }

  onFlowClosed(handler: (flow: Flow) => void): void {
    this.#flowClosedHandlers.push(handler);
  }

  credit(flow: Flow): void {
    this.#transport.credit(flow);
  }

  onTrace(handler: TraceHandler): void {
    this.#transport.trace(handler);
  }

  request(options: OutgoingRequest): Promise<SipResponse> {
    const { method, requestUri, headers, body, contentType } = options;
    const outgoing = {
      method,
      requestUri,
      from: `<${options.from}>;tag=${this.#caller.newTag()}`,
      to: `<${options.to}>`,
      callId: options.series?.callId ?? this.#caller.newCallId(),
      sequence: options.series?.sequence ?? 1,
      headers,
      body,
      contentType,
    };
    return this.#caller.request(outgoing, options.flow, options.timeoutMs);
  }

  invite(options: OutgoingRequest): InviteAttempt {
    return new UacInvite(options, {
      caller: this.#caller,
      dialogs: this.#dialogs,
      dialogDeps: this.#dialogDeps,
    });
  }

  contact(user: string, flow: Pick<Flow, 'transport'>): string {
    return this.#caller.contact(user, flow);
  }

  subscribe(order: SubscribeOrder): SubscribeAttempt {
    return new Subscriber(order, this.#subscriptionDeps(this.#subscriptions));
  }

  acceptSubscription(incoming: IncomingRequest, options: AcceptOptions): NotifierSubscription | undefined {
    if (!(incoming instanceof Incoming)) throw new RangeError('not a request of this user agent');
    return Notifier.accept(incoming, options, this.#subscriptionDeps(this.#notifiers));
  }

  #subscriptionDeps(store: SubscriptionStore): SubscriptionDeps {
    return {
      caller: this.#caller,
      store,
      onHandlerError: (error) => {
        this.#router.failed(error);
      },
    };
  }

  #registerGauges(): void {
    const { instruments } = this.#options;
    const gauge = (name: string, help: string, read: () => number): void => {
      instruments.gauge(`yimu_sip_${name}`, help, read);
    };
    gauge('transactions', 'SIP transactions that wait for an answer', () => this.#transactions.active);
    gauge(
      'transactions_lingering',
      'answered SIP transactions that absorb repetitions',
      () => this.#transactions.lingering,
    );
    gauge('dialogs', 'SIP dialogs', () => this.#dialogs.size);
    gauge('subscriptions', 'subscriptions to peers (RFC 6665)', () => this.#subscriptions.size);
    gauge('notifiers', 'subscriptions of peers to us', () => this.#notifiers.size);
    gauge('tcp_connections', 'SIP connections over TCP', () => this.#transport.connections);
    gauge('tcp_held_bytes', 'octets of SIP messages that are not whole yet', () => this.#transport.heldBytes);
    gauge('sources', 'source addresses whose message rate is watched', () => this.#transport.sources);
  }

  #onFlowClosed(flow: Flow): void {
    this.#transactions.onFlowClosed(flow);
    this.#dialogs.endOn(flow);
    this.#subscriptions.endOn(flow);
    this.#notifiers.endOn(flow);
    for (const handler of this.#flowClosedHandlers) {
      try {
        handler(flow);
      } catch (error) {
        this.#router.failed(error);
      }
    }
  }
}
