import type { Clock } from '../../kernel/index.ts';

/** Answers that may wait for the one that is being sent. */
const MAX_WAITING = 32;
/** Parts of one answer go out no faster, so that no receiver's limit is met. */
const PART_GAP_MS = 10;

/** The bodies of one answer, written when their turn comes. */
export type AnswerParts = Iterable<Uint8Array>;

interface Deps {
  readonly clock: Clock;
  readonly send: (body: Uint8Array) => Promise<void>;
  readonly onDropped: (why: 'full' | 'failed') => void;
}

/**
 * Answers to one upper platform, one after another and part by part, each when the one before was taken
 * (GB/T 28181-2022 annex M): ten thousand channels are neither written nor sent at once.
 */
export class AnswerLane {
  readonly #deps: Deps;
  #waiting: AnswerParts[] = [];
  #running = false;
  #closed = false;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Answers that are being sent or wait. */
  get size(): number {
    return this.#waiting.length + (this.#running ? 1 : 0);
  }

  /** False when too many wait already. */
  push(parts: AnswerParts): boolean {
    if (this.#closed) return false;
    if (this.#waiting.length >= MAX_WAITING) {
      this.#deps.onDropped('full');
      return false;
    }
    this.#waiting.push(parts);
    if (!this.#running) void this.#run();
    return true;
  }

  close(): void {
    this.#closed = true;
    this.#waiting = [];
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      try {
        await this.#sendAll(next);
      } catch {
        // What is missing cannot be made up for: whoever asked asks again.
        this.#deps.onDropped('failed');
      }
    }
    this.#running = false;
  }

  async #sendAll(parts: AnswerParts): Promise<void> {
    let isFirst = true;
    for (const part of parts) {
      if (this.#closed) return;
      if (!isFirst) await this.#pause();
      isFirst = false;
      await this.#deps.send(part);
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#deps.clock.after(PART_GAP_MS, resolve);
    });
  }
}
