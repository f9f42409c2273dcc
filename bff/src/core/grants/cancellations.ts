import type { Clock, Instruments } from '../../kernel/index.ts';
import type { GrantCancellation, GrantRepository } from '../ports/repositories.ts';
import { refuse } from '../refuse.ts';

/** Cancelled play addresses, in memory and durable, until they would have expired anyway. Bounded. */
export class Cancellations {
  readonly #repository: GrantRepository;
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #byKey = new Map<string, GrantCancellation>();

  constructor(options: {
    readonly repository: GrantRepository;
    readonly clock: Clock;
    readonly instruments: Instruments;
    readonly capacity: number;
  }) {
    this.#repository = options.repository;
    this.#clock = options.clock;
    this.#capacity = options.capacity;
    options.instruments.gauge(
      'yimu_grants_cancelled',
      'cancelled play addresses that are remembered',
      () => this.#byKey.size,
    );
  }

  async load(): Promise<void> {
    for (const row of await this.#repository.loadCancellations(this.#clock.nowMs())) {
      this.#byKey.set(keyOf(row.channelName, row.grantId), row);
    }
  }

  /** Durable when it resolves. Refuses with QUOTA_EXCEEDED rather than forget an earlier one. */
  async add(row: GrantCancellation): Promise<void> {
    const key = keyOf(row.channelName, row.grantId);
    if (!this.#byKey.has(key) && this.#byKey.size >= this.#capacity) throw refuse('QUOTA_EXCEEDED');
    await this.#repository.saveCancellation(row);
    this.#byKey.set(key, row);
  }

  /** Whether an address was cancelled, by itself or with all of its channel. */
  covers(channelName: string, grantId: string, issuedAtS: number): boolean {
    if (this.#byKey.has(keyOf(channelName, grantId))) return true;
    return issuedAtS <= this.voidUntilS(channelName);
  }

  /** The second until which all addresses of a channel are void; 0 when they were never cancelled together. */
  voidUntilS(channelName: string): number {
    return this.#byKey.get(keyOf(channelName, ''))?.issuedUntilS ?? 0;
  }

  async tick(): Promise<void> {
    const now = this.#clock.nowMs();
    let forgotten = false;
    for (const [key, row] of this.#byKey) {
      if (row.forgetAtMs > now) continue;
      this.#byKey.delete(key);
      forgotten = true;
    }
    if (forgotten) await this.#repository.removeCancellations(now);
  }
}

function keyOf(channelName: string, grantId: string): string {
  return `${channelName} ${grantId}`;
}
