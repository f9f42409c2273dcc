import type { Clock } from '../../kernel/index.ts';
import { IngestPipeline } from '../ingest-pipeline.ts';
import type { PipelineSink } from '../pipeline.ts';
import type { RtpListener, RtpReceiver } from '../receive/rtp-receiver.ts';
import { receiveTcpActive, receiveTcpPassive } from '../receive/tcp-receiver.ts';
import { receiveUdp } from '../receive/udp-receiver.ts';
import type {
  SourceEnd,
  SourceOrder,
  SourceStats,
  SourceSteering,
  SourceTracks,
} from '../worker/messages.ts';
import { FlvFile } from './flv-file.ts';
import { LiveStream } from './live-stream.ts';
import type { ViewerCounts } from './viewer.ts';

/** What a source tells the engine. */
export interface SourceListener {
  onUp(tracks: SourceTracks): void;
  onEnd(why: SourceEnd): void;
  /** Its bytes tripped a fault of ours; the source ends, the others go on. */
  onFault(error: unknown): void;
  /** A packet of the stream, as it came; `lasts` = its octets stay as they are after the call. */
  onPacket?(packet: Uint8Array, lasts: boolean): void;
}

/** The ways by which RTP comes in. */
export interface Receivers {
  readonly udp: typeof receiveUdp;
  readonly tcpPassive: typeof receiveTcpPassive;
  readonly tcpActive: typeof receiveTcpActive;
}

const RECEIVERS: Receivers = {
  udp: receiveUdp,
  tcpPassive: receiveTcpPassive,
  tcpActive: receiveTcpActive,
};

interface Deps {
  readonly clock: Clock;
  readonly counts: ViewerCounts;
  readonly mergeAbove?: number;
  readonly receivers?: Receivers;
}

/** Somebody who waits until nothing comes any more. */
interface Drain {
  readonly quietMs: number;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly resolve: (isQuiet: boolean) => void;
}

/** One camera's stream: how it comes in, what becomes of it, and how long silence is borne. */
export class Source {
  readonly stream: LiveStream;
  readonly #pipeline: IngestPipeline;
  readonly #listener: SourceListener;
  readonly #clock: Clock;
  readonly #receivers: Receivers;
  readonly #file: FlvFile | undefined;
  #order: SourceOrder;
  #openedAtMs: number;
  #packets: RtpListener;
  #receiver: RtpReceiver | undefined;
  #lastPacketMs: number | undefined;
  #strangers = 0;
  #resyncs = 0;
  #paused = false;
  #drains: Drain[] = [];
  #ended = false;

  constructor(order: SourceOrder, listener: SourceListener, deps: Deps) {
    const { clock, counts, mergeAbove, receivers = RECEIVERS } = deps;
    this.#order = order;
    this.#listener = listener;
    this.#clock = clock;
    this.#receivers = receivers;
    this.#openedAtMs = clock.monotonicMs();
    this.stream = new LiveStream(
      {
        onFirstPicture: (tracks) => {
          listener.onUp({ ...tracks });
        },
      },
      counts,
      mergeAbove,
    );
    this.#file =
      order.recordTo === undefined
        ? undefined
        : new FlvFile(order.recordTo, () => {
            this.#end('storage');
          });
    this.#pipeline = new IngestPipeline({ ssrc: order.ssrc, sink: this.#sink(), clock });
    this.#packets = this.#listenTo();
  }

  #listenTo(): RtpListener {
    const packets: RtpListener = {
      onPacket: (packet) => this.#onPacket(packet),
      isAwaited: (packet) => this.#pipeline.isAwaited(packet),
      onStranger: () => {
        this.#strangers += 1;
      },
      onResyncs: (count) => {
        this.#resyncs += count;
      },
      onGone: () => {
        if (this.#packets === packets && this.#order.isHistory !== true) this.#end('transport');
      },
    };
    return packets;
  }

  /** Begins to listen; resolves with the port. Rejects when it is taken. */
  async listen(host: string, port: number): Promise<number> {
    const { transport } = this.#order;
    if (transport === 'tcp-active') return port;
    const receive = transport === 'udp' ? this.#receivers.udp : this.#receivers.tcpPassive;
    const receiver = await receive(host, port, this.#packets, this.#clock);
    if (this.#ended) receiver.close();
    this.#receiver = receiver;
    return receiver.port;
  }

  /**
   * Takes the next part of a recording from another call, for the same viewers; resolves with the port. Rejects when
   * that is taken, and then the one before is closed all the same.
   */
  async reopen(order: SourceOrder, host: string, port: number): Promise<number> {
    this.#receiver?.close();
    this.#receiver = undefined;
    this.#packets = this.#listenTo();
    this.#order = order;
    this.#openedAtMs = this.#clock.monotonicMs();
    this.#lastPacketMs = undefined;
    this.#paused = false;
    this.#pipeline.acceptSsrc(order.ssrc);
    this.#pipeline.discontinue();
    return await this.listen(host, port);
  }

  steer({ paused, byArrival, jumps }: SourceSteering): void {
    if (this.#paused && !paused) this.#bearSilence();
    this.#paused = paused;
    this.#pipeline.setByArrival(byArrival);
    if (!jumps) return;
    this.#pipeline.discontinue();
    this.#bearSilence();
  }

  /** Resolves with whether nothing came any more for `quietMs`; false = it still came after `limitMs`. */
  drain(quietMs: number, limitMs: number): Promise<boolean> {
    if (this.#ended) return Promise.resolve(true);
    const now = this.#clock.monotonicMs();
    return new Promise((resolve) => {
      this.#drains.push({ quietMs, sinceMs: now, untilMs: now + limitMs, resolve });
    });
  }

  /** Dials the camera (tcp-active). */
  connect(address: string, port: number): void {
    if (this.#ended || this.#order.transport !== 'tcp-active') return;
    this.#receiver ??= this.#receivers.tcpActive(address, port, this.#packets, this.#clock);
  }

  acceptSsrc(ssrc: number): void {
    this.#pipeline.acceptSsrc(ssrc);
  }

  /** Looks whether silence has lasted too long. */
  tick(nowMs: number): void {
    this.stream.check(nowMs);
    this.#settleDrains(nowMs);
    const { firstPacketTimeoutMs, silenceTimeoutMs } = this.#order;
    const patienceIsOver = nowMs - this.#openedAtMs > firstPacketTimeoutMs;
    if (this.#lastPacketMs === undefined) {
      if (patienceIsOver) this.#end('no-rtp');
    } else if (!this.#paused && nowMs - this.#lastPacketMs > silenceTimeoutMs) {
      this.#end('rtp-timeout');
    } else if (!this.stream.tracks && patienceIsOver) {
      this.#end('no-track');
    }
  }

  get order(): SourceOrder {
    return this.#order;
  }

  get stats(): SourceStats {
    const { bytes, packets, lost, foreignSsrc, keyFrames, mediaMs } = this.#pipeline.stats;
    return {
      sessionId: this.#order.sessionId,
      viewers: this.stream.viewers,
      bytesIn: bytes,
      packetsIn: packets,
      packetsLost: lost,
      foreignSsrcPackets: foreignSsrc + this.#strangers,
      tracks: this.stream.tracks && { ...this.stream.tracks },
      keyFrames,
      mediaMs,
      fileBytes: this.#file?.bytes ?? 0,
    };
  }

  get malformedPackets(): number {
    return this.#pipeline.stats.malformed;
  }

  /** Times the framing of its connection was lost. */
  get resyncs(): number {
    return this.#resyncs;
  }

  /** Size of the system's receive buffer, bytes; undefined where it does not matter. */
  get receiveBufferBytes(): number | undefined {
    return this.#receiver?.bufferBytes;
  }

  /** Ends the source without telling. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#receiver?.close();
    this.stream.end();
    for (const drain of this.#drains.splice(0)) drain.resolve(true);
    void this.#file?.close();
  }

  /** Resolves when its file, if it has one, is whole. */
  async filed(): Promise<void> {
    await this.#file?.close();
  }

  #sink(): PipelineSink {
    const { stream } = this;
    const file = this.#file;
    if (file === undefined) return stream;
    return {
      onTracks: (tracks) => {
        stream.onTracks(tracks);
        file.onTracks(tracks);
      },
      onTag: (tag) => {
        stream.onTag(tag);
        file.onTag(tag);
      },
    };
  }

  #bearSilence(): void {
    if (this.#lastPacketMs !== undefined) this.#lastPacketMs = this.#clock.monotonicMs();
  }

  #settleDrains(nowMs: number): void {
    this.#drains = this.#drains.filter((drain) => {
      const quietSinceMs = Math.max(drain.sinceMs, this.#lastPacketMs ?? 0);
      const isQuiet = nowMs - quietSinceMs >= drain.quietMs;
      if (isQuiet || nowMs >= drain.untilMs) drain.resolve(isQuiet);
      return !isQuiet && nowMs < drain.untilMs;
    });
  }

  #onPacket(packet: Uint8Array): boolean {
    if (this.#ended) return false;
    const before = this.#pipeline.accepted;
    try {
      this.#pipeline.pushRtp(packet);
    } catch (error) {
      this.#listener.onFault(error);
      this.#end('transport');
      return false;
    }
    if (this.#pipeline.accepted === before) return false;
    this.#lastPacketMs = this.#clock.monotonicMs();
    // A datagram has a buffer of its own; a connection's packets may lie in one that is used again.
    this.#listener.onPacket?.(packet, this.#order.transport === 'udp');
    return true;
  }

  #end(why: SourceEnd): void {
    if (this.#ended) return;
    // What came whole before the end is still shown.
    if (why !== 'no-rtp') this.#flush();
    this.close();
    this.#listener.onEnd(why);
  }

  #flush(): void {
    try {
      this.#pipeline.flush();
    } catch (error) {
      this.#listener.onFault(error);
    }
  }
}
