import { type Cancel, type Clock, SystemClock } from '../../kernel/index.ts';
import { FlvListener } from '../delivery/flv-listener.ts';
import { PortPool } from '../receive/port-pool.ts';
import { RelayBook, type RelayOrder, type RelayRefusal } from '../relay/relay-book.ts';
import { MERGE_MS } from '../stream/live-stream.ts';
import { Source } from '../stream/source.ts';
import { TalkBook, TalkRefusal } from '../talk/talk-book.ts';
import type { ViewerCounts } from '../stream/viewer.ts';
import type { EngineCounts, FromWorker, SourceOrder, ToWorker, WorkerCall, WorkerSetup } from './messages.ts';
import { doTalkCall, isTalkCall } from './talk-calls.ts';
import { ViewerDoor } from './viewer-door.ts';

const TICK_MS = 250;
const COUNTS_MS = 500;
const PORT_ATTEMPTS = 8;
/** The port that a side names which will dial (RFC 4145 §4.1). */
const DISCARD_PORT = 9;

/** What the core is told when a stream cannot be passed on. */
const RELAY_REFUSALS: Readonly<Record<RelayRefusal, readonly [code: string, message: string]>> = {
  known: ['CONFLICT', 'the relay is open already'],
  'too-many': ['QUOTA_EXCEEDED', 'too many relays'],
  'no-port': ['QUOTA_EXCEEDED', 'no port is free for the relay'],
  closed: ['CONFLICT', 'the relay was closed meanwhile'],
};

interface Running {
  readonly source: Source;
  readonly port: number;
}

/** A refusal of the worker, with a reason that the core knows. */
class WorkerRefusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Everything that happens in the media thread: sources, streams, viewers. */
export class MediaWorker {
  readonly #setup: WorkerSetup;
  readonly #post: (message: FromWorker) => void;
  readonly #clock: Clock;
  readonly #ports: PortPool;
  readonly #sources = new Map<string, Running>();
  readonly #relays: RelayBook;
  readonly #talks: TalkBook;
  readonly #door: ViewerDoor;
  readonly #listener: FlvListener;
  readonly #viewerCounts: ViewerCounts = { skips: 0, cut: 0 };
  /** Sums of sources that are over. */
  readonly #past = { packets: 0, lost: 0, foreign: 0, malformed: 0, resyncs: 0 };
  #receiveBufferBytes: number | undefined;
  #timers: Cancel[] = [];

  constructor(setup: WorkerSetup, post: (message: FromWorker) => void, clock: Clock = new SystemClock()) {
    this.#setup = setup;
    this.#post = post;
    this.#clock = clock;
    this.#ports = new PortPool(setup.rtpPorts, clock);
    this.#relays = new RelayBook({
      clock,
      ports: this.#ports,
      localHost: setup.rtpHost,
      maxRelays: setup.maxSessions,
      onEnd: (relayId, why) => {
        post({ kind: 'relay-lost', relayId, why });
      },
    });
    this.#talks = new TalkBook({
      clock,
      ports: this.#ports,
      localHost: setup.rtpHost,
      maxTalks: setup.maxSessions,
      onEnd: (talkId) => {
        post({ kind: 'talk-ended', talkId });
      },
      onLost: (talkId, why) => {
        post({ kind: 'talk-lost', talkId, why });
      },
    });
    this.#door = new ViewerDoor({
      limits: setup,
      clock,
      post,
      streamOf: (sessionId) => this.#sources.get(sessionId)?.source.stream,
    });
    this.#listener = new FlvListener({
      ask: (question, left) => this.#door.admit(question, left),
      clock,
      behindProxy: setup.behindProxy,
      maxConnections: setup.maxViewers * 2,
    });
  }

  /** Binds the viewers' port and begins. Rejects when it is taken. */
  async start(): Promise<void> {
    const flvPort = await this.#listener.listen(this.#setup.flvPort, this.#setup.flvHost);
    this.#timers = [
      this.#clock.every(MERGE_MS, () => {
        for (const { source } of this.#sources.values()) source.stream.flush();
      }),
      this.#clock.every(TICK_MS, () => {
        const now = this.#clock.monotonicMs();
        for (const { source } of [...this.#sources.values()]) source.tick(now);
        this.#relays.tick(now);
      }),
      this.#clock.every(COUNTS_MS, () => {
        this.#post({ kind: 'counts', counts: this.#counts() });
      }),
    ];
    this.#post({ kind: 'listening', flvPort });
  }

  async onMessage(message: ToWorker): Promise<void> {
    if (message.kind === 'verdict') {
      this.#door.onVerdict(message.id, message.verdict);
      return;
    }
    const { id, call } = message;
    try {
      this.#post({ kind: 'answer', id, result: await this.#do(call) });
    } catch (error) {
      const isRefusal = error instanceof WorkerRefusal || error instanceof TalkRefusal;
      const code = isRefusal ? error.code : 'INTERNAL';
      this.#post({ kind: 'refusal', id, code, message: textOf(error) });
    }
  }

  async #do(call: WorkerCall): Promise<unknown> {
    if (isTalkCall(call)) return await doTalkCall(this.#talks, call);
    switch (call.do) {
      case 'open':
        return await this.#open(call.order);
      case 'connect':
        this.#running(call.sessionId).source.connect(call.address, call.port);
        return undefined;
      case 'accept-ssrc':
        this.#running(call.sessionId).source.acceptSsrc(call.ssrc);
        return undefined;
      case 'reopen':
        return await this.#reopen(call.order);
      case 'steer':
        this.#running(call.sessionId).source.steer(call.steering);
        return undefined;
      case 'drain':
        return await this.#running(call.sessionId).source.drain(call.quietMs, call.limitMs);
      case 'close': {
        const source = this.#sources.get(call.sessionId)?.source;
        this.#close(call.sessionId);
        await source?.filed();
        return undefined;
      }
      case 'kick':
        for (const { source } of this.#sources.values()) source.stream.cut(call.tag);
        return undefined;
      case 'open-relay':
        return await this.#openRelay(call.order);
      case 'close-relay':
        this.#relays.close(call.relayId);
        return undefined;
      case 'stats':
        return [...this.#sources.values()].map(({ source }) => source.stats);
      case 'shutdown':
        this.#shutdown();
        return undefined;
    }
  }

  async #open(order: SourceOrder): Promise<{ readonly port: number }> {
    if (this.#sources.has(order.sessionId))
      throw new WorkerRefusal('CONFLICT', 'the session is open already');
    if (this.#sources.size >= this.#setup.maxSessions)
      throw new WorkerRefusal('QUOTA_EXCEEDED', 'too many streams');
    for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt += 1) {
      const lent = this.#ports.take();
      if (lent === undefined) throw new WorkerRefusal('QUOTA_EXCEEDED', 'no RTP port is free');
      const source = this.#makeSource(order);
      this.#sources.set(order.sessionId, { source, port: lent });
      const port = await source.listen(this.#setup.rtpHost, lent).catch(() => undefined);
      if (this.#sources.get(order.sessionId)?.source !== source)
        throw new WorkerRefusal('CONFLICT', 'the session was closed meanwhile');
      if (port !== undefined) {
        this.#noteBuffer(source.receiveBufferBytes);
        return { port: port === 0 ? DISCARD_PORT : port };
      }
      // Another program has the port: the next one is tried.
      this.#close(order.sessionId);
    }
    throw new WorkerRefusal('QUOTA_EXCEEDED', 'no RTP port could be bound');
  }

  /** The next call of a session gets a port of its own: the device may still send to the one before. */
  async #reopen(order: SourceOrder): Promise<{ readonly port: number }> {
    const { sessionId } = order;
    for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt += 1) {
      const { source, port: before } = this.#running(sessionId);
      const lent = this.#ports.take();
      if (lent === undefined) throw new WorkerRefusal('QUOTA_EXCEEDED', 'no RTP port is free');
      this.#ports.giveBack(before);
      this.#sources.set(sessionId, { source, port: lent });
      const port = await source.reopen(order, this.#setup.rtpHost, lent).catch(() => undefined);
      if (this.#sources.get(sessionId)?.port !== lent)
        throw new WorkerRefusal('CONFLICT', 'the session was closed meanwhile');
      if (port !== undefined) return { port: port === 0 ? DISCARD_PORT : port };
    }
    throw new WorkerRefusal('QUOTA_EXCEEDED', 'no RTP port could be bound');
  }

  async #openRelay(order: RelayOrder): Promise<{ readonly port: number }> {
    this.#running(order.sessionId);
    const port = await this.#relays.open(order);
    if (typeof port === 'number') return { port };
    throw new WorkerRefusal(...RELAY_REFUSALS[port]);
  }

  #makeSource(order: SourceOrder): Source {
    const { sessionId } = order;
    return new Source(
      order,
      {
        onUp: (tracks) => {
          this.#post({ kind: 'source-up', sessionId, tracks });
        },
        onEnd: (why) => {
          this.#post({ kind: 'source-lost', sessionId, why });
          this.#close(sessionId);
        },
        onFault: (error) => {
          this.#post({ kind: 'fault', sessionId, message: textOf(error) });
        },
        onPacket: (packet, lasts) => {
          const relays = this.#relays.of(sessionId);
          if (relays !== undefined) for (const relay of relays) relay.push(packet, lasts);
        },
      },
      { clock: this.#clock, counts: this.#viewerCounts },
    );
  }

  #running(sessionId: string): Running {
    const running = this.#sources.get(sessionId);
    if (!running) throw new WorkerRefusal('STREAM_NOT_FOUND', 'no such session');
    return running;
  }

  #close(sessionId: string): void {
    const running = this.#sources.get(sessionId);
    if (!running) return;
    this.#sources.delete(sessionId);
    const { source, port } = running;
    source.close();
    this.#ports.giveBack(port);
    this.#relays.endOf(sessionId);
    const { packetsIn, packetsLost, foreignSsrcPackets } = source.stats;
    this.#past.packets += packetsIn;
    this.#past.lost += packetsLost;
    this.#past.foreign += foreignSsrcPackets;
    this.#past.malformed += source.malformedPackets;
    this.#past.resyncs += source.resyncs;
  }

  /** Nothing stays open: no socket, no timer, nobody who waits. */
  #shutdown(): void {
    for (const cancel of this.#timers.splice(0)) cancel();
    for (const sessionId of [...this.#sources.keys()]) this.#close(sessionId);
    this.#relays.closeAll();
    this.#talks.closeAll();
    this.#door.close();
    this.#listener.close();
  }

  #noteBuffer(bytes: number | undefined): void {
    if (bytes === undefined) return;
    this.#receiveBufferBytes = Math.min(bytes, this.#receiveBufferBytes ?? bytes);
  }

  #counts(): EngineCounts {
    let { packets, lost, foreign, malformed, resyncs } = this.#past;
    let viewerQueueBytes = 0;
    for (const { source } of this.#sources.values()) {
      const stats = source.stats;
      packets += stats.packetsIn;
      lost += stats.packetsLost;
      foreign += stats.foreignSsrcPackets;
      malformed += source.malformedPackets;
      resyncs += source.resyncs;
      viewerQueueBytes += source.stream.queuedBytes;
    }
    return {
      rtpPortsInUse: this.#ports.inUse,
      streams: this.#sources.size,
      viewers: this.#door.viewers,
      waitingViewers: this.#door.waiting,
      packets,
      packetsLost: lost,
      foreignSsrcPackets: foreign,
      malformedPackets: malformed,
      resyncs,
      receiveBufferBytes: this.#receiveBufferBytes,
      viewerSkips: this.#viewerCounts.skips,
      viewersCut: this.#viewerCounts.cut,
      viewerQueueBytes,
      refusedViewers: this.#door.refused,
      relays: this.#relays.size,
      relayedPackets: this.#relays.counts.packets,
      relaySkipped: this.#relays.counts.skipped,
      talks: this.#talks.size,
      talkPackets: this.#talks.packets,
    };
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
