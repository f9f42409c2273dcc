import { FrameCutter } from './frames.ts';
import type { SoundBlock } from './sound/sound.ts';

/** Pieces that a clip is decoded ahead: two seconds. */
const AHEAD_FRAMES = 100;
/** Pieces of a live feed that wait at most: two seconds; then the oldest are dropped. */
const MAX_LIVE_FRAMES = 100;

/** Where the pieces of 20 ms come from. */
export interface VoiceSource {
  /** The next piece; undefined when there is none yet, or no more. */
  next(): Int16Array | undefined;
  /** Nothing more will come. */
  readonly ended: boolean;
  /** Pieces that were dropped because they came faster than they are spoken. */
  readonly dropped: number;
  close(): void;
}

/** A clip, decoded as it is spoken and two seconds ahead. */
export class ClipSource implements VoiceSource {
  readonly dropped = 0;
  readonly #sound: AsyncGenerator<SoundBlock, void, undefined>;
  readonly #cutter = new FrameCutter();
  readonly #frames: Int16Array[] = [];
  readonly #onFault: (error: unknown) => void;
  #over = false;
  #closed = false;
  #filling = false;

  private constructor(sound: AsyncGenerator<SoundBlock, void, undefined>, onFault: (error: unknown) => void) {
    this.#sound = sound;
    this.#onFault = onFault;
  }

  /** Decodes the first two seconds; rejects with SoundFault when that is not possible. `onFault`: it fails later on. */
  static async open(
    sound: AsyncGenerator<SoundBlock, void, undefined>,
    onFault: (error: unknown) => void,
  ): Promise<ClipSource> {
    const source = new ClipSource(sound, onFault);
    await source.#fill();
    return source;
  }

  get ended(): boolean {
    return this.#over && this.#frames.length === 0;
  }

  next(): Int16Array | undefined {
    const frame = this.#frames.shift();
    if (this.#frames.length < AHEAD_FRAMES / 2 && !this.#over && !this.#filling)
      this.#fill().catch(this.#onFault);
    return frame;
  }

  close(): void {
    this.#closed = true;
    this.#over = true;
    this.#frames.length = 0;
    this.#sound.return().catch(() => undefined);
  }

  async #fill(): Promise<void> {
    const keep = (frame: Int16Array): void => {
      this.#frames.push(frame.slice());
    };
    this.#filling = true;
    try {
      while (!this.#over && this.#frames.length < AHEAD_FRAMES) {
        const { value, done } = await this.#sound.next();
        if (this.#closed) return;
        if (done === true) {
          this.#cutter.flush(keep);
          this.#over = true;
        } else this.#cutter.push(value, keep);
      }
    } catch (error) {
      this.#over = true;
      throw error;
    } finally {
      this.#filling = false;
    }
  }
}

/** A voice as it is spoken: what comes faster than it can be said is dropped, the oldest first. */
export class LiveSource implements VoiceSource {
  readonly #cutter = new FrameCutter();
  readonly #frames: Int16Array[] = [];
  #dropped = 0;
  #finished = false;

  get ended(): boolean {
    return this.#finished && this.#frames.length === 0;
  }

  get dropped(): number {
    return this.#dropped;
  }

  feed(block: SoundBlock): void {
    if (!this.#finished) this.#cutter.push(block, this.#keep);
  }

  /** What waits is still said. */
  finish(): void {
    if (this.#finished) return;
    this.#cutter.flush(this.#keep);
    this.#finished = true;
  }

  next(): Int16Array | undefined {
    return this.#frames.shift();
  }

  close(): void {
    this.#finished = true;
    this.#frames.length = 0;
  }

  readonly #keep = (frame: Int16Array): void => {
    this.#frames.push(frame.slice());
    if (this.#frames.length <= MAX_LIVE_FRAMES) return;
    this.#frames.shift();
    this.#dropped += 1;
  };
}
