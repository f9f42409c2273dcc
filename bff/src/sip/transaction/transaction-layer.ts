import type { SipMessage, SipRequest, SipResponse, Via } from 'sip-parser-lite';
import type { Clock } from '../../kernel/index.ts';
import { replyBytes } from '../message/reply-bytes.ts';
import { statelessTag } from '../message/stateless-tag.ts';
import type { SipUserAgentLimits } from '../options.ts';
import type { SipMetrics } from '../sip-metrics.ts';
import { ConnectionIndex } from '../transport/connection-index.ts';
import type { Flow } from '../types.ts';
import type { ClientTransactionDeps, RunningClientTransaction } from './client-transaction.ts';
import { InviteClientTransaction } from './invite-client-transaction.ts';
import { InviteServers } from './invite-servers.ts';
import { NonInviteClientTransaction } from './non-invite-client-transaction.ts';
import { NonInviteServer } from './non-invite-server.ts';
import { clientKey, serverKey } from './transaction-key.ts';
import type { ClientTransaction, ClientTransactionUser, Send, TransactionUser } from './transaction-user.ts';

/** What the layer needs. */
export interface TransactionLayerDeps {
  readonly clock: Clock;
  readonly metrics: SipMetrics;
  readonly limits: SipUserAgentLimits;
  readonly send: Send;
  readonly user: TransactionUser;
}

/** A request to be sent in a client transaction. */
export interface ClientRequest {
  readonly method: string;
  readonly branch: string;
  readonly flow: Flow;
  readonly bytes: Uint8Array;
  readonly user: ClientTransactionUser;
}

/** An INVITE to be sent. */
export interface ClientInvite extends Omit<ClientRequest, 'method'> {
  /** The ACK to a final response of 300 and above. */
  readonly ackTo: (response: SipResponse) => Uint8Array;
}

type ClientDeps = Pick<ClientTransactionDeps, 'clock' | 'metrics' | 'send' | 'onTerminated'>;

/** The table of live transactions: finds the one of each message, or makes it (RFC 3261 §17). */
export class TransactionLayer {
  readonly #deps: TransactionLayerDeps;
  readonly #clients = new Map<string, RunningClientTransaction>();
  readonly #clientsByConnection = new ConnectionIndex<RunningClientTransaction>();
  readonly #inviteServers: InviteServers;
  readonly #nonInviteServer: NonInviteServer;

  constructor(deps: TransactionLayerDeps) {
    const { clock, metrics, send, limits, user } = deps;
    const { maxInvites, maxInvitesPerSource, maxStoredReplies, maxStoredReplyBytes } = limits;
    this.#deps = deps;
    this.#nonInviteServer = new NonInviteServer({
      clock,
      metrics,
      send,
      maxStoredReplies,
      maxStoredReplyBytes,
    });
    this.#inviteServers = new InviteServers({
      clock,
      metrics,
      send,
      maxInvites,
      maxInvitesPerSource,
      onLost: (lost) => {
        user.onInviteLost(lost);
      },
    });
  }

  /** Transactions that still wait for something: a final response, or our answer. */
  get active(): number {
    let active = this.#nonInviteServer.unanswered + this.#inviteServers.pending;
    for (const client of this.#clients.values()) if (client.waiting) active += 1;
    return active;
  }

  /** Transactions that are over and stay to absorb what comes late. */
  get lingering(): number {
    const server = this.#nonInviteServer.stored + this.#nonInviteServer.unanswered + this.#inviteServers.size;
    return this.#clients.size + server - this.active;
  }

  onMessage(message: SipMessage, flow: Flow): void {
    if (message.kind === 'response') this.#onResponse(message);
    else this.#onRequest(message, flow);
  }

  onFlowClosed(flow: Flow): void {
    const error = new Error('connection closed');
    for (const client of this.#clientsByConnection.on(flow)) client.onTransportError(error);
    this.#inviteServers.onFlowClosed(flow);
  }

  /** Starts a transaction; undefined when there are too many. */
  request(request: ClientRequest): ClientTransaction | undefined {
    const { method, branch, flow } = request;
    return this.#start(clientKey(branch, method), flow, ({ clock, metrics, send, onTerminated }) => {
      const { bytes, user } = request;
      // Written out: an object spread into another gets a hidden class of its own.
      return new NonInviteClientTransaction({ clock, metrics, send, onTerminated, flow, bytes, user });
    });
  }

  /** Starts an INVITE transaction; undefined when there are too many. */
  invite(invite: ClientInvite): ClientTransaction | undefined {
    const { branch, flow } = invite;
    return this.#start(clientKey(branch, 'INVITE'), flow, ({ clock, metrics, send, onTerminated }) => {
      const { bytes, user, ackTo } = invite;
      return new InviteClientTransaction({ clock, metrics, send, onTerminated, flow, bytes, user, ackTo });
    });
  }

  /** Called each second. */
  sweep(): void {
    this.#nonInviteServer.sweep();
  }

  /** Ends every transaction; client users hear of a failed transport. */
  close(): void {
    const error = new Error('user agent closed');
    for (const client of [...this.#clients.values()]) client.onTransportError(error);
    this.#inviteServers.close();
    this.#nonInviteServer.clear();
  }

  #start(
    key: string,
    flow: Flow,
    make: (deps: ClientDeps) => RunningClientTransaction,
  ): ClientTransaction | undefined {
    const { clock, metrics, send, limits } = this.#deps;
    if (this.#clients.size >= limits.maxClientTransactions) {
      metrics.refused('transaction-limit');
      return undefined;
    }
    const client = make({
      clock,
      metrics,
      send,
      onTerminated: () => {
        this.#clients.delete(key);
        this.#clientsByConnection.remove(client, flow);
      },
    });
    this.#clients.set(key, client);
    this.#clientsByConnection.add(client, flow);
    client.start();
    return client;
  }

  #onResponse(response: SipResponse): void {
    const method = (response.cSeq?.method ?? '').toUpperCase();
    this.#deps.metrics.received.response(method, response.status);
    const branch = response.topVia?.branch;
    const client = branch === undefined ? undefined : this.#clients.get(clientKey(branch, method));
    if (client === undefined) this.#deps.metrics.refused('unmatched-response');
    else client.onResponse(response);
  }

  #onRequest(request: SipRequest, flow: Flow): void {
    const { metrics, user } = this.#deps;
    metrics.received.request(request.method);
    const via = request.topVia;
    if (via === undefined || !isWhole(request)) {
      metrics.refused('incomplete-head');
      if (via !== undefined && request.method !== 'ACK') this.#replyWithout(request, flow, 400);
      return;
    }
    switch (request.method) {
      case 'INVITE':
        this.#onInvite(request, via, flow);
        return;
      case 'ACK':
        this.#onAck(request, via, flow);
        return;
      case 'CANCEL':
        this.#onCancel(request, via, flow);
        return;
      default: {
        const transaction = this.#nonInviteServer.receive(
          serverKey(request, via, flow, request.method),
          flow,
        );
        if (transaction !== undefined) user.onRequest(request, flow, transaction);
      }
    }
  }

  #onInvite(request: SipRequest, via: Via, flow: Flow): void {
    const { metrics, user } = this.#deps;
    const receipt = this.#inviteServers.receive(request, via, flow);
    if (receipt.kind === 'refused') {
      metrics.refused(receipt.reason);
      this.#replyWithout(request, flow, receipt.status);
    }
    if (receipt.kind !== 'new') return;
    const { transaction } = receipt;
    user.onRequest(request, flow, transaction);
    // §17.2.1: the peer stops repeating its INVITE when it hears that somebody works on it.
    if (transaction.pending && !transaction.provisionalSent) {
      metrics.sent.response('INVITE', 100);
      transaction.respond(100, replyBytes({ request, flow }, 100, '', undefined));
    }
  }

  #onAck(request: SipRequest, via: Via, flow: Flow): void {
    const transaction = this.#inviteServers.find(request, via, flow);
    if (transaction === undefined || transaction.accepted) this.#deps.user.onAck(request, flow);
    else transaction.onAck();
  }

  #onCancel(request: SipRequest, via: Via, flow: Flow): void {
    const { metrics, user } = this.#deps;
    const own = this.#nonInviteServer.receive(serverKey(request, via, flow, 'CANCEL'), flow);
    if (own === undefined) return;
    const invite = this.#inviteServers.find(request, via, flow);
    const status = invite === undefined ? 481 : 200;
    metrics.sent.response('CANCEL', status);
    const tag = invite === undefined ? statelessTag(request) : user.toTagOf(invite);
    own.respond(status, replyBytes({ request, flow }, status, tag, undefined));
    if (invite?.pending === true) user.onCancelled(invite);
  }

  /** A response outside any transaction (RFC 3261 §8.2.7). */
  #replyWithout(request: SipRequest, flow: Flow, status: number): void {
    this.#deps.metrics.sent.response(request.method, status);
    const bytes = replyBytes({ request, flow }, status, statelessTag(request), undefined);
    this.#deps.send(flow, bytes, () => {
      this.#deps.metrics.refused('undeliverable');
    });
  }
}

/** What the parser had to choose between: two readers might read two different requests (RFC 4475 §3.3.8, §3.3.9). */
const AMBIGUOUS: ReadonlySet<string> = new Set(['several-values', 'content-length-differs']);

/** Whether the fields are there that every request has (RFC 3261 §8.1.1), and CSeq names this method. */
function isWhole(request: SipRequest): boolean {
  const method = request.cSeq?.method;
  if (method === undefined || request.callId === undefined) return false;
  if (method !== request.method && method.toUpperCase() !== request.method.toUpperCase()) return false;
  if (request.repairs.some((repair) => AMBIGUOUS.has(repair))) return false;
  return request.from !== undefined && request.to !== undefined;
}
