import { CoreError } from '../../kernel/index.ts';
import type { Camera } from '../devices/device.ts';
import type { DownloadFiles } from '../ports/download-files.ts';
import type { MediaSessionStats } from '../ports/media.ts';
import type { RecordingKind } from '../ports/signalling.ts';
import type { Segment } from '../records/merge-files.ts';
import { refuse } from '../refuse.ts';
import { type HistoryDeps, HistoryRun } from './history-run.ts';

/** A download whose last seconds are missing is whole: recorders cut at key frames. */
const WHOLE_SHARE = 0.95;
/** When so much has come by the stamps, nothing more is expected, whatever the device says. */
const ALL_BUT_MS = 1_000;
const OVERDUE_DRAIN_MS = 5_000;
/** So long a device is silent that has sent all of a stretch but its last pictures, and says nothing of it. */
const SILENCE_MS = 10_000;
/** A size that is reached with less than this of the time is none that can be believed. */
const BELIEVABLE_SHARE = 0.5;
const RTP_HEADER_BYTES = 12;

/** `partial`: the device ended it early; what came can be played. */
export type DownloadState = 'waiting' | 'running' | 'done' | 'partial' | 'failed' | 'cancelled';

export interface DownloadView {
  readonly id: string;
  readonly deviceSerial: string;
  readonly channelNo: number;
  readonly state: DownloadState;
  /** Bytes of the file. */
  readonly bytes: number;
  /** Bytes as the device announced them for the stretch that comes now; undefined when it does not. */
  readonly announcedBytes: number | undefined;
  /** How much of the recording has come, ms. */
  readonly mediaMs: number;
  /** How long the recording is, ms, without its gaps. */
  readonly totalMs: number;
  /** `mediaMs` over `totalMs`, 0–1. */
  readonly progress: number;
  readonly speed: number;
  readonly segments: readonly Segment[];
  /** A CoreErrorCode. */
  readonly failure: string | undefined;
  readonly finishedAtMs: number | undefined;
}

interface Options {
  readonly id: string;
  readonly camera: Camera;
  readonly segments: readonly Segment[];
  readonly kind: RecordingKind;
  readonly streamNumber: 0 | 1;
  readonly speed: number;
  readonly onOver: () => void;
}

interface Deps extends HistoryDeps {
  readonly files: DownloadFiles;
}

/** One download: stretch after stretch into one file. */
export class Download {
  readonly #options: Options;
  readonly #deps: Deps;
  readonly #run: HistoryRun;
  readonly #totalMs: number;
  #state: DownloadState = 'waiting';
  #bytes = 0;
  #mediaMs = 0;
  #announcedBytes: number | undefined;
  /** Of the stretches before the one that comes now. */
  #beforeMs = 0;
  #bytesBefore = 0;
  /** As the device sent them, of all stretches. */
  #bytesIn = 0;
  /** When some of them came last, or the stretch began, on the monotonic line. */
  #heardAtMs = 0;
  #failure: CoreError | undefined;
  #finishedAtMs: number | undefined;
  #letGo: (() => void) | undefined;
  #tellOver: () => void = () => undefined;
  #over: Promise<void> = Promise.resolve();

  constructor(options: Options, deps: Deps) {
    this.#options = options;
    this.#deps = deps;
    this.#totalMs = options.segments.reduce((sum, { beginMs, endMs }) => sum + endMs - beginMs, 0);
    this.#run = new HistoryRun(deps, {
      ...{ camera: options.camera, key: `download/${options.id}`, session: 'download', kind: options.kind },
      streamNumber: options.streamNumber,
      speed: options.speed,
      recordTo: deps.files.pathOf(options.id),
      next: () => this.#next(),
      onBegun: () => {
        this.#announcedBytes = this.#run.session?.fileSize;
        this.#heardAtMs = deps.clock.monotonicMs();
      },
      onOver: (reason) => {
        void this.#onOver(reason);
      },
    });
  }

  get deviceGbId(): string {
    return this.#options.camera.device.gbId;
  }

  get view(): DownloadView {
    const { id, camera, speed, segments } = this.#options;
    return {
      id,
      deviceSerial: camera.device.serial,
      channelNo: camera.channel.no,
      state: this.#state,
      bytes: this.#bytes,
      announcedBytes: this.#announcedBytes,
      mediaMs: Math.min(this.#mediaMs, this.#totalMs),
      totalMs: this.#totalMs,
      progress: this.#state === 'done' ? 1 : Math.min(1, Math.max(0, this.#mediaMs) / this.#totalMs),
      ...{ speed, segments },
      failure: this.#failure?.code,
      finishedAtMs: this.#finishedAtMs,
    };
  }

  /** Never rejects: what goes wrong shows in the view. */
  async start(): Promise<void> {
    this.#state = 'running';
    this.#over = new Promise((resolve) => {
      this.#tellOver = resolve;
    });
    const [first] = this.#options.segments;
    try {
      if (first === undefined) throw refuse('RECORDING_NOT_FOUND');
      const session = await this.#run.open(first);
      this.#letGo = this.#deps.streams.hold(session.order.sessionId, `download/${this.#options.id}`);
    } catch (error) {
      await this.#onOver(error instanceof CoreError ? error : refuse('INTERNAL', {}, error));
    }
  }

  /** Takes what has come by now. */
  look(stats: readonly MediaSessionStats[]): void {
    const sessionId = this.#run.session?.order.sessionId;
    const mine = stats.find((entry) => entry.sessionId === sessionId);
    const { segment } = this.#run;
    if (mine === undefined || segment === undefined || this.#state !== 'running') return;
    this.#bytes = mine.fileBytes;
    this.#mediaMs = mine.mediaMs;
    const bytesIn = mine.bytesIn - mine.packetsIn * RTP_HEADER_BYTES;
    const nowMs = this.#deps.clock.monotonicMs();
    if (bytesIn !== this.#bytesIn) this.#heardAtMs = nowMs;
    this.#bytesIn = bytesIn;
    const lengthMs = segment.endMs - segment.beginMs;
    const cameMs = mine.mediaMs - this.#beforeMs;
    const isOfSize =
      this.#announcedBytes !== undefined &&
      this.#bytesIn - this.#bytesBefore >= this.#announcedBytes &&
      cameMs >= lengthMs * BELIEVABLE_SHARE;
    // Silence in the midst of a stretch is no end of it: the media server gives the camera up then.
    const hasEnded = nowMs - this.#heardAtMs >= SILENCE_MS && cameMs >= lengthMs * WHOLE_SHARE;
    if (isOfSize || hasEnded || cameMs >= lengthMs - ALL_BUT_MS) void this.#run.settle(OVERDUE_DRAIN_MS);
  }

  fail(reason: CoreError): void {
    this.#failure = reason;
    this.#run.stop(reason);
  }

  /** Resolves when nothing of it runs any more. */
  async cancel(): Promise<void> {
    if (this.#state === 'waiting') this.#finish('cancelled');
    if (this.#state !== 'running') return;
    this.#state = 'cancelled';
    this.#run.stop(refuse('MEDIA_UNAVAILABLE', { why: 'cancelled' }));
    await this.#over;
  }

  #next(): Segment | undefined {
    const current = this.#run.segment;
    if (current === undefined) return undefined;
    this.#beforeMs = this.#mediaMs;
    this.#bytesBefore = this.#bytesIn;
    return this.#options.segments.find(({ beginMs }) => beginMs >= current.endMs);
  }

  async #onOver(reason: CoreError | undefined): Promise<void> {
    this.#letGo?.();
    this.#bytes = await this.#deps.files.sizeOf(this.#options.id);
    if (this.#state === 'cancelled') this.#finish('cancelled');
    else if (this.#failure !== undefined) this.#finish('failed');
    else if (reason === undefined || this.#mediaMs >= this.#totalMs * WHOLE_SHARE) this.#finish('done');
    else {
      this.#failure = reason;
      this.#finish(this.#bytes > 0 ? 'partial' : 'failed');
    }
    this.#tellOver();
  }

  #finish(state: DownloadState): void {
    this.#state = state;
    this.#finishedAtMs = this.#deps.clock.nowMs();
    this.#options.onOver();
  }
}
