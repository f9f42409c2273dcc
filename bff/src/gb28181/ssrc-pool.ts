import type { Clock, RandomSource } from '../kernel/index.ts';
import { GbFailure, type SsrcLease } from './types.ts';

const NUMBERS = 10_000;
const QUARANTINE_MS = 30_000;
const FREE = -QUARANTINE_MS;
const IN_USE = Number.POSITIVE_INFINITY;

/**
 * Hands out the SSRCs of one platform (GB/T 28181-2016 §C.2.1.2): a digit for live or history, digits 4–8 of the
 * platform's ID, four digits of its own. 10,000 at a time; one that was given back rests for 30 s, since a
 * camera may go on sending it for a while.
 */
export class SsrcPool {
  readonly #clock: Clock;
  readonly #domainPart: string;
  /** When each number was given back, on the monotonic line; infinity while it is out. */
  readonly #releasedAtMs = new Float64Array(NUMBERS).fill(FREE);
  #next: number;
  #inUse = 0;

  constructor(options: {
    readonly clock: Clock;
    readonly random: RandomSource;
    readonly platformId: string;
  }) {
    this.#clock = options.clock;
    this.#domainPart = options.platformId.slice(3, 8);
    // After a restart cameras may still send what the last run told them: begin elsewhere.
    this.#next = options.random.below(NUMBERS);
  }

  get inUse(): number {
    return this.#inUse;
  }

  /** Throws GbFailure `exhausted` when all numbers are out or resting. */
  reserve(kind: 'live' | 'history'): SsrcLease {
    const number = this.#take();
    const text = `${kind === 'live' ? '0' : '1'}${this.#domainPart}${String(number).padStart(4, '0')}`;
    let held = true;
    return {
      text,
      value: Number(text),
      release: () => {
        if (!held) return;
        held = false;
        this.#inUse -= 1;
        this.#releasedAtMs[number] = this.#clock.monotonicMs();
      },
    };
  }

  #take(): number {
    const restedSinceMs = this.#clock.monotonicMs() - QUARANTINE_MS;
    for (let tried = 0; tried < NUMBERS; tried += 1) {
      const number = this.#next;
      this.#next = (number + 1) % NUMBERS;
      if ((this.#releasedAtMs[number] ?? IN_USE) > restedSinceMs) continue;
      this.#releasedAtMs[number] = IN_USE;
      this.#inUse += 1;
      return number;
    }
    throw new GbFailure('exhausted', 'every SSRC is in use');
  }
}
