import type { Cancel, Clock } from '../../kernel/index.ts';
import { FRAME_MS, FRAME_SAMPLES } from './frames.ts';
import type { VoicePackets } from './voice-packets.ts';
import type { VoiceSource } from './voice-source.ts';
import type { VoiceWay } from './voice-way.ts';

/** When the thread was held up for longer, the voice goes on from now instead of all at once. */
const MAX_BEHIND_MS = 500;
/** The last packets are given so long to leave, and to be heard, before the end is told. */
const LINGER_MS = 200;
const LOOK_AGAIN_MS = 20;
const SILENCE = new Int16Array(FRAME_SAMPLES);

/**
 * Says what a source has, one packet for every 20 ms of the clock: the n-th leaves n times 20 ms after the first,
 * whenever the ones before it left. What a source has not ready in time is silence; there is no packet before
 * somebody is there to hear.
 */
export class VoicePacer {
  readonly #source: VoiceSource;
  readonly #way: VoiceWay;
  readonly #packets: VoicePackets;
  readonly #clock: Clock;
  readonly #onEnd: () => void;
  #timer: Cancel | undefined;
  /** When packet 0 left, or would have. */
  #zeroMs: number | undefined;
  #sent = 0;
  #stopped = false;

  constructor(options: {
    readonly source: VoiceSource;
    readonly way: VoiceWay;
    readonly packets: VoicePackets;
    readonly clock: Clock;
    /** Everything was said. */
    readonly onEnd: () => void;
  }) {
    this.#source = options.source;
    this.#way = options.way;
    this.#packets = options.packets;
    this.#clock = options.clock;
    this.#onEnd = options.onEnd;
  }

  get sent(): number {
    return this.#sent;
  }

  start(): void {
    if (this.#timer === undefined && !this.#stopped) this.#tick();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.();
  }

  #tick(): void {
    if (this.#stopped) return;
    if (!this.#way.ready) {
      this.#after(LOOK_AGAIN_MS);
      return;
    }
    const now = this.#clock.monotonicMs();
    this.#zeroMs ??= now;
    const behindMs = now - (this.#zeroMs + this.#sent * FRAME_MS);
    if (behindMs > MAX_BEHIND_MS) this.#zeroMs += behindMs;
    while (this.#zeroMs + this.#sent * FRAME_MS <= now) {
      const frame = this.#source.next();
      if (frame === undefined && this.#source.ended) {
        this.#linger();
        return;
      }
      this.#way.send(this.#packets.next(frame ?? SILENCE));
      this.#sent += 1;
    }
    this.#after(this.#zeroMs + this.#sent * FRAME_MS - now);
  }

  #linger(): void {
    this.#timer = this.#clock.after(LINGER_MS, () => {
      if (this.#stopped) return;
      if (this.#way.waitingBytes > 0 && this.#way.ready) {
        this.#linger();
        return;
      }
      this.stop();
      this.#onEnd();
    });
  }

  #after(delayMs: number): void {
    this.#timer = this.#clock.after(delayMs, () => {
      this.#tick();
    });
  }
}
