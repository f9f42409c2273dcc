import { CORE_ERROR_CODES, CORE_ERROR_TEXTS, type CoreErrorCode } from '@yimu/shared';
import type {
  MediaEvents,
  MediaPort,
  MediaSessionStats,
  OpenRtpOrder,
  RelayOrder,
  Steering,
  ViewerDecision,
  ViewerRequest,
} from '../../core/index.ts';
import {
  type Clock,
  CoreError,
  type Counter,
  type Instruments,
  type Logger,
  TypedEmitter,
} from '../../kernel/index.ts';
import {
  type EngineCounts,
  type EngineListener,
  EngineRefusal,
  EngineThread,
  type SourceStats,
  type Thread,
  type WorkerSetup,
} from '../../media-engine/index.ts';
import { EngineTalks } from './engine-talks.ts';
import { closedCounts, measureMedia, NO_COUNTS } from './media-metrics.ts';
import { ViewerBook } from './viewer-book.ts';

const RESTART_AFTER_MS = 500;
const MAX_RESTART_AFTER_MS = 30_000;
/** With less, key frames of many cameras overflow the socket while the thread is busy. */
const ENOUGH_BUFFER_BYTES = 1024 * 1024;
const DEFAULT_LIMITS = {
  maxSessions: 1_000,
  maxViewers: 10_000,
  maxViewersPerAddress: 256,
  viewerWaitMs: 15_000,
};

/** Options of {@link createEmbeddedMedia}. */
export interface EmbeddedMediaOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly instruments: Instruments;
  /** Ports on which cameras send; 0–0: any free ones. */
  readonly rtpPorts: { readonly from: number; readonly to: number };
  /** Address that cameras are told. */
  readonly rtpHost: string;
  /** Where viewers connect; 0: any free port. */
  readonly flvPort: number;
  readonly flvHost: string;
  /** URL base for viewers when a proxy stands in front. */
  readonly publicUrl: string | undefined;
  readonly limits?: Partial<typeof DEFAULT_LIMITS>;
  /** Starts the thread; absent: a worker thread of this process. */
  readonly spawn?: (setup: WorkerSetup) => Thread;
}

/** The media port over the embedded engine, with its life. */
export interface EmbeddedMedia extends MediaPort {
  /** Rejects when the viewers' port is taken. */
  start(): Promise<void>;
  /** Ends every source and viewer, and the thread. */
  shutdown(): Promise<void>;
}

/** Runs the embedded engine in a thread of its own, and starts it again when it dies. */
export function createEmbeddedMedia(options: EmbeddedMediaOptions): EmbeddedMedia {
  return new EngineAdapter(options);
}

class EngineAdapter implements EmbeddedMedia {
  readonly talks: EngineTalks;
  readonly #options: EmbeddedMediaOptions;
  readonly #events: TypedEmitter<MediaEvents>;
  readonly #engine: EngineThread;
  readonly #crashes: Counter;
  readonly #faults: Counter;
  /** Sessions that the core believes open, to tell it of each when the thread dies. */
  readonly #sessions = new Set<string>();
  readonly #viewers = new ViewerBook();
  readonly #relays = new Set<string>();
  #decide: (request: ViewerRequest) => Promise<ViewerDecision> = () =>
    Promise.resolve({ allow: false, code: 'MEDIA_UNAVAILABLE', message: CORE_ERROR_TEXTS.MEDIA_UNAVAILABLE });
  #counts = NO_COUNTS;
  #flvPort: number;
  #restartAfterMs = RESTART_AFTER_MS;
  #warnedOfBuffer = false;
  #closed = false;

  constructor(options: EmbeddedMediaOptions) {
    this.#options = options;
    this.#flvPort = options.flvPort;
    const { instruments, logger, clock, spawn } = options;
    this.#events = new TypedEmitter((error) => {
      logger.error({ err: error }, 'a listener of media events failed');
    });
    this.#crashes = instruments.counter('yimu_media_thread_crashes', 'times the media thread died');
    this.#faults = instruments.counter('yimu_media_faults', 'streams that tripped a fault of the engine');
    measureMedia(instruments, () => this.#counts);
    this.#engine = new EngineThread(this.#listener(), clock, spawn);
    this.talks = new EngineTalks({
      address: options.rtpHost,
      call: (call) => this.#call(call),
      callUnlessGone: (call) => this.#callUnlessGone(call),
      onListenerError: (error) => {
        logger.error({ err: error }, 'a listener of talk events failed');
      },
    });
  }

  get delivery(): { readonly flvPort: number; readonly publicUrl: string | undefined } {
    return { flvPort: this.#flvPort, publicUrl: this.#options.publicUrl };
  }

  async start(): Promise<void> {
    const { rtpPorts, rtpHost, flvHost, publicUrl, limits } = this.#options;
    this.#flvPort = await this.#engine.start({
      rtpPorts,
      rtpHost: rtpHost.includes(':') ? '::' : '0.0.0.0',
      flvPort: this.#flvPort,
      flvHost,
      behindProxy: publicUrl !== undefined,
      ...DEFAULT_LIMITS,
      ...limits,
    });
  }

  async shutdown(): Promise<void> {
    this.#closed = true;
    await this.#engine.stop();
    this.#counts = closedCounts(this.#counts);
  }

  on<Name extends keyof MediaEvents>(name: Name, listener: (...args: MediaEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  authoriseViewers(decide: (request: ViewerRequest) => Promise<ViewerDecision>): void {
    this.#decide = decide;
  }

  async openRtp(order: OpenRtpOrder): Promise<{ readonly address: string; readonly port: number }> {
    const { port } = (await this.#call({ do: 'open', order })) as { readonly port: number };
    this.#sessions.add(order.sessionId);
    return { address: this.#options.rtpHost, port };
  }

  async reopenRtp(order: OpenRtpOrder): Promise<{ readonly address: string; readonly port: number }> {
    const { port } = (await this.#call({ do: 'reopen', order })) as { readonly port: number };
    return { address: this.#options.rtpHost, port };
  }

  async steer(sessionId: string, steering: Steering): Promise<void> {
    await this.#call({ do: 'steer', sessionId, steering });
  }

  async drain(sessionId: string, quietMs: number, limitMs: number): Promise<boolean> {
    return (await this.#call({ do: 'drain', sessionId, quietMs, limitMs })) as boolean;
  }

  async connectRtp(sessionId: string, address: string, port: number): Promise<void> {
    await this.#call({ do: 'connect', sessionId, address, port });
  }

  async acceptSsrc(sessionId: string, ssrc: number): Promise<void> {
    await this.#call({ do: 'accept-ssrc', sessionId, ssrc });
  }

  async close(sessionId: string): Promise<void> {
    this.#sessions.delete(sessionId);
    await this.#callUnlessGone({ do: 'close', sessionId });
  }

  async openRelay(order: RelayOrder): Promise<{ readonly address: string; readonly port: number }> {
    const { port } = (await this.#call({ do: 'open-relay', order })) as { readonly port: number };
    this.#relays.add(order.relayId);
    return { address: this.#options.rtpHost, port };
  }

  async closeRelay(relayId: string): Promise<void> {
    this.#relays.delete(relayId);
    await this.#callUnlessGone({ do: 'close-relay', relayId });
  }

  async kick(tag: string): Promise<void> {
    await this.#callUnlessGone({ do: 'kick', tag });
  }

  async stats(): Promise<readonly MediaSessionStats[]> {
    return (await this.#call({ do: 'stats' })) as readonly SourceStats[];
  }

  async #call(call: Parameters<EngineThread['call']>[0]): Promise<unknown> {
    try {
      return await this.#engine.call(call);
    } catch (error) {
      const code = error instanceof EngineRefusal ? coreCode(error.code) : 'INTERNAL';
      throw new CoreError(code, CORE_ERROR_TEXTS[code], {}, error);
    }
  }

  /** What is to end has ended when the thread is gone. */
  async #callUnlessGone(call: Parameters<EngineThread['call']>[0]): Promise<void> {
    try {
      await this.#call(call);
    } catch (error) {
      if (!(error instanceof CoreError && error.code === 'MEDIA_UNAVAILABLE')) throw error;
    }
  }

  #listener(): EngineListener {
    return {
      onQuestion: (question) => this.#decide({ ...question, remoteAddress: question.remoteAddress ?? '' }),
      onSourceUp: (sessionId, tracks) => {
        this.#events.emit('sourceUp', sessionId, tracks);
      },
      onSourceLost: (sessionId, why) => {
        this.#sessions.delete(sessionId);
        this.#events.emit('sourceLost', sessionId, why);
      },
      onViewerJoined: (sessionId, tag) => {
        this.#viewers.join(sessionId, tag);
        this.#events.emit('viewerJoined', sessionId, tag);
      },
      onViewerLeft: (sessionId, tag) => {
        this.#viewers.leave(sessionId, tag);
        this.#events.emit('viewerLeft', sessionId, tag);
      },
      onRelayLost: (relayId, why) => {
        this.#relays.delete(relayId);
        this.#events.emit('relayLost', relayId, why);
      },
      onTalkEnded: (talkId) => {
        this.talks.onEnded(talkId);
      },
      onTalkLost: (talkId, why) => {
        this.talks.onLost(talkId, why);
      },
      onCounts: (counts) => {
        this.#onCounts(counts);
      },
      onFault: (sessionId, message) => {
        this.#faults.add();
        this.#options.logger.error({ sessionId, fault: message }, 'a stream tripped a fault and was ended');
      },
      onCrash: (error) => {
        this.#onCrash(error);
      },
    };
  }

  #onCounts(counts: EngineCounts): void {
    this.#counts = counts;
    // It has run for a while: the next crash is another one.
    this.#restartAfterMs = RESTART_AFTER_MS;
    const { receiveBufferBytes } = counts;
    if (this.#warnedOfBuffer || receiveBufferBytes === undefined || receiveBufferBytes >= ENOUGH_BUFFER_BYTES)
      return;
    this.#warnedOfBuffer = true;
    this.#options.logger.warn(
      { receiveBufferBytes },
      'the system gives RTP sockets a small receive buffer: raise net.core.rmem_max to 4194304, or packets are lost under load',
    );
  }

  #onCrash(error: Error): void {
    this.#crashes.add();
    this.#options.logger.error({ err: error }, 'the media thread died and is started again');
    this.#counts = closedCounts(this.#counts);
    for (const [sessionId, tag] of this.#viewers.clear()) this.#events.emit('viewerLeft', sessionId, tag);
    const lost = [...this.#sessions];
    this.#sessions.clear();
    for (const sessionId of lost) this.#events.emit('sourceLost', sessionId, 'closed');
    const relays = [...this.#relays];
    this.#relays.clear();
    for (const relayId of relays) this.#events.emit('relayLost', relayId, 'closed');
    this.talks.loseAll();
    this.#restartLater();
  }

  #restartLater(): void {
    const delayMs = this.#restartAfterMs;
    this.#restartAfterMs = Math.min(2 * delayMs, MAX_RESTART_AFTER_MS);
    this.#options.clock.after(delayMs, () => {
      if (!this.#closed) void this.#restart();
    });
  }

  async #restart(): Promise<void> {
    try {
      await this.start();
    } catch (error) {
      if (this.#closed) return;
      this.#options.logger.error({ err: error }, 'the media thread did not start');
      this.#restartLater();
    }
  }
}

function coreCode(code: string): CoreErrorCode {
  return CORE_ERROR_CODES.find((known) => known === code) ?? 'INTERNAL';
}
