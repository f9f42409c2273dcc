import { type FlvTag, flvFileHeader } from '../flv/flv-tag.ts';
import type { PipelineSink, PipelineTracks } from '../pipeline.ts';
import { GopCache } from './gop-cache.ts';
import { isKeyPicture, type Portion, portionOf, type SharedTag } from './portion.ts';
import { SharedBytes } from './shared-bytes.ts';
import { type Stream, Viewer, type ViewerCounts, type ViewerPipe } from './viewer.ts';

/** With more viewers than this their writes are gathered: system calls are what a viewer costs. */
export const MERGE_ABOVE_VIEWERS = 50;
/** How long they are gathered, ms. */
export const MERGE_MS = 40;
/** What is gathered goes out at once when it is as large as this. */
const MAX_GATHERED_BYTES = 256 * 1024;
/** Between these bounds a viewer may be three seconds or two key frames behind. */
const MIN_WAITING_BYTES = 256 * 1024;
const MAX_WAITING_BYTES = 1536 * 1024;
const MAX_BEHIND_MS = 3_000;
const MAX_BEHIND_KEY_FRAMES = 2;
/** Weight of the last measure in the byte rate. */
const RATE_WEIGHT = 0.2;

/** What a stream tells the engine. */
export interface StreamListener {
  onFirstPicture(tracks: PipelineTracks): void;
}

/** One stream and those who watch it. Every tag is one buffer, shared by all. */
export class LiveStream implements PipelineSink, Stream {
  readonly #listener: StreamListener;
  readonly #counts: ViewerCounts;
  readonly #mergeAbove: number;
  readonly #cache = new GopCache();
  readonly #viewers = new Set<Viewer>();
  /** Tags that wait to go out together. */
  #gathered: SharedTag[] = [];
  #gatheredBytes = 0;
  #deliveredConfigVersion = 0;
  #tracks: PipelineTracks | undefined;
  #shown = false;
  #ended = false;
  #maxWaitingBytes = MAX_WAITING_BYTES;
  #queuedBytes = 0;
  #bytesPerMs = 0;
  #measuredBytes = 0;
  #measuredAtMs: number | undefined;

  constructor(listener: StreamListener, counts: ViewerCounts, mergeAbove = MERGE_ABOVE_VIEWERS) {
    this.#listener = listener;
    this.#counts = counts;
    this.#mergeAbove = mergeAbove;
  }

  get tracks(): PipelineTracks | undefined {
    return this.#tracks;
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /** Bytes that waited for all viewers together when they were looked at last. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  get maxWaitingBytes(): number {
    return this.#maxWaitingBytes;
  }

  get configVersion(): number {
    return this.#cache.configVersion;
  }

  get deliveredConfigVersion(): number {
    return this.#deliveredConfigVersion;
  }

  config(withAudio: boolean): readonly SharedBytes[] {
    return this.#cache.config
      .filter(({ tag }) => withAudio || tag.kind !== 'audio')
      .map(({ bytes }) => bytes);
  }

  onTracks(tracks: PipelineTracks): void {
    // A player is set up for one coding of pictures: it is sent away and, when it comes again, set up for the other.
    if (this.#tracks && this.#tracks.video !== tracks.video) this.#dismiss();
    this.#tracks = tracks;
  }

  onTag(tag: FlvTag): void {
    const shared: SharedTag = { tag, bytes: SharedBytes.of(tag.bytes) };
    this.#cache.push(shared);
    this.#measuredBytes += tag.bytes.length;
    if (this.#viewers.size > 0) this.#pass(shared);
    if (this.#shown || !this.#tracks || !isKeyPicture(tag)) return;
    this.#shown = true;
    this.#listener.onFirstPicture(this.#tracks);
  }

  /** Lets a viewer in: headers and the current group of pictures go out at once. */
  join(tag: string, pipe: ViewerPipe, nowMs: number): Viewer {
    this.flush();
    this.#deliveredConfigVersion = this.configVersion;
    const hearsAudio = this.#cache.hasAudio;
    const viewer = new Viewer(tag, hearsAudio, pipe, this.#counts, nowMs);
    const header = flvFileHeader({ hasVideo: this.#tracks?.video !== undefined, hasAudio: hearsAudio });
    viewer.begin(
      [SharedBytes.of(header), ...this.config(hearsAudio)],
      this.#cache.frames.map(({ bytes }) => bytes),
      this,
    );
    if (this.#ended) viewer.end();
    else this.#viewers.add(viewer);
    return viewer;
  }

  leave(viewer: Viewer): void {
    this.#viewers.delete(viewer);
  }

  /** Sends what was gathered; called each {@link MERGE_MS}. */
  flush(): void {
    if (this.#gathered.length === 0) return;
    const tags = this.#gathered;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#deliver(tags);
  }

  /** Measures the stream, and cuts viewers that take nothing; called a few times a second. */
  check(nowMs: number): void {
    this.#measure(nowMs);
    let queued = 0;
    for (const viewer of this.#viewers) {
      if (viewer.check(nowMs)) queued += viewer.waitingBytes;
      else this.#viewers.delete(viewer);
    }
    this.#queuedBytes = queued;
  }

  /** Cuts the viewers of one tag. */
  cut(tag: string): void {
    for (const viewer of this.#viewers) if (viewer.tag === tag) viewer.cut();
  }

  /** The source is over: every viewer gets what is left and an end. */
  end(): void {
    this.#ended = true;
    this.#dismiss();
  }

  #dismiss(): void {
    this.flush();
    for (const viewer of this.#viewers) viewer.end();
    this.#viewers.clear();
  }

  #pass(shared: SharedTag): void {
    if (this.#viewers.size <= this.#mergeAbove && this.#gathered.length === 0) {
      this.#deliver([shared]);
      return;
    }
    this.#gathered.push(shared);
    this.#gatheredBytes += shared.tag.bytes.length;
    if (this.#gatheredBytes >= MAX_GATHERED_BYTES) this.flush();
  }

  #deliver(tags: readonly SharedTag[]): void {
    const all = portionOf(tags);
    let silent: Portion | undefined;
    for (const viewer of this.#viewers) {
      if (viewer.hearsAudio) viewer.push(all, this);
      else viewer.push((silent ??= portionOf(tags.filter(({ tag }) => tag.kind !== 'audio'))), this);
    }
    this.#deliveredConfigVersion = this.configVersion;
  }

  #measure(nowMs: number): void {
    const since = this.#measuredAtMs;
    this.#measuredAtMs = nowMs;
    if (since === undefined || nowMs <= since) return;
    const rate = this.#measuredBytes / (nowMs - since);
    this.#measuredBytes = 0;
    this.#bytesPerMs += (rate - this.#bytesPerMs) * RATE_WEIGHT;
    this.#maxWaitingBytes = Math.max(
      MIN_WAITING_BYTES,
      MAX_BEHIND_KEY_FRAMES * this.#cache.keyFrameBytes,
      Math.min(MAX_WAITING_BYTES, MAX_BEHIND_MS * this.#bytesPerMs),
    );
  }
}
