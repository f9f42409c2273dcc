import type { DeviceProfile } from '@yimu/shared';
import {
  type Clock,
  CoreError,
  ExpiringMap,
  type Instruments,
  type Logger,
  type RandomSource,
  withDeadline,
} from '../../kernel/index.ts';
import { type Camera, requireOnline } from '../devices/device.ts';
import type { MediaPort, SourceLoss } from '../ports/media.ts';
import type { HistoryPeriod, SignallingPort } from '../ports/signalling.ts';
import { refuse } from '../refuse.ts';
import type { CoreSettings } from '../settings.ts';
import { StreamLeases } from './leases.ts';
import type { LiveQuality } from './live-name.ts';
import { LiveSession, type SessionListener } from './live-session.ts';
import { type MediaWay, MediaWays } from './media-ways.ts';

const SESSION_ID_BYTES = 8;
const REMEMBERED_FAILURES = 10_000;
/** A BYE that is not answered in this time does not hold up what comes next. */
const RELEASE_WITHIN_MS = 2_000;

interface Deps {
  readonly signalling: SignallingPort;
  readonly profileOf: (gbId: string) => Pick<DeviceProfile, 'mediaTransports'>;
  readonly media: MediaPort;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly instruments: Instruments;
  readonly settings: CoreSettings;
}

/** Which stream of a camera is wanted; whoever wants the same key joins. */
interface StreamWish {
  readonly key: string;
  readonly streamNumber: 0 | 1;
  /** A recording instead of what the camera sees now. */
  readonly history?: HistoryPeriod;
  readonly recordTo?: string;
  readonly listener?: SessionListener;
}

/** A stream that runs or is about to. */
interface Stream {
  readonly key: string;
  readonly deviceGbId: string;
  readonly channelId: number;
  /** Resolves with the session that shows the picture. */
  up: Promise<LiveSession> | undefined;
  /** The picture has come: with its session the stream is over. Before, another way of media may follow. */
  isUp: boolean;
  session: LiveSession | undefined;
  leases: StreamLeases | undefined;
  /** Why it was ended from here; undefined while it runs, and when camera or media ended it. */
  given: CoreError | undefined;
  /** Resolves when the call is over. */
  readonly over: Promise<void>;
  readonly tellOver: () => void;
}

/** Every running stream: one upstream per channel and quality, however many ask for it. */
export class Streams {
  readonly #deps: Deps;
  readonly #byKey = new Map<string, Stream>();
  readonly #bySession = new Map<string, Stream>();
  readonly #failures: ExpiringMap<string, CoreError>;
  readonly #ways: MediaWays;
  /** Sessions that are not closed yet. */
  #sessions = 0;
  #idle: (() => void)[] = [];
  #closed = false;

  constructor(deps: Deps) {
    this.#deps = deps;
    const { clock, settings, instruments, media } = deps;
    this.#ways = new MediaWays(deps);
    this.#failures = new ExpiringMap({
      clock,
      lifeMs: settings.failureMemoryMs,
      capacity: REMEMBERED_FAILURES,
    });
    instruments.gauge('yimu_live_sessions', 'streams that begin, run or end', () => this.#sessions);
    instruments.gauge('yimu_leases', 'reasons for which streams are kept running', () => this.#leases());
    media.on('sourceUp', (sessionId) => this.#bySession.get(sessionId)?.session?.onMediaUp());
    media.on('sourceLost', (sessionId, why) => {
      this.#onLost(sessionId, why);
    });
    media.on('viewerJoined', (sessionId, tag) => this.#bySession.get(sessionId)?.leases?.viewerJoined(tag));
    media.on('viewerLeft', (sessionId, tag) => this.#bySession.get(sessionId)?.leases?.viewerLeft(tag));
  }

  /**
   * Joins the stream of a camera or starts it; resolves with the session when there is a picture. Rejects
   * with a CoreError that says why there is none.
   */
  async demand(camera: Camera, quality: LiveQuality): Promise<string> {
    const key = `${String(camera.channel.id)}/${String(quality)}`;
    const session = await this.open(camera, { key, streamNumber: quality === 2 ? 1 : 0 });
    return session.order.sessionId;
  }

  /** As {@link demand}, for any stream of a camera. */
  async open(camera: Camera, wish: StreamWish): Promise<LiveSession> {
    await this.#untilOver(wish.key);
    const stream = this.#byKey.get(wish.key) ?? this.#start(camera, wish);
    const session = await stream.up;
    if (session?.state !== 'playing') throw refuse('MEDIA_UNAVAILABLE');
    stream.leases?.expectViewer();
    return session;
  }

  /** Ends the stream of a key, if one runs; those who wait are told `reason`. */
  end(key: string, reason: CoreError): void {
    const stream = this.#byKey.get(key);
    if (stream !== undefined) this.#abandon(stream, reason);
  }

  /**
   * Ends the stream of a key for the sake of another, and waits for its call to end. Resolves with false, and leaves
   * it, when somebody watches it or waits for it.
   */
  async displace(key: string, reason: CoreError): Promise<boolean> {
    const stream = this.#byKey.get(key);
    if (stream === undefined) return true;
    if (!stream.isUp || stream.leases?.isInUse === true) return false;
    this.#abandon(stream, reason);
    await this.#within(stream.over);
    return true;
  }

  /**
   * Keeps the stream of a session running for somebody who is no viewer of ours; the call that this gives lets go.
   * Undefined when the session is over.
   */
  hold(sessionId: string, tag: string): (() => void) | undefined {
    const leases = this.#bySession.get(sessionId)?.leases;
    if (leases === undefined) return undefined;
    leases.viewerJoined(tag);
    let held = true;
    return () => {
      if (held) leases.viewerLeft(tag);
      held = false;
    };
  }

  /** Sessions that show what a channel sees now. */
  liveOf(channelId: number): readonly string[] {
    return [...this.#byKey.values()].flatMap(({ channelId: of, session }) =>
      of === channelId && session?.state === 'playing' && session.order.history === undefined
        ? [session.order.sessionId]
        : [],
    );
  }

  /** Ends the streams of a device; those who wait are told `reason`. */
  endOfDevice(deviceGbId: string, reason: CoreError): void {
    for (const stream of this.#byKey.values()) {
      if (stream.deviceGbId === deviceGbId) this.#abandon(stream, reason);
    }
  }

  /** Cuts the viewers that came with an address (or, without one, all) of a channel. */
  async cutViewers(channelId: number, grantId: string | undefined): Promise<void> {
    for (const stream of this.#byKey.values()) {
      if (stream.channelId !== channelId) continue;
      const tags = grantId === undefined ? (stream.leases?.tags ?? []) : [grantId];
      for (const tag of tags) await this.#deps.media.kick(tag);
    }
  }

  /** Ends everything; resolves when the last call is over. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const stream of [...this.#byKey.values()]) this.#abandon(stream, refuse('MEDIA_UNAVAILABLE'));
    if (this.#byKey.size + this.#sessions === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** A call that is being ended comes first: many a camera has one stream to give. */
  async #untilOver(key: string): Promise<void> {
    let stream = this.#byKey.get(key);
    while (stream?.isUp === true && stream.session?.state === 'closing') {
      await stream.over;
      stream = this.#byKey.get(key);
    }
  }

  #start(camera: Camera, wish: StreamWish): Stream {
    const { key } = wish;
    const { settings } = this.#deps;
    if (this.#closed) throw refuse('MEDIA_UNAVAILABLE', { why: 'the server stops' });
    const failure = this.#failures.get(key);
    if (failure) throw failure;
    // What asks may have been made when the device was not there, or still was.
    const { online } = this.#deps.signalling.presence(camera.device.gbId);
    requireOnline({ ...camera.device, online });
    if (this.#byKey.size >= settings.maxSessions) throw refuse('QUOTA_EXCEEDED', { what: 'streams' });
    let tellOver = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      tellOver = resolve;
    });
    const stream: Stream = {
      key,
      deviceGbId: camera.device.gbId,
      channelId: camera.channel.id,
      up: undefined,
      isUp: false,
      session: undefined,
      leases: undefined,
      given: undefined,
      over,
      tellOver,
    };
    this.#byKey.set(key, stream);
    stream.up = this.#bringUp(stream, camera, wish);
    stream.up.catch((error: unknown) => {
      this.#forget(stream);
      if (error instanceof CoreError && !stream.given) this.#failures.set(key, error);
      this.#tellIdle();
    });
    return stream;
  }

  /** Tries the ways of media one after another while the device refuses, or answers and sends nothing. */
  async #bringUp(stream: Stream, camera: Camera, wish: StreamWish): Promise<LiveSession> {
    // What was opened for the first way (a relay to an upper platform) goes with it.
    const trial = this.#ways.begin(camera.device, { once: wish.listener?.onReceiving !== undefined });
    for (let way = trial.next(); way !== undefined; way = trial.next()) {
      const session = this.#openSession(stream, camera, wish, way);
      try {
        await session.up;
        trial.worked(way);
        this.#onUp(stream, session);
        return session;
      } catch (error) {
        const failure = error instanceof CoreError ? error : refuse('INTERNAL', {}, error);
        if (stream.given !== undefined || !trial.failed(way, failure))
          throw stream.given ?? trial.failure ?? failure;
      }
      // Its BYE, its port: many a camera has one stream to give.
      await this.#within(session.closed);
      this.#requireWanted(stream);
    }
    throw trial.failure ?? refuse('INTERNAL', { what: 'no way of media is configured' });
  }

  #onUp(stream: Stream, session: LiveSession): void {
    stream.isUp = true;
    if (session.state === 'closed') this.#forget(stream);
  }

  /** Rejects with the reason when it was ended from here meanwhile. */
  #requireWanted({ given }: Stream): void {
    if (given !== undefined) throw given;
  }

  /** Waits for the end of a call, but not for long. */
  async #within(over: Promise<void>): Promise<void> {
    const { clock } = this.#deps;
    await withDeadline(over, RELEASE_WITHIN_MS, 'the end of a call', clock).catch(() => undefined);
  }

  #openSession(stream: Stream, camera: Camera, wish: StreamWish, way: MediaWay): LiveSession {
    const { signalling, media, clock, random, logger, settings } = this.#deps;
    const session = new LiveSession(
      {
        sessionId: random.hex(SESSION_ID_BYTES),
        deviceGbId: camera.device.gbId,
        channelGbId: camera.channel.gbId,
        streamNumber: wish.streamNumber,
        ...way,
        history: wish.history,
        recordTo: wish.recordTo,
      },
      {
        signalling,
        media,
        clock,
        logger,
        settings,
        listener: wish.listener,
        onClosed: (closed) => {
          this.#onClosed(stream, closed);
        },
      },
    );
    stream.session = session;
    stream.leases?.close();
    stream.leases = new StreamLeases(
      clock,
      { openMs: settings.openLeaseMs, graceMs: settings.viewerGraceMs },
      () => {
        session.abandon(refuse('MEDIA_UNAVAILABLE', { why: 'nobody watches' }));
      },
    );
    this.#bySession.set(session.order.sessionId, stream);
    this.#sessions += 1;
    session.open();
    return session;
  }

  #abandon(stream: Stream, reason: CoreError): void {
    stream.given = reason;
    stream.session?.abandon(reason);
  }

  #onLost(sessionId: string, why: SourceLoss): void {
    const stream = this.#bySession.get(sessionId);
    if (stream?.session?.order.sessionId === sessionId) stream.session.onMediaLost(why);
  }

  #onClosed(stream: Stream, session: LiveSession): void {
    this.#sessions -= 1;
    this.#bySession.delete(session.order.sessionId);
    if (stream.session === session && stream.isUp) this.#forget(stream);
    this.#tellIdle();
  }

  #forget(stream: Stream): void {
    stream.leases?.close();
    if (this.#byKey.get(stream.key) === stream) this.#byKey.delete(stream.key);
    stream.tellOver();
  }

  #tellIdle(): void {
    if (this.#byKey.size + this.#sessions > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #leases(): number {
    let count = 0;
    for (const stream of this.#byKey.values()) count += stream.leases?.count ?? 0;
    return count;
  }
}
