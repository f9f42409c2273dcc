import type { Clock } from '../../kernel/index.ts';
import type { SipMetrics } from '../sip-metrics.ts';
import type { Flow } from '../types.ts';
import { AnswerStore } from './answer-store.ts';
import { NON_INVITE_SERVER, type NonInviteServerState } from './non-invite-server-fsm.ts';
import { step } from './state-table.ts';
import { firstDelayMs, GIVE_UP_MS } from './timers.ts';
import type { Send, ServerTransaction } from './transaction-user.ts';

/** What the non-INVITE server transactions need. */
export interface NonInviteServerDeps {
  readonly clock: Clock;
  readonly metrics: SipMetrics;
  readonly send: Send;
  readonly maxStoredReplies: number;
  readonly maxStoredReplyBytes: number;
}

/**
 * Every non-INVITE server transaction (RFC 3261 §17.2.2). Keepalives make this the hottest place of the
 * layer, so no transaction has a timer of its own: all live equally long, the table keeps them by age, and
 * `sweep` takes the old ones off its head. Of one that is answered its answer alone is kept. The oldest makes room when
 * the table is full.
 */
export class NonInviteServer {
  readonly #deps: NonInviteServerDeps;
  /** By key, in the order in which they began or were answered: a transaction, or the number of its final answer. */
  readonly #transactions = new Map<string, NonInviteServerTransaction | number>();
  readonly #answers = new AnswerStore();
  #unanswered = 0;
  #storedBytes = 0;

  constructor(deps: NonInviteServerDeps) {
    this.#deps = deps;
  }

  /** Transactions without a final response yet. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** Answered transactions that are kept to absorb repetitions. */
  get stored(): number {
    return this.#transactions.size - this.#unanswered;
  }

  /** A transaction for a request that is new; undefined when it was a repetition, which is dealt with. */
  receive(key: string, flow: Flow): ServerTransaction | undefined {
    const known = this.#transactions.get(key);
    if (known !== undefined) {
      this.#deps.metrics.absorbed.value += 1;
      if (typeof known === 'number') this.send(flow, this.#answers.read(known));
      else known.repeat(flow);
      return undefined;
    }
    if (this.#isFull()) this.#evictOldest();
    const transaction = new NonInviteServerTransaction(this, key, flow);
    this.#transactions.set(key, transaction);
    this.#unanswered += 1;
    return transaction;
  }

  /** Forgets what is older than 64·T1. Called each second. */
  sweep(): void {
    const nowMs = this.now();
    for (const [key, known] of this.#transactions) {
      const sinceMs = typeof known === 'number' ? this.#answers.timeOf(known) : known.sinceMs;
      if (nowMs - sinceMs < GIVE_UP_MS) return;
      if (typeof known !== 'number') this.#deps.metrics.refused('request-unanswered');
      this.#forget(key, known);
    }
  }

  clear(): void {
    this.#transactions.clear();
    this.#answers.clear();
    this.#unanswered = 0;
    this.#storedBytes = 0;
  }

  /** For the transactions: time, in ms. */
  now(): number {
    return this.#deps.clock.monotonicMs();
  }

  /** For the transactions: sends a response. */
  send(flow: Flow, bytes: Buffer): void {
    this.#deps.send(flow, bytes, this.#undeliverable);
  }

  /** For the transactions: keeps the final response as long as Timer J runs. */
  answered(transaction: NonInviteServerTransaction, bytes: Buffer): void {
    const { key, flow } = transaction;
    // A transaction that made room for another is answered, but there is nothing left to keep it in.
    if (this.#transactions.get(key) !== transaction) return;
    this.#unanswered -= 1;
    this.#transactions.delete(key);
    if (firstDelayMs('J', flow.transport === 'tcp') === 0) return;
    this.#transactions.set(key, this.#answers.add(bytes, this.now()));
    this.#storedBytes += key.length + bytes.length;
  }

  readonly #undeliverable = (): void => {
    this.#deps.metrics.refused('undeliverable');
  };

  #isFull(): boolean {
    const { maxStoredReplies, maxStoredReplyBytes } = this.#deps;
    return this.#transactions.size >= maxStoredReplies || this.#storedBytes > maxStoredReplyBytes;
  }

  #evictOldest(): void {
    for (const [key, known] of this.#transactions) {
      this.#deps.metrics.refused('stored-reply-evicted');
      this.#forget(key, known);
      if (!this.#isFull()) return;
    }
  }

  #forget(key: string, known: NonInviteServerTransaction | number): void {
    this.#transactions.delete(key);
    if (typeof known === 'number') this.#storedBytes -= key.length + this.#answers.free(known);
    else this.#unanswered -= 1;
  }
}

/** One request and its responses. */
class NonInviteServerTransaction implements ServerTransaction {
  readonly key: string;
  readonly flow: Flow;
  /** When it began. */
  readonly sinceMs: number;
  readonly #server: NonInviteServer;
  #state: NonInviteServerState = 'trying';
  #response: Buffer | undefined;

  constructor(server: NonInviteServer, key: string, flow: Flow) {
    this.#server = server;
    this.key = key;
    this.flow = flow;
    this.sinceMs = server.now();
  }

  respond(status: number, bytes: Buffer): boolean {
    const next = step(NON_INVITE_SERVER, this.#state, status < 200 ? 'send-provisional' : 'send-final');
    if (next === undefined) return false;
    this.#state = next.to;
    this.#response = bytes;
    this.#server.send(this.flow, bytes);
    if (next.to === 'completed') this.#server.answered(this, bytes);
    return true;
  }

  /** As any answer: it is repeated only to who asks again. */
  refuse(status: number, bytes: Buffer): boolean {
    return this.respond(status, bytes);
  }

  /** The request came again, perhaps through another mapping of the same NAT. */
  repeat(flow: Flow): void {
    const next = step(NON_INVITE_SERVER, this.#state, 'request');
    if (next !== undefined && this.#response !== undefined) this.#server.send(flow, this.#response);
  }
}
