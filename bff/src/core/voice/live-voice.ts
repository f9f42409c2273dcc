import type { TalkPort } from '../ports/talk.ts';
import { refuse } from '../refuse.ts';
import type { DeviceTalk, TalkOutcome } from './device-talk.ts';

/** Two seconds at 48 kHz. */
const MAX_CHUNK_BYTES = 192_000;
/** Chunks on their way to the media server; more are dropped. */
const MAX_IN_FLIGHT = 50;

/** A live voice to a device that listens. */
export class LiveVoice {
  readonly #talk: DeviceTalk;
  readonly #talks: TalkPort;
  #inFlight = 0;
  #dropped = 0;

  constructor(talk: DeviceTalk, talks: TalkPort) {
    this.#talk = talk;
    this.#talks = talks;
  }

  get talkId(): string {
    return this.#talk.id;
  }

  /** Chunks that were dropped here, because they came faster than they could be handed on. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Resolves with how the talk ended, when it has. */
  get over(): Promise<TalkOutcome> {
    return this.#talk.over.then(() => this.#talk.outcome ?? 'failed');
  }

  /** Asked anew after each wait. */
  isOver(): boolean {
    return this.#talk.state === 'over';
  }

  /** One chunk of PCM; after the end it is ignored. Refuses with INVALID_ARGUMENT what is too long. */
  async feed(pcm: Uint8Array): Promise<void> {
    if (pcm.length > MAX_CHUNK_BYTES) throw refuse('INVALID_ARGUMENT', { field: 'chunk' });
    if (this.isOver()) return;
    if (this.#inFlight >= MAX_IN_FLIGHT) {
      this.#dropped += 1;
      return;
    }
    this.#inFlight += 1;
    try {
      await this.#talks.feed(this.#talk.id, pcm);
    } catch (error) {
      // It ended while the chunk was on its way.
      if (!this.isOver()) throw error;
    } finally {
      this.#inFlight -= 1;
    }
  }

  /** Nothing more comes: what waits is said, then the device is let go. */
  async finish(): Promise<void> {
    if (!this.isOver()) await this.#talks.finish(this.#talk.id);
  }

  /** Ends at once. */
  async stop(): Promise<void> {
    await this.#talk.end('stopped');
  }
}
