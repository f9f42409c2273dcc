import type {
  Flow,
  RefreshOptions,
  SubscribeAttempt,
  SubscribeOrder,
  Subscription,
  SubscriptionEnd,
} from '../../../bff/src/sip/index.ts';

/** A further SUBSCRIBE of the layer under test, which waits for its answer. */
interface SentRefresh {
  readonly options: RefreshOptions;
  answer(grantedS?: number): void;
  fail(error: Error): void;
}

/** A SUBSCRIBE of the layer under test, and the subscription that its peer, the test, makes of it. */
export class FakeSubscription implements Subscription, SubscribeAttempt {
  readonly callId: string;
  readonly order: SubscribeOrder;
  readonly answered: Promise<Subscription>;
  readonly refreshes: SentRefresh[] = [];
  readonly moves: Flow[] = [];
  grantedS = 0;
  expiresMs = 0;
  ended = false;
  /** By Expires 0. */
  unsubscribed = 0;
  dropped = 0;
  readonly #nowMs: () => number;
  readonly #onEnded: ((end: SubscriptionEnd) => void)[] = [];
  #end: SubscriptionEnd | undefined;
  #resolve: (subscription: Subscription) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor(callId: string, order: SubscribeOrder, nowMs: () => number) {
    this.callId = callId;
    this.order = order;
    this.#nowMs = nowMs;
    this.answered = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.answered.catch(() => undefined);
  }

  get body(): string {
    return Buffer.from(this.order.body ?? []).toString('latin1');
  }

  /** The peer accepts. */
  answer(grantedS = this.order.expiresS): void {
    this.#grant(grantedS);
    this.#resolve(this);
  }

  fail(error: Error): void {
    this.ended = true;
    this.#reject(error);
  }

  refresh(options: RefreshOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      this.refreshes.push({
        options,
        answer: (grantedS = options.expiresS ?? this.order.expiresS) => {
          this.#grant(grantedS);
          resolve();
        },
        fail: reject,
      });
    });
  }

  unsubscribe(): Promise<void> {
    this.unsubscribed += 1;
    this.end({ by: 'local' });
    return Promise.resolve();
  }

  drop(): void {
    this.dropped += 1;
    this.end({ by: 'local' });
  }

  moveTo(flow: Flow): void {
    this.moves.push(flow);
  }

  onEnded(handler: (end: SubscriptionEnd) => void): void {
    if (this.#end === undefined) this.#onEnded.push(handler);
    else handler(this.#end);
  }

  end(end: SubscriptionEnd): void {
    if (this.ended) return;
    this.ended = true;
    this.#end = end;
    for (const handler of this.#onEnded) handler(end);
  }

  #grant(grantedS: number): void {
    this.grantedS = grantedS;
    this.expiresMs = this.#nowMs() + grantedS * 1_000;
    if (grantedS === 0) this.end({ by: 'remote' });
  }
}
