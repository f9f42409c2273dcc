import { type SipMessage, parseMessage } from 'sip-parser-lite';
import type { Logger } from '../../kernel/index.ts';
import { replyBytes } from '../message/reply-bytes.ts';
import { statelessTag } from '../message/stateless-tag.ts';
import { readUnreadable } from '../message/unreadable-request.ts';
import { limitsOf, type SipUserAgentLimits, type SipUserAgentOptions } from '../options.ts';
import type { SipMetrics } from '../sip-metrics.ts';
import type { Flow, TraceEntry } from '../types.ts';
import { sourceOf } from './addresses.ts';
import { RefusalBudget } from './refusal-budget.ts';
import { SourceLimiter } from './source-limiter.ts';
import { TcpTransport } from './tcp-transport.ts';
import { StreamTraceEntry } from './stream-trace-entry.ts';
import type { UdpFlow } from './udp-flow.ts';
import { UdpTransport } from './udp-transport.ts';

const BIND_TRIES = 20;
const MAX_FILLER_OCTETS = 8;

/** Hears of every message. */
export type TraceHandler = (entry: TraceEntry) => void;

/** Who hears of the messages. */
export interface TransportListener {
  onMessage(message: SipMessage, flow: Flow): void;
  onFlowClosed(flow: Flow): void;
}

/** A way in and out, as the layers above use it. */
export interface Transport {
  /** The port of UDP and TCP; 0 before `open`. */
  readonly port: number;
  /** TCP connections. */
  readonly connections: number;
  /** Octets of messages that are not whole yet. */
  readonly heldBytes: number;
  /** Sources whose message rate is watched. */
  readonly sources: number;
  open(): Promise<void>;
  close(): Promise<void>;
  trace(handler: TraceHandler): void;
  /** Sends to a flow; `failed` is called when it is sure that this does not arrive. */
  send(flow: Flow, bytes: Uint8Array, failed: (error: Error) => void): void;
  /** A connection over which somebody registered is not given up for strangers. */
  trust(flow: Flow): void;
  /** What came over a flow was asked for, and does not count against its source. */
  credit(flow: Flow): void;
  /** Called each second. */
  check(): void;
}

/** UDP and TCP on one port, as one way in and out (RFC 3261 §18). */
export class TransportLayer implements Transport {
  readonly #options: SipUserAgentOptions;
  readonly #limits: SipUserAgentLimits;
  readonly #metrics: SipMetrics;
  readonly #logger: Logger;
  readonly #listener: TransportListener;
  readonly #sources: SourceLimiter;
  readonly #refusals: RefusalBudget;
  readonly #udp: UdpTransport;
  readonly #tcp: TcpTransport;
  #trace: TraceHandler | undefined;
  #port = 0;

  constructor(options: SipUserAgentOptions, metrics: SipMetrics, listener: TransportListener) {
    this.#options = options;
    this.#limits = limitsOf(options);
    this.#metrics = metrics;
    this.#logger = options.logger;
    this.#listener = listener;
    this.#sources = new SourceLimiter({
      clock: options.clock,
      perSecond: this.#limits.messagesPerSecond,
      burst: this.#limits.messageBurst,
      maxSources: this.#limits.maxSources,
    });
    this.#refusals = new RefusalBudget(options.clock);
    this.#udp = new UdpTransport({
      admits: (address) => this.#admits(address),
      onDatagram: (bytes, flow) => {
        this.#onDatagram(bytes, flow);
      },
      onError: (error) => {
        this.#logger.warn({ error: error.message }, 'UDP socket reports an error');
      },
    });
    this.#tcp = new TcpTransport({
      clock: options.clock,
      limits: this.#limits,
      listener: {
        onMessage: (message, flow) => this.#onStreamMessage(message, flow),
        onPing: (flow) => this.#charge(flow),
        onFlowClosed: (flow) => {
          this.#listener.onFlowClosed(flow);
        },
        onRefused: (reason) => {
          this.#metrics.refused(reason);
        },
      },
    });
  }

  get port(): number {
    return this.#port;
  }

  get connections(): number {
    return this.#tcp.size;
  }

  get heldBytes(): number {
    return this.#tcp.heldBytes;
  }

  get sources(): number {
    return this.#sources.size;
  }

  /** Binds both transports to one port; for port 0, to one that is free for both. */
  async open(): Promise<void> {
    const host = this.#options.host ?? '0.0.0.0';
    for (let attempt = 1; ; attempt += 1) {
      const port = await this.#tcp.listen(host, this.#options.port);
      try {
        await this.#udp.bind(host, port);
        this.#port = port;
        return;
      } catch (error) {
        await this.#tcp.close();
        if (this.#options.port !== 0 || attempt === BIND_TRIES) throw error;
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#udp.close(), this.#tcp.close()]);
  }

  trace(handler: TraceHandler): void {
    const before = this.#trace;
    this.#trace = (entry) => {
      before?.(entry);
      try {
        handler(entry);
      } catch (error) {
        this.#failed(error);
      }
    };
  }

  send(flow: Flow, bytes: Uint8Array, failed: (error: Error) => void): void {
    if (this.#trace !== undefined)
      this.#trace({ atMs: this.#options.clock.nowMs(), direction: 'out', flow, bytes });
    if (flow.transport === 'tcp') this.#tcp.send(flow, bytes, failed);
    else this.#udp.send(bytes, flow.remoteAddress, flow.remotePort, failed);
  }

  trust(flow: Flow): void {
    this.#tcp.trust(flow);
  }

  check(): void {
    this.#tcp.check();
  }

  #admits(address: string): boolean {
    const admitted = this.#sources.take(sourceOf(address));
    if (!admitted) this.#metrics.refused('source-rate');
    return admitted;
  }

  #onDatagram(bytes: Buffer, flow: UdpFlow): void {
    const parsed = parseMessage(bytes, this.#limits);
    if (!parsed.ok) {
      if (!isNatKeepalive(bytes)) this.#onUnreadable(bytes, flow, parsed.error.reason);
      return;
    }
    if (this.#trace !== undefined)
      this.#trace({ atMs: this.#options.clock.nowMs(), direction: 'in', flow, bytes });
    this.#deliver(parsed.message, flow);
  }

  /** Refused where its sender can be told so (RFC 3261 §18.3), by no more octets than came. */
  #onUnreadable(bytes: Buffer, flow: UdpFlow, reason: string): void {
    this.#metrics.refused('malformed');
    const unreadable = readUnreadable(bytes, reason);
    if (unreadable === undefined) return;
    const { request, status } = unreadable;
    const answer = replyBytes({ request, flow }, status, statelessTag(request), undefined);
    if (answer.length > bytes.length || !this.#refusals.take()) return;
    this.#metrics.sent.response(request.method, status);
    this.send(flow, answer, () => {
      this.#metrics.refused('undeliverable');
    });
  }

  #onStreamMessage(message: SipMessage, flow: Flow): number {
    const waitMs = this.#charge(flow);
    this.#trace?.(new StreamTraceEntry(this.#options.clock.nowMs(), flow, message));
    this.#deliver(message, flow);
    return waitMs;
  }

  /** A fault of ours costs the message that met it, not the process. */
  credit(flow: Flow): void {
    this.#sources.credit(sourceOf(flow.remoteAddress));
  }

  #deliver(message: SipMessage, flow: Flow): void {
    try {
      this.#listener.onMessage(message, flow);
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#metrics.refused('handler-failed');
    this.#logger.error({ error }, 'SIP message cannot be dealt with');
  }

  /** The ms for which a source has to wait: what it sent was read already. */
  #charge(flow: Flow): number {
    const waitMs = this.#sources.charge(sourceOf(flow.remoteAddress));
    if (waitMs > 0) this.#metrics.refused('source-rate');
    return waitMs;
  }
}

/** Vendor: what devices send to keep a NAT mapping, whatever it is: fewer octets than any message has (Q8). */
function isNatKeepalive(bytes: Uint8Array): boolean {
  return bytes.length <= MAX_FILLER_OCTETS;
}
