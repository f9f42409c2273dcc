import type { Portion } from './portion.ts';
import type { SharedBytes } from './shared-bytes.ts';

/** Bytes that may still wait for a viewer when it begins again. */
export const RESUME_BELOW_BYTES = 256 * 1024;
/** A viewer whose queue does not drain in so long is gone. */
export const STUCK_AFTER_MS = 10_000;
/** How long what a viewer was given at its start may be on its way. */
const BURST_GRACE_MS = 10_000;

/** The socket of a viewer. */
export interface ViewerPipe {
  /** Bytes that were written and not yet taken by the system. */
  readonly waitingBytes: number;
  /** False: so much waits that a look at `waitingBytes` is worth its while before the next write. */
  write(bytes: SharedBytes): boolean;
  /** Several pieces with as few system calls as there can be. */
  writeAll(pieces: readonly SharedBytes[]): void;
  /** The stream is over: what waits is still delivered, for a while. */
  end(): void;
  /** The viewer is cut off. */
  destroy(): void;
}

/** Counts that viewers share. */
export interface ViewerCounts {
  /** Times a slow viewer was put forward to the next key frame. */
  skips: number;
  /** Viewers cut because they took nothing. */
  cut: number;
}

/** What a viewer must know of its stream. */
export interface Stream {
  /** Bytes that may wait for a viewer before frames are left out. */
  readonly maxWaitingBytes: number;
  readonly configVersion: number;
  /** The version of the headers that every viewer who keeps up has seen. */
  readonly deliveredConfigVersion: number;
  /** Headers, as a viewer needs them who begins again. */
  config(withAudio: boolean): readonly SharedBytes[];
}

/**
 * One viewer of a stream. What it is sent is shared with the others and queues in its socket; a viewer that
 * cannot keep up loses whole groups of pictures, and one that takes nothing is cut: memory never grows with it.
 */
export class Viewer {
  readonly tag: string;
  /** Whether its header told of sound: a player that was promised none must not get any. */
  readonly hearsAudio: boolean;
  readonly #pipe: ViewerPipe;
  readonly #counts: ViewerCounts;
  readonly #joinedMs: number;
  /** Bytes that it got at once at its start; they do not make it slow. */
  #burstBytes = 0;
  /** Waits for a key frame. */
  #skipping = true;
  /** Nothing to speak of waits for it. */
  #keepsUp = false;
  #stuckSinceMs: number | undefined;
  #configVersion = -1;

  constructor(tag: string, hearsAudio: boolean, pipe: ViewerPipe, counts: ViewerCounts, nowMs: number) {
    this.tag = tag;
    this.hearsAudio = hearsAudio;
    this.#pipe = pipe;
    this.#counts = counts;
    this.#joinedMs = nowMs;
  }

  /** Bytes that were sent and not yet taken. */
  get waitingBytes(): number {
    return this.#pipe.waitingBytes;
  }

  /** Headers and the current group of pictures, at once. Without pictures the viewer waits for the next key frame. */
  begin(headers: readonly SharedBytes[], frames: readonly SharedBytes[], stream: Stream): void {
    this.#pipe.writeAll([...headers, ...frames]);
    this.#burstBytes = this.#pipe.waitingBytes;
    this.#configVersion = stream.configVersion;
    this.#skipping = frames.length === 0;
  }

  push({ whole, fromKey }: Portion, stream: Stream): void {
    // The way of all viewers but the slow ones: a write and nothing else.
    if (this.#keepsUp) {
      if (whole) this.#keepsUp = this.#pipe.write(whole);
      return;
    }
    const waiting = this.#pipe.waitingBytes;
    if (!this.#skipping) {
      if (waiting <= stream.maxWaitingBytes + this.#burstBytes) {
        if (whole) this.#keepsUp = this.#pipe.write(whole);
        return;
      }
      this.#skipping = true;
      this.#configVersion = stream.deliveredConfigVersion;
      this.#counts.skips += 1;
    }
    if (fromKey && waiting <= RESUME_BELOW_BYTES) this.#resume(fromKey, stream);
  }

  /** Looks whether the viewer still takes anything. False when it did not and was cut. */
  check(nowMs: number): boolean {
    const waiting = this.#pipe.waitingBytes;
    this.#burstBytes = nowMs - this.#joinedMs > BURST_GRACE_MS ? 0 : Math.min(this.#burstBytes, waiting);
    if (!this.#skipping || waiting <= RESUME_BELOW_BYTES) {
      this.#stuckSinceMs = undefined;
      return true;
    }
    this.#stuckSinceMs ??= nowMs;
    if (nowMs - this.#stuckSinceMs < STUCK_AFTER_MS) return true;
    this.#counts.cut += 1;
    this.#pipe.destroy();
    return false;
  }

  end(): void {
    this.#pipe.end();
  }

  cut(): void {
    this.#pipe.destroy();
  }

  #resume(fromKey: SharedBytes, stream: Stream): void {
    this.#skipping = false;
    if (this.#configVersion === stream.configVersion) this.#pipe.write(fromKey);
    else this.#pipe.writeAll([...stream.config(this.hearsAudio), fromKey]);
  }
}
