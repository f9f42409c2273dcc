import { detach, type SipRequest, type SipResponse } from 'sip-parser-lite';
import { dialogOfCallee } from '../dialog/dialog-state.ts';
import { SipDialog } from '../dialog/dialog.ts';
import type { Incoming } from '../dialog/incoming.ts';
import { TransactionTimeout, TransportFailed } from '../errors.ts';
import type {
  AcceptOptions,
  Flow,
  IncomingRequest,
  NotifierSubscription,
  NotifyOptions,
  SubscriptionEnd,
} from '../types.ts';
import type { HeldSubscription, SubscriptionDeps } from './subscription-store.ts';

/** NOTIFYs of one subscription that may wait for the one before. */
const MAX_WAITING = 256;
/** Granted when the subscriber names no time (GB/T 28181-2016 annex P.2.1.2.1), s. */
const DEFAULT_EXPIRES_S = 600;

/** A subscription of a peer, to whom we report (RFC 6665 §4.2). */
export class Notifier implements NotifierSubscription, HeldSubscription {
  readonly callId: string;
  readonly localTag: string;
  readonly event: string;
  readonly #deps: SubscriptionDeps;
  readonly #maxExpiresS: number;
  readonly #dialog: SipDialog;
  readonly #user: string;
  readonly #endedHandlers: ((end: SubscriptionEnd) => void)[] = [];
  #refreshHandler: ((incoming: IncomingRequest, expiresS: number) => void) | undefined;
  #expiresMs: number;
  #waiting = 0;
  #tail: Promise<unknown> = Promise.resolve();
  #end: SubscriptionEnd | undefined;

  /** Answers the SUBSCRIBE by 200 and stands from then on; undefined when there was no room, answered 503. */
  static accept(incoming: Incoming, options: AcceptOptions, deps: SubscriptionDeps): Notifier | undefined {
    const notifier = new Notifier(incoming, options, deps);
    if (!deps.store.add(notifier)) {
      deps.caller.metrics.refused('subscription-limit');
      incoming.reply(503);
      return undefined;
    }
    notifier.#ok(incoming, options);
    return notifier;
  }

  private constructor(incoming: Incoming, options: AcceptOptions, deps: SubscriptionDeps) {
    const { request, flow, toTag } = incoming;
    this.#deps = deps;
    this.#maxExpiresS = options.maxExpiresS;
    this.#user = detach(request.to?.uri.user ?? '');
    this.event = detach(request.header('Event') ?? 'presence');
    const facts = dialogOfCallee(request, toTag, flow);
    this.callId = facts.callId;
    this.localTag = facts.localTag;
    this.#dialog = new SipDialog(facts, {
      caller: deps.caller,
      onHandlerError: deps.onHandlerError,
      onEnded: () => {
        this.#finish({ by: 'error' });
      },
      onMoved: (_dialog, before) => {
        deps.store.moved(this, before);
      },
    });
    this.#expiresMs = this.#dueMs(grantedS(request, this.#maxExpiresS));
  }

  get flow(): Flow {
    return this.#dialog.flow;
  }

  get expiresMs(): number {
    return this.#expiresMs;
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  async notify(options: NotifyOptions): Promise<SipResponse> {
    const leftS = Math.max(1, Math.ceil((this.#expiresMs - this.#deps.caller.clock.monotonicMs()) / 1_000));
    return await this.#queued(() =>
      this.#notify(`${options.state ?? 'active'};expires=${String(leftS)}`, options),
    );
  }

  async terminate(reason: string, options: NotifyOptions = {}): Promise<void> {
    if (this.ended) return;
    const farewell = this.#queued(() => this.#notify(`terminated;reason=${reason}`, options));
    await farewell.catch(() => undefined);
    this.#finish({ by: 'local', reason });
  }

  onRefresh(handler: (incoming: IncomingRequest, expiresS: number) => void): void {
    this.#refreshHandler = handler;
  }

  onEnded(handler: (end: SubscriptionEnd) => void): void {
    if (this.#end === undefined) this.#endedHandlers.push(handler);
    else handler(this.#end);
  }

  lost(): void {
    this.#finish({ by: 'error' });
  }

  /** §4.4.1: a subscription that is not refreshed ends with a NOTIFY that says so. */
  check(): void {
    if (this.#end === undefined && this.#deps.caller.clock.monotonicMs() >= this.#expiresMs) {
      this.#expiresMs = Infinity;
      void this.terminate('timeout');
    }
  }

  receive(incoming: Incoming): void {
    const { request } = incoming;
    if (request.method !== 'SUBSCRIBE') {
      incoming.reply(481);
      return;
    }
    if (!this.#dialog.admit(incoming)) {
      incoming.reply(500);
      return;
    }
    incoming.belongsTo(this.#dialog);
    const expiresS = grantedS(request, this.#maxExpiresS);
    this.#ok(incoming, { maxExpiresS: this.#maxExpiresS });
    if (expiresS === 0) {
      // §4.2.1.2: also the end is reported.
      void this.terminate('timeout');
      return;
    }
    this.#expiresMs = this.#dueMs(expiresS);
    this.#refreshHandler?.(incoming, expiresS);
  }

  #ok(incoming: Incoming, options: AcceptOptions): void {
    const { request, flow } = incoming;
    incoming.reply(200, {
      headers: [
        { name: 'Contact', value: this.#deps.caller.contact(this.#user, flow) },
        { name: 'Event', value: this.event },
        { name: 'Expires', value: String(grantedS(request, this.#maxExpiresS)) },
        ...(options.contentType === undefined ? [] : [{ name: 'Content-Type', value: options.contentType }]),
      ],
      ...(options.body === undefined ? {} : { body: options.body }),
    });
  }

  async #notify(state: string, options: NotifyOptions): Promise<SipResponse> {
    if (this.ended) throw new TransportFailed('NOTIFY', new Error('the subscription is over'));
    try {
      return await this.#dialog.request('NOTIFY', {
        headers: [
          { name: 'Contact', value: this.#deps.caller.contact(this.#user, this.flow) },
          { name: 'Event', value: this.event },
          { name: 'Subscription-State', value: state },
        ],
        ...(options.body === undefined ? {} : { body: options.body }),
        ...(options.contentType === undefined ? {} : { contentType: options.contentType }),
        ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      });
    } catch (error) {
      // §4.2.2: a subscriber who does not answer is gone.
      if (error instanceof TransactionTimeout) this.#finish({ by: 'error' });
      throw error;
    }
  }

  /** One after another: a NOTIFY that overtakes another would be refused as too old. */
  #queued(send: () => Promise<SipResponse>): Promise<SipResponse> {
    if (this.#waiting >= MAX_WAITING)
      return Promise.reject(new TransportFailed('NOTIFY', new Error('too many wait')));
    this.#waiting += 1;
    const result = this.#tail.then(send, send).finally(() => {
      this.#waiting -= 1;
    });
    this.#tail = result.catch(() => undefined);
    return result;
  }

  #dueMs(expiresS: number): number {
    return this.#deps.caller.clock.monotonicMs() + expiresS * 1_000;
  }

  #finish(end: SubscriptionEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#deps.store.remove(this);
    this.#dialog.end(end.by);
    for (const handler of this.#endedHandlers.splice(0)) {
      try {
        handler(end);
      } catch (error) {
        this.#deps.onHandlerError(error);
      }
    }
  }
}

function grantedS(request: SipRequest, maxS: number): number {
  return Math.min(request.expires ?? DEFAULT_EXPIRES_S, maxS);
}
