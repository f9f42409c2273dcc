import { parseUri, type SipMessage, type SipResponse } from 'sip-parser-lite';
import type { Outgoing } from '../dialog/caller.ts';
import { dialogOfCaller, dialogOfNotifier } from '../dialog/dialog-state.ts';
import { SipDialog } from '../dialog/dialog.ts';
import type { Incoming } from '../dialog/incoming.ts';
import { RejectedResponse, TransactionTimeout, TransportFailed } from '../errors.ts';
import type {
  Flow,
  RefreshOptions,
  SubscribeAttempt,
  SubscribeOrder,
  Subscription,
  SubscriptionEnd,
} from '../types.ts';
import { subscriptionStateOf } from './subscription-state.ts';
import type { HeldSubscription, SubscriptionDeps } from './subscription-store.ts';

/**
 * A subscription of ours (RFC 6665 §4.1). Its dialog is made by the 2xx, or by a NOTIFY that overtakes it (§4.4.1).
 * There is no timer here: who holds it refreshes it before its time is over.
 */
export class Subscriber implements Subscription, SubscribeAttempt, HeldSubscription {
  readonly callId: string;
  readonly localTag: string;
  readonly answered: Promise<Subscription>;
  readonly #deps: SubscriptionDeps;
  readonly #order: SubscribeOrder;
  readonly #request: Outgoing;
  readonly #endedHandlers: ((end: SubscriptionEnd) => void)[] = [];
  #dialog: SipDialog | undefined;
  #flow: Flow;
  #grantedS: number;
  #expiresMs = 0;
  #end: SubscriptionEnd | undefined;

  constructor(order: SubscribeOrder, deps: SubscriptionDeps) {
    const { caller } = deps;
    this.#deps = deps;
    this.#order = order;
    this.#flow = order.flow;
    this.#grantedS = order.expiresS;
    this.callId = caller.newCallId();
    this.localTag = caller.newTag();
    this.#request = {
      method: 'SUBSCRIBE',
      requestUri: order.requestUri,
      from: `<${order.from}>;tag=${this.localTag}`,
      to: `<${order.to}>`,
      callId: this.callId,
      sequence: 1,
      contact: this.#contact(),
      headers: this.#headers(order.expiresS),
      contentType: order.contentType,
      body: order.body,
    };
    this.answered = this.#subscribe();
    // Whoever only drops it need not look at the promise.
    this.answered.catch(() => undefined);
  }

  get flow(): Flow {
    return this.#flow;
  }

  get grantedS(): number {
    return this.#grantedS;
  }

  get expiresMs(): number {
    return this.#expiresMs;
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  async refresh(options: RefreshOptions): Promise<void> {
    const response = await this.#inDialog(options.expiresS ?? this.#order.expiresS, options);
    if (response.status >= 300) throw rejection(response);
    this.#grant(response, options.expiresS ?? this.#order.expiresS);
  }

  async unsubscribe(options: RefreshOptions = {}): Promise<void> {
    if (this.ended) return;
    const farewell = this.#dialog === undefined ? undefined : this.#inDialog(0, options);
    this.#finish({ by: 'local' });
    await farewell?.catch(() => undefined);
  }

  lost(): void {
    this.#finish({ by: 'error' });
  }

  drop(): void {
    this.#finish({ by: 'local' });
  }

  check(): void {
    // The holder looks after the time of its subscriptions.
  }

  moveTo(flow: Flow): void {
    if (this.#dialog === undefined) this.#moved(flow);
    else this.#dialog.moveTo(flow);
  }

  onEnded(handler: (end: SubscriptionEnd) => void): void {
    if (this.#end === undefined) this.#endedHandlers.push(handler);
    else handler(this.#end);
  }

  receive(incoming: Incoming, offer: () => void): void {
    const { request } = incoming;
    if (request.method !== 'NOTIFY') {
      incoming.reply(481);
      return;
    }
    const isFirst = this.#dialog === undefined;
    const dialog = (this.#dialog ??= this.#newDialog(
      dialogOfNotifier(request, this.#request, this.localTag, incoming.flow),
    ));
    if (!isFirst && !dialog.admit(incoming)) {
      incoming.reply(500);
      return;
    }
    incoming.belongsTo(dialog);
    const { state, expiresS, reason, retryAfterS } = subscriptionStateOf(request);
    if (state !== 'terminated' && expiresS !== undefined) this.#shorten(expiresS);
    offer();
    if (state === 'terminated') this.#finish({ by: 'remote', reason, retryAfterS });
  }

  async #subscribe(): Promise<Subscription> {
    const { caller, store } = this.#deps;
    if (!store.add(this)) {
      caller.metrics.refused('subscription-limit');
      throw new TransportFailed('SUBSCRIBE', new Error('too many subscriptions'));
    }
    try {
      const response = await caller.request(this.#request, this.#flow, this.#order.timeoutMs);
      if (response.status >= 300) throw rejection(response);
      if (this.ended) throw new TransportFailed('SUBSCRIBE', new Error('the subscription is over'));
      const facts = dialogOfCaller(
        { ...this.#request, via: '' },
        this.localTag,
        response,
        this.#dialog?.flow ?? this.#flow,
      );
      this.#dialog ??= this.#newDialog(facts);
      this.#grant(response, this.#order.expiresS);
      return this;
    } catch (error) {
      this.#finish({ by: 'error' });
      throw error;
    }
  }

  async #inDialog(expiresS: number, options: RefreshOptions): Promise<SipResponse> {
    const dialog = this.#dialog;
    if (dialog === undefined || this.ended)
      throw new TransportFailed('SUBSCRIBE', new Error('the subscription is over'));
    return await dialog.request('SUBSCRIBE', {
      headers: [{ name: 'Contact', value: this.#contact() }, ...this.#headers(expiresS)],
      ...(options.body === undefined ? {} : { body: options.body }),
      ...(this.#order.contentType === undefined ? {} : { contentType: this.#order.contentType }),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    });
  }

  /** §4.1.2.1: the notifier may shorten what was asked for. Vendor: Huawei names no time; it is what was asked then. */
  #grant(response: SipMessage, askedS: number): void {
    this.#grantedS = Math.min(response.expires ?? askedS, askedS);
    this.#expiresMs = this.#deps.caller.clock.monotonicMs() + this.#grantedS * 1_000;
    if (this.#grantedS === 0) this.#finish({ by: 'remote' });
  }

  #shorten(expiresS: number): void {
    const expiresMs = this.#deps.caller.clock.monotonicMs() + expiresS * 1_000;
    if (this.#expiresMs > 0) this.#expiresMs = Math.min(this.#expiresMs, expiresMs);
  }

  #newDialog(facts: ConstructorParameters<typeof SipDialog>[0]): SipDialog {
    const { caller, onHandlerError } = this.#deps;
    return new SipDialog(facts, {
      caller,
      onHandlerError,
      onEnded: () => {
        this.#finish({ by: 'error' });
      },
      onMoved: (dialog) => {
        this.#moved(dialog.flow);
      },
    });
  }

  #moved(flow: Flow): void {
    const before = this.#flow;
    this.#flow = flow;
    this.#deps.store.moved(this, before);
  }

  #finish(end: SubscriptionEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#deps.store.remove(this);
    this.#dialog?.end(end.by);
    for (const handler of this.#endedHandlers.splice(0)) {
      try {
        handler(end);
      } catch (error) {
        this.#deps.onHandlerError(error);
      }
    }
  }

  #contact(): string {
    return this.#deps.caller.contact(parseUri(this.#order.from)?.user ?? '', this.#flow);
  }

  #headers(expiresS: number): { readonly name: string; readonly value: string }[] {
    return [
      { name: 'Event', value: this.#order.event },
      { name: 'Expires', value: String(expiresS) },
      ...(this.#order.headers ?? []),
    ];
  }
}

function rejection(response: SipResponse): Error {
  if (response.status === 408) return new TransactionTimeout('SUBSCRIBE', response.callId ?? '');
  return new RejectedResponse(response.status, response.reason, {
    retryAfterS: wholeSeconds(response.header('Retry-After')),
    minExpiresS: wholeSeconds(response.header('Min-Expires')),
  });
}

function wholeSeconds(text: string | undefined): number | undefined {
  const digits = text === undefined ? undefined : /^\s*(\d{1,9})(?!\d)/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
