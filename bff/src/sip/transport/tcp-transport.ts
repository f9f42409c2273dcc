import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { SipMessage } from 'sip-parser-lite';
import type { Clock } from '../../kernel/index.ts';
import type { SipUserAgentLimits } from '../options.ts';
import type { SipRefusal } from '../sip-metrics.ts';
import type { Flow } from '../types.ts';
import { peerOf, plainAddress, sourceOf } from './addresses.ts';
import { BufferBudget } from './buffer-budget.ts';
import { DialQueue } from './dial-queue.ts';
import { TcpConnection } from './tcp-connection.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const BACKLOG = 1_024;

/** Who hears of the connections. */
export interface TcpListener {
  /** The ms for which nothing more is to be read from this flow, 0 to go on. */
  onMessage(message: SipMessage, flow: Flow): number;
  /** A ping was answered; as for a message. */
  onPing(flow: Flow): number;
  onFlowClosed(flow: Flow): void;
  onRefused(reason: SipRefusal): void;
}

/** What a TCP transport is made of. */
export interface TcpTransportOptions {
  readonly clock: Clock;
  readonly limits: SipUserAgentLimits;
  readonly listener: TcpListener;
}

/** The TCP side: one listener, and one connection per peer for both directions (RFC 3261 §18). */
export class TcpTransport {
  readonly #clock: Clock;
  readonly #limits: SipUserAgentLimits;
  readonly #listener: TcpListener;
  readonly #connections = new Map<string, TcpConnection>();
  readonly #perSource = new Map<string, number>();
  /** Accepted connections that nobody has registered over, the oldest first: they make room for newcomers. */
  readonly #strangers = new Set<TcpConnection>();
  readonly #held: BufferBudget<TcpConnection>;
  /** Connections that were made from here, by peer, for reuse. */
  readonly #dialled = new Map<string, TcpConnection>();
  readonly #dials = new DialQueue();
  /** Takes back what is being dialled. */
  readonly #dialling = new Set<() => void>();
  #server: Server | undefined;
  #serial = 0;

  constructor(options: TcpTransportOptions) {
    this.#clock = options.clock;
    this.#limits = options.limits;
    this.#listener = options.listener;
    this.#held = new BufferBudget({
      maxBytes: options.limits.maxPartialBytes,
      maxBytesPerSource: options.limits.maxPartialBytesPerSource,
    });
  }

  get size(): number {
    return this.#connections.size;
  }

  /** Octets of messages that are not whole yet. */
  get heldBytes(): number {
    return this.#held.total;
  }

  /** Binds and listens; gives the port. */
  async listen(host: string, port: number): Promise<number> {
    const server = createServer({ noDelay: true }, (socket) => {
      this.#accept(socket);
    });
    server.listen({ host, port, backlog: BACKLOG });
    await once(server, 'listening');
    server.on('error', () => {
      this.#listener.onRefused('connection-fault');
    });
    this.#server = server;
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const connection of [...this.#connections.values()]) connection.close();
    for (const takeBack of [...this.#dialling]) takeBack();
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  }

  /** Sends on the flow's own connection, or on one that is made to the address of a flow that is none of ours. */
  send(flow: Flow, bytes: Uint8Array, failed: (error: Error) => void): void {
    const connection = flow instanceof TcpConnection ? flow : this.#dialled.get(peerOf(flow));
    if (connection === undefined) this.#dial(flow, bytes, failed);
    else if (!connection.send(bytes)) failed(new Error('connection closed'));
  }

  /** Somebody proved himself over this flow: it does not make room for strangers any more. */
  trust(flow: Flow): void {
    if (flow instanceof TcpConnection) this.#strangers.delete(flow);
  }

  /** Looks after every connection; called each second. */
  check(): void {
    const limits = { idleMs: this.#limits.connectionIdleMs, arrivalMs: this.#limits.messageArrivalMs };
    for (const connection of this.#connections.values()) connection.check(limits);
  }

  #accept(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    // Without an address the peer has gone again already.
    const refusal = address === '' ? 'connection-fault' : this.#refusalFor(address);
    if (refusal === undefined) {
      this.#strangers.add(this.#adopt(socket, address, socket.remotePort ?? 0));
      return;
    }
    socket.on('error', () => undefined);
    socket.destroy();
    this.#listener.onRefused(refusal);
  }

  /** Makes room for a connection to this address; or says why there is none. */
  #refusalFor(address: string): SipRefusal | undefined {
    const held = this.#perSource.get(sourceOf(address)) ?? 0;
    if (held >= this.#limits.maxConnectionsPerSource) return 'connection-limit-per-source';
    if (this.#connections.size < this.#limits.maxConnections) return undefined;
    const [oldest] = this.#strangers;
    if (oldest === undefined) return 'connection-limit';
    oldest.close('connection-evicted');
    return undefined;
  }

  #adopt(socket: Socket, remoteAddress: string, remotePort: number): TcpConnection {
    this.#serial += 1;
    const connection = new TcpConnection({
      socket,
      remoteAddress,
      remotePort,
      key: `tcp:${remoteAddress}:${String(remotePort)}:${String(this.#serial)}`,
      clock: this.#clock,
      messageLimits: this.#limits,
      maxSendBufferBytes: this.#limits.maxSendBufferBytes,
      listener: {
        onMessage: (message, flow) => this.#listener.onMessage(message, flow),
        onPing: (flow) => this.#listener.onPing(flow),
        onHeld: (holder, bytes) => {
          this.#held.hold(holder, bytes)?.close('connection-held-bytes');
        },
        onClosed: (closed) => {
          this.#forget(closed);
        },
        onRefused: (reason) => {
          this.#listener.onRefused(reason);
        },
      },
    });
    this.#connections.set(connection.key, connection);
    this.#perSource.set(connection.source, (this.#perSource.get(connection.source) ?? 0) + 1);
    return connection;
  }

  #forget(connection: TcpConnection): void {
    this.#connections.delete(connection.key);
    this.#strangers.delete(connection);
    const peer = peerOf(connection);
    if (this.#dialled.get(peer) === connection) this.#dialled.delete(peer);
    const left = (this.#perSource.get(connection.source) ?? 1) - 1;
    if (left > 0) this.#perSource.set(connection.source, left);
    else this.#perSource.delete(connection.source);
    this.#listener.onFlowClosed(connection);
  }

  #dial(flow: Flow, bytes: Uint8Array, failed: (error: Error) => void): void {
    const refusal = this.#refusalFor(flow.remoteAddress);
    if (refusal !== undefined || this.#server === undefined) {
      failed(new Error(refusal ?? 'transport closed'));
      return;
    }
    const peer = peerOf(flow);
    if (!this.#dials.add(peer, bytes, failed)) return;
    const socket = connect({ host: flow.remoteAddress, port: flow.remotePort, noDelay: true });
    const settle = (): void => {
      cancel();
      this.#dialling.delete(takeBack);
      socket.off('error', giveUp);
    };
    const giveUp = (error: Error): void => {
      settle();
      socket.on('error', () => undefined);
      socket.destroy();
      this.#dials.fail(peer, error);
    };
    const takeBack = (): void => {
      giveUp(new Error('transport closed'));
    };
    const cancel = this.#clock.after(CONNECT_TIMEOUT_MS, () => {
      giveUp(new Error('connection not made in time'));
    });
    this.#dialling.add(takeBack);
    socket.on('error', giveUp);
    socket.once('connect', () => {
      settle();
      const connection = this.#adopt(socket, flow.remoteAddress, flow.remotePort);
      this.#dialled.set(peer, connection);
      for (const message of this.#dials.take(peer)) connection.send(message);
    });
  }
}
