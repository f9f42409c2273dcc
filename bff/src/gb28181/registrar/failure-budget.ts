import { type Clock, ExpiringMap } from '../../kernel/index.ts';

const WINDOW_MS = 600_000;
const CAPACITY = 100_000;
/** Failures within the window after which one source is not heard any more for one ID. */
const PER_SOURCE_AND_ID = 5;
/** For one ID, wherever they come from. */
const PER_ID = 20;
/** For one source, whatever the ID: several wrong cameras may stand behind one address. */
const PER_SOURCE = 50;
/** A source from which the device is registered just now gets so many times more. */
const TRUST = 10;

interface IdFailures {
  total: number;
  /** At most PER_ID · TRUST sources: then the total is spent. */
  readonly bySource: Map<string, number>;
}

/**
 * How often somebody may fail to prove an ID, in memory and bounded. A failure is counted whether or not the ID
 * exists; a spent budget is refused without looking at the proof and costs nothing more.
 */
export class FailureBudget {
  readonly #ids: ExpiringMap<string, IdFailures>;
  readonly #sources: ExpiringMap<string, { total: number }>;

  constructor(clock: Clock) {
    this.#ids = new ExpiringMap({ clock, lifeMs: WINDOW_MS, capacity: CAPACITY });
    this.#sources = new ExpiringMap({ clock, lifeMs: WINDOW_MS, capacity: CAPACITY });
  }

  /** `trusted`: the device is registered from this source now, so that a forger cannot lock it out cheaply. */
  isSpent(source: string, gbId: string, trusted: boolean): boolean {
    const times = trusted ? TRUST : 1;
    const ofId = this.#ids.get(gbId);
    if (ofId !== undefined) {
      if ((ofId.bySource.get(source) ?? 0) >= PER_SOURCE_AND_ID * times) return true;
      if (ofId.total >= PER_ID * times) return true;
    }
    return (this.#sources.get(source)?.total ?? 0) >= PER_SOURCE * times;
  }

  count(source: string, gbId: string): void {
    const ofId = this.#ids.get(gbId) ?? { total: 0, bySource: new Map<string, number>() };
    if (ofId.total === 0) this.#ids.set(gbId, ofId);
    ofId.total += 1;
    if (ofId.bySource.size < PER_ID * TRUST) ofId.bySource.set(source, (ofId.bySource.get(source) ?? 0) + 1);
    const ofSource = this.#sources.get(source) ?? { total: 0 };
    if (ofSource.total === 0) this.#sources.set(source, ofSource);
    ofSource.total += 1;
  }

  /** Starts anew for an ID, e.g. when its password was changed. */
  clear(gbId: string): void {
    this.#ids.delete(gbId);
  }
}
