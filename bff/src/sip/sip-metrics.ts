import type { Counter, CounterFamily, Instruments } from '../kernel/index.ts';

/** Why something of a peer was not taken or not answered. */
export type SipRefusal =
  | 'source-rate'
  | 'malformed'
  | 'incomplete-head'
  | 'unmatched-response'
  | 'unmatched-ack'
  | 'transaction-limit'
  | 'invite-limit'
  | 'invite-limit-per-source'
  | 'merged-request'
  | 'dialog-limit'
  | 'subscription-limit'
  | 'stored-reply-evicted'
  | 'connection-limit'
  | 'connection-limit-per-source'
  | 'connection-evicted'
  | 'connection-held-bytes'
  | 'connection-idle'
  | 'connection-slow'
  | 'connection-fault'
  | 'send-buffer-full'
  | 'undeliverable'
  | 'reply-ignored'
  | 'request-unanswered'
  | 'handler-failed';

/** Methods that are counted under their own names; others would let a peer choose the labels. */
const METHODS: ReadonlySet<string> = new Set([
  'REGISTER',
  'MESSAGE',
  'INVITE',
  'ACK',
  'BYE',
  'CANCEL',
  'INFO',
  'NOTIFY',
  'OPTIONS',
  'SUBSCRIBE',
]);

/** Statuses are few in practice, but a peer may send any: past this, they share a label. */
const MAX_MESSAGE_LABELS = 256;

/** Counters of one direction, found without building a label for each message. */
class MessageCounters {
  readonly #family: CounterFamily;
  readonly #direction: 'in' | 'out';
  readonly #requests = new Map<string, Counter>();
  readonly #responses = new Map<string, Map<number, Counter>>();

  constructor(family: CounterFamily, direction: 'in' | 'out') {
    this.#family = family;
    this.#direction = direction;
  }

  request(method: string): void {
    const counter = this.#requests.get(method);
    if (counter !== undefined) counter.value += 1;
    else this.#newRequest(method).value += 1;
  }

  response(method: string, status: number): void {
    const counter = this.#responses.get(method)?.get(status);
    if (counter !== undefined) counter.value += 1;
    else this.#newResponse(method, status).value += 1;
  }

  #newRequest(method: string): Counter {
    if (!METHODS.has(method)) return this.#family.of(`${this.#direction} other`);
    const counter = this.#family.of(`${this.#direction} ${method}`);
    this.#requests.set(method, counter);
    return counter;
  }

  #newResponse(method: string, status: number): Counter {
    const name = METHODS.has(method) ? method : 'other';
    const counter = this.#family.of(`${this.#direction} ${name} ${String(status)}`);
    if (name === 'other') return counter;
    const byStatus = this.#responses.get(name) ?? new Map<number, Counter>();
    this.#responses.set(name, byStatus.set(status, counter));
    return counter;
  }
}

/** What this layer counts. */
export class SipMetrics {
  readonly received: MessageCounters;
  readonly sent: MessageCounters;
  /** Repetitions that were answered from memory or swallowed. */
  readonly absorbed: Counter;
  /** Requests and responses that were sent again because nothing came back. */
  readonly repeated: Counter;
  readonly #refusals: CounterFamily;

  constructor(instruments: Instruments) {
    const family = instruments.family(
      'yimu_sip_messages',
      'SIP messages by direction, method and, for responses, status',
      'message',
      MAX_MESSAGE_LABELS,
    );
    this.received = new MessageCounters(family, 'in');
    this.sent = new MessageCounters(family, 'out');
    this.absorbed = instruments.counter('yimu_sip_absorbed', 'repeated SIP requests that were absorbed');
    this.repeated = instruments.counter('yimu_sip_repeated', 'SIP messages that were sent again');
    this.#refusals = instruments.family(
      'yimu_sip_refusals',
      'what SIP peers sent and was dropped, or was refused to them, by reason',
      'reason',
    );
  }

  refused(reason: SipRefusal): void {
    this.#refusals.of(reason).value += 1;
  }
}
