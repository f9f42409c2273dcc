import { type Cancel, CoreError } from '../../kernel/index.ts';
import type { Camera } from '../devices/device.ts';
import type { PlaybackOrder, RecordingKind } from '../ports/signalling.ts';
import type { Segment } from '../records/merge-files.ts';
import { refuse } from '../refuse.ts';
import { type HistoryDeps, HistoryRun } from './history-run.ts';
import { PlaybackClock } from './playback-clock.ts';

const WATCH_MS = 1_000;
/** So far past its end a stretch is looked after: the device may have said nothing. */
const OVERDUE_MS = 2_000;
/** How long what still comes is waited for then. */
const OVERDUE_DRAIN_MS = 5_000;
/** A pause that nobody ends is ended, and with it the call that the device keeps for it. */
const MAX_PAUSE_MS = 15 * 60_000;

/** Paces that players offer; the negative ones play backwards. */
const PLAYBACK_SCALES: readonly number[] = [-16, -8, -4, -2, -1, -0.5, -0.25, 0.25, 0.5, 1, 2, 4, 8, 16];

/** `waiting`: for its first viewer. */
export type PlaybackState = 'waiting' | 'opening' | 'playing' | 'paused' | 'ended';

export interface PlaybackOptions {
  readonly id: string;
  readonly camera: Camera;
  readonly key: string;
  readonly beginMs: number;
  readonly endMs: number;
  readonly kind: RecordingKind;
  readonly streamNumber: 0 | 1;
  /** Stretches that were recorded, in order; at least one. */
  readonly segments: readonly Segment[];
  readonly onEnded: () => void;
}

/** One playback of a recording: its place, its pace and its end. Gaps are left out; the clock jumps over them. */
export class Playback {
  readonly options: PlaybackOptions;
  readonly #deps: HistoryDeps;
  readonly #clock: PlaybackClock;
  readonly #run: HistoryRun;
  #state: PlaybackState = 'waiting';
  #opening: Promise<string> | undefined;
  #stopWatch: Cancel | undefined;
  #stopPause: Cancel | undefined;
  #endedBy: CoreError | undefined;

  constructor(options: PlaybackOptions, deps: HistoryDeps) {
    this.options = options;
    this.#deps = deps;
    this.#clock = new PlaybackClock(deps.clock, options.segments[0]?.beginMs ?? options.beginMs);
    this.#run = new HistoryRun(deps, {
      ...{ camera: options.camera, key: options.key, session: 'playback', kind: options.kind },
      streamNumber: options.streamNumber,
      next: () => this.#next(),
      onBegun: (segment) => {
        void this.#onBegun(segment);
      },
      onOver: (reason) => {
        this.#onOver(reason);
      },
    });
  }

  get state(): PlaybackState {
    return this.#state;
  }

  /** What is shown now, UTC ms; within the period. */
  get positionMs(): number {
    const { beginMs, endMs } = this.#run.segment ?? this.options;
    return Math.min(endMs, Math.max(beginMs, this.#clock.positionMs));
  }

  get scale(): number {
    return this.#clock.scale;
  }

  /** Why it ended before its end; undefined when it did not. */
  get endedBy(): CoreError | undefined {
    return this.#endedBy;
  }

  /** Starts it for its first viewer; who comes later joins. Resolves with the media session. */
  async demand(): Promise<string> {
    if (this.#state === 'ended') throw this.#endedBy ?? refuse('STREAM_NOT_FOUND');
    this.#opening ??= this.#open();
    return await this.#opening;
  }

  async pause(): Promise<void> {
    await this.#run.inTurn(() => this.#pause());
  }

  async resume(): Promise<void> {
    await this.#run.inTurn(() => this.#resume());
  }

  /** To a moment, UTC ms; in a gap: to what follows it. Also resumes. */
  async seek(toMs: number): Promise<void> {
    const { beginMs, endMs } = this.options;
    if (!Number.isFinite(toMs) || toMs < beginMs || toMs > endMs)
      throw refuse('INVALID_ARGUMENT', { field: 'position' });
    await this.#run.inTurn(() => this.#seek(toMs));
  }

  /** Refuses with INVALID_ARGUMENT for a pace that is none of {@link PLAYBACK_SCALES}. */
  async setScale(scale: number): Promise<void> {
    if (!PLAYBACK_SCALES.includes(scale)) throw refuse('INVALID_ARGUMENT', { field: 'scale' });
    await this.#run.inTurn(() => this.#setScale(scale));
  }

  end(reason: CoreError): void {
    if (this.#state === 'waiting') this.#onOver(reason);
    else this.#run.stop(reason);
  }

  async #pause(): Promise<void> {
    if (this.#state === 'paused') return;
    await this.#control({ do: 'pause' });
    this.#clock.stop();
    this.#state = 'paused';
    await this.#steer(false);
    this.#stopPause = this.#deps.clock.after(MAX_PAUSE_MS, () => {
      this.end(refuse('MEDIA_UNAVAILABLE', { why: 'paused too long' }));
    });
  }

  async #resume(): Promise<void> {
    if (this.#state !== 'paused') return;
    // Before the device sends: the first pictures must not be taken for late ones.
    await this.#steer(false, 'playing');
    await this.#control({ do: 'resume' });
    this.#goOn();
  }

  async #seek(toMs: number): Promise<void> {
    const { segments } = this.options;
    this.#requireRunning();
    const target = segments.find((segment) => segment.endMs > toMs) ?? segments.at(-1);
    if (target === undefined) throw refuse('RECORDING_NOT_FOUND');
    const atMs = Math.min(Math.max(toMs, target.beginMs), target.endMs - 1_000);
    const stands = this.#run.segment;
    const isWithin = stands !== undefined && atMs >= stands.beginMs && atMs < stands.endMs;
    if (!isWithin || !(await this.#seekWithin(stands, atMs)))
      await this.#run.goTo(
        this.#clock.scale > 0
          ? { beginMs: Math.max(target.beginMs, atMs), endMs: target.endMs }
          : { beginMs: target.beginMs, endMs: Math.max(atMs, target.beginMs + 1_000) },
      );
    this.#clock.moveTo(atMs);
    this.#goOn();
  }

  async #setScale(scale: number): Promise<void> {
    this.#requireRunning();
    await this.#tellScale(scale);
    this.#clock.setScale(scale);
    await this.#steer(scale < 0);
    if (this.#state === 'paused') this.#goOn();
  }

  async #open(): Promise<string> {
    this.#state = 'opening';
    const [first] = this.options.segments;
    if (first === undefined) throw refuse('RECORDING_NOT_FOUND');
    try {
      const session = await this.#run.open(first);
      this.#state = 'playing';
      this.#clock.run();
      this.#stopWatch = this.#deps.clock.every(WATCH_MS, () => {
        this.#watch();
      });
      return session.order.sessionId;
    } catch (error) {
      // The next viewer may try again.
      this.#state = 'waiting';
      this.#opening = undefined;
      throw error;
    }
  }

  /** The device takes the place; false when it does not know how to, and must be called anew. */
  async #seekWithin(stands: Segment, atMs: number): Promise<boolean> {
    await this.#steer(true, 'playing');
    try {
      const atS = (atMs - stands.beginMs) / 1_000;
      const { scale } = this.#clock;
      // A place alone may mean: forwards from there.
      await this.#control(scale < 0 ? { do: 'scale', scale, fromS: atS } : { do: 'seek', atS });
      return true;
    } catch (error) {
      if (error instanceof CoreError && error.code !== 'MEDIA_UNAVAILABLE' && error.code !== 'DEVICE_OFFLINE')
        return false;
      throw error;
    }
  }

  async #tellScale(scale: number): Promise<void> {
    const beginMs = this.#run.segment?.beginMs ?? 0;
    const fromS = (this.positionMs - beginMs) / 1_000;
    await this.#control({ do: 'scale', scale, ...(scale < 0 ? { fromS } : {}) });
  }

  async #control(order: PlaybackOrder): Promise<void> {
    this.#requireRunning();
    await this.#run.session?.control(order);
  }

  /** Tells the media server how it plays, as far as it has a say. */
  async #steer(jumps: boolean, as: PlaybackState = this.#state): Promise<void> {
    const sessionId = this.#run.session?.order.sessionId;
    if (sessionId === undefined) return;
    const steering = { paused: as === 'paused', byArrival: this.#clock.scale !== 1, jumps };
    await this.#deps.media.steer(sessionId, steering);
  }

  #goOn(): void {
    this.#stopPause?.();
    this.#state = 'playing';
    this.#clock.run();
  }

  #requireRunning(): void {
    if (this.#state !== 'playing' && this.#state !== 'paused') throw refuse('STREAM_NOT_FOUND');
  }

  /** A device that says nothing at the end of a stretch has come to it all the same. */
  #watch(): void {
    const { segment } = this.#run;
    if (segment === undefined || this.#state !== 'playing') return;
    const { positionMs } = this.#clock;
    const margin = OVERDUE_MS * Math.max(1, Math.abs(this.#clock.scale));
    if (positionMs > segment.endMs + margin || positionMs < segment.beginMs - margin)
      void this.#run.settle(OVERDUE_DRAIN_MS);
  }

  /** Of a stretch in which a call began in the midst, what is on its other side was not shown yet. */
  #next(): Segment | undefined {
    const { segments } = this.options;
    const current = this.#run.segment;
    if (current === undefined) return undefined;
    if (this.#clock.scale > 0) {
      const next = segments.find(({ endMs }) => endMs > current.endMs);
      return next && { beginMs: Math.max(next.beginMs, current.endMs), endMs: next.endMs };
    }
    const next = segments.findLast(({ beginMs }) => beginMs < current.beginMs);
    return next && { beginMs: next.beginMs, endMs: Math.min(next.endMs, current.beginMs) };
  }

  /** Each call begins at its own pace, at its begin. */
  async #onBegun(segment: Segment): Promise<void> {
    const { scale } = this.#clock;
    this.#clock.moveTo(scale < 0 ? segment.endMs : segment.beginMs);
    if (scale === 1 || this.#state !== 'playing') return;
    try {
      await this.#tellScale(scale);
    } catch {
      this.#clock.setScale(1);
    }
    await this.#steer(false).catch(() => undefined);
  }

  #onOver(reason: CoreError | undefined): void {
    if (this.#state === 'ended') return;
    this.#clock.stop();
    this.#state = 'ended';
    this.#endedBy = reason;
    this.#stopWatch?.();
    this.#stopPause?.();
    this.options.onEnded();
  }
}
