import type { SipResponse } from 'sip-parser-lite';
import type { Cancel, Clock, RandomSource } from '../../kernel/index.ts';
import { TransactionTimeout, TransportFailed } from '../errors.ts';
import { requestBytes, type RequestParts } from '../message/request-bytes.ts';
import type { SipMetrics } from '../sip-metrics.ts';
import type { ClientInvite, TransactionLayer } from '../transaction/transaction-layer.ts';
import type { ClientTransaction, ClientTransactionUser, Send } from '../transaction/transaction-user.ts';
import { hostPort } from '../transport/addresses.ts';
import type { Flow } from '../types.ts';

const BRANCH_BYTES = 12;
const TAG_BYTES = 8;
const CALL_ID_BYTES = 16;

/** What sends requests needs. */
export interface CallerDeps {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly metrics: SipMetrics;
  readonly transactions: Pick<TransactionLayer, 'request' | 'invite'>;
  readonly send: Send;
  readonly advertisedHost: string;
  readonly userAgent: string;
  /** The bound port. */
  readonly port: () => number;
}

/** A request whose Via and User-Agent are still to be filled in. */
export type Outgoing = Omit<RequestParts, 'via' | 'userAgent'>;

/** Sends requests in client transactions: fills in what every request of this user agent has. */
export class Caller {
  readonly #deps: CallerDeps;

  constructor(deps: CallerDeps) {
    this.#deps = deps;
  }

  get clock(): Clock {
    return this.#deps.clock;
  }

  get metrics(): SipMetrics {
    return this.#deps.metrics;
  }

  newTag(): string {
    return this.#deps.random.hex(TAG_BYTES);
  }

  newCallId(): string {
    return `${this.#deps.random.hex(CALL_ID_BYTES)}@${this.#deps.advertisedHost}`;
  }

  /** RFC 3261 §8.1.1.7. */
  newBranch(): string {
    return `z9hG4bK${this.#deps.random.hex(BRANCH_BYTES)}`;
  }

  /** A Contact value for this user over this flow's transport. */
  contact(user: string, flow: Pick<Flow, 'transport'>): string {
    const { advertisedHost, port } = this.#deps;
    const suffix = flow.transport === 'tcp' ? ';transport=tcp' : '';
    return `<sip:${user === '' ? '' : `${user}@`}${hostPort(advertisedHost, port())}${suffix}>`;
  }

  /** The request with its Via, for a transaction of its own. */
  complete(outgoing: Outgoing, flow: Flow, branch: string): RequestParts {
    const { advertisedHost, port, userAgent } = this.#deps;
    const sentBy = hostPort(advertisedHost, port());
    const via = `SIP/2.0/${flow.transport === 'tcp' ? 'TCP' : 'UDP'} ${sentBy};rport;branch=${branch}`;
    return { via, userAgent, ...outgoing };
  }

  /** The final response, whatever its status; rejects with TransactionTimeout or TransportFailed. */
  request(outgoing: Outgoing, flow: Flow, timeoutMs?: number): Promise<SipResponse> {
    const { method, callId } = outgoing;
    const branch = this.newBranch();
    const bytes = requestBytes(this.complete(outgoing, flow, branch));
    if (bytes instanceof Error) return Promise.reject(new TransportFailed(method, bytes));
    return new Promise((resolve, reject) => {
      const early: { cancel?: Cancel } = {};
      const user: ClientTransactionUser = {
        onResponse: (response) => {
          if (response.status < 200) return;
          early.cancel?.();
          resolve(response);
        },
        onTimedOut: () => {
          early.cancel?.();
          reject(new TransactionTimeout(method, callId));
        },
        onTransportFailed: (error) => {
          early.cancel?.();
          reject(new TransportFailed(method, error));
        },
      };
      if (timeoutMs !== undefined) {
        early.cancel = this.#deps.clock.after(timeoutMs, () => {
          transaction?.abandon();
          reject(new TransactionTimeout(method, callId));
        });
      }
      const transaction = this.startRequest(method, branch, flow, bytes, user);
      if (transaction === undefined) user.onTransportFailed(new Error('too many transactions'));
    });
  }

  startRequest(
    method: string,
    branch: string,
    flow: Flow,
    bytes: Uint8Array,
    user: ClientTransactionUser,
  ): ClientTransaction | undefined {
    this.#deps.metrics.sent.request(method);
    return this.#deps.transactions.request({ method, branch, flow, bytes, user });
  }

  startInvite(invite: ClientInvite): ClientTransaction | undefined {
    this.#deps.metrics.sent.request('INVITE');
    return this.#deps.transactions.invite(invite);
  }

  /** Sends what has no transaction: the ACK of a 2xx. What does not arrive is asked for again by the peer. */
  sendAck(bytes: Uint8Array, flow: Flow): void {
    this.#deps.metrics.sent.request('ACK');
    this.#deps.send(flow, bytes, () => {
      this.#deps.metrics.refused('undeliverable');
    });
  }
}
