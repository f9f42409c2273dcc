import { type Clock, CoreError } from '../../kernel/index.ts';
import type { Camera } from '../devices/device.ts';
import type { LiveSession } from '../live/live-session.ts';
import type { Streams } from '../live/streams.ts';
import type { MediaPort } from '../ports/media.ts';
import type { HistoryPeriod } from '../ports/signalling.ts';
import type { Segment } from '../records/merge-files.ts';
import { refuse } from '../refuse.ts';
import { Turns } from './turns.ts';

/** A device that has sent everything is silent; what is on the way comes within this, ms. */
const DRAIN_QUIET_MS = 1_000;
/** Some say that they have sent everything long before they have. */
const DRAIN_LIMIT_MS = 120_000;

/** What a run stands on. */
export interface HistoryDeps {
  readonly streams: Streams;
  readonly media: MediaPort;
  readonly clock: Clock;
}

export interface HistoryRunOrder {
  readonly camera: Camera;
  /** Of the stream; whoever opens the same joins. */
  readonly key: string;
  readonly session: HistoryPeriod['session'];
  readonly kind: HistoryPeriod['kind'];
  readonly streamNumber: 0 | 1;
  readonly speed?: number;
  readonly recordTo?: string;
  /** Asked when all of a stretch has come; undefined: it was the last. */
  readonly next: () => Segment | undefined;
  /** The stretch that {@link next} gave has begun. */
  readonly onBegun: (segment: Segment) => void;
  /** Nothing more comes; `reason` undefined: all has come. */
  readonly onOver: (reason: CoreError | undefined) => void;
}

/**
 * Recordings one after another in one stream: each stretch without a break is a call of its own, and what lies between
 * them is left out. The viewers of the stream notice nothing of it.
 */
export class HistoryRun {
  readonly #deps: HistoryDeps;
  readonly #order: HistoryRunOrder;
  #session: LiveSession | undefined;
  readonly #turns = new Turns();
  #segment: Segment | undefined;
  /** Counts what it was told meanwhile. */
  #orders = 0;
  #settling = false;
  #over = false;
  #finished = false;

  constructor(deps: HistoryDeps, order: HistoryRunOrder) {
    this.#deps = deps;
    this.#order = order;
  }

  /** The stretch whose call stands. */
  get segment(): Segment | undefined {
    return this.#segment;
  }

  get session(): LiveSession | undefined {
    return this.#session;
  }

  /** Resolves with the session when the first picture has come. */
  async open(segment: Segment): Promise<LiveSession> {
    const { camera, key, streamNumber, recordTo } = this.#order;
    this.#segment = segment;
    const session = await this.#deps.streams.open(camera, {
      ...{ key, streamNumber, history: this.#period(segment) },
      ...(recordTo === undefined ? {} : { recordTo }),
      listener: {
        onPeriodOver: () => {
          void this.settle();
        },
        onClosed: (reason) => {
          // Of a way of media that failed the next one is tried.
          if (this.#session !== undefined) this.#end(this.#finished ? undefined : reason);
        },
      },
    });
    this.#session = session;
    this.#order.onBegun(segment);
    return session;
  }

  /** What it is told to do waits for what it was told before, and what was its end is none any more. */
  async inTurn(job: () => Promise<void>): Promise<void> {
    await this.#turns.take(async () => {
      await job();
      this.#orders += 1;
    });
  }

  /** Another place, by a call of its own; to be called in turn. */
  async goTo(segment: Segment): Promise<void> {
    if (this.#session === undefined || this.#over) throw refuse('MEDIA_UNAVAILABLE');
    this.#segment = segment;
    await this.#session.renew(this.#period(segment));
    this.#order.onBegun(segment);
  }

  /** All of the stretch has been sent, or should have been: when it has come, the next one follows. */
  async settle(limitMs: number = DRAIN_LIMIT_MS): Promise<void> {
    const session = this.#session;
    if (session === undefined || this.#settling || this.#over) return;
    this.#settling = true;
    const orders = this.#orders;
    try {
      const quiet = await this.#deps.media.drain(session.order.sessionId, DRAIN_QUIET_MS, limitMs);
      if (quiet)
        await this.#turns.take(async () => {
          await this.#goOn(orders);
        });
    } catch (error) {
      this.#end(error instanceof CoreError ? error : refuse('INTERNAL', {}, error));
    } finally {
      this.#settling = false;
    }
  }

  async #goOn(orders: number): Promise<void> {
    // Whoever sought or paused meanwhile wants something else by now.
    if (this.#orders !== orders || this.#over) return;
    const next = this.#order.next();
    if (next === undefined) this.finish();
    else await this.goTo(next);
  }

  /** Ends it because all has come. */
  finish(): void {
    this.#finished = true;
    this.stop(refuse('MEDIA_UNAVAILABLE', { why: 'the recording is over' }));
  }

  /** Ends it; whoever waits is told `reason`. */
  stop(reason: CoreError): void {
    this.#deps.streams.end(this.#order.key, reason);
  }

  #period({ beginMs, endMs }: Segment): HistoryPeriod {
    const { session, kind, speed } = this.#order;
    return { ...{ session, beginMs, endMs, kind }, ...(speed === undefined ? {} : { speed }) };
  }

  #end(reason: CoreError | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#order.onOver(reason);
  }
}
