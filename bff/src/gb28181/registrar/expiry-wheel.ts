const SLOT_MS = 1_000;
const SLOTS = 512;

/** What a wheel can hold: it keeps its place in `slot`. */
interface Held {
  slot: number;
}

/**
 * Times out many things with one timer: a slot for each second. A thing is looked at when its slot comes round and
 * is then due or put back, so that a sign of life costs nothing here.
 */
export class ExpiryWheel<T extends Held> {
  readonly #slots = Array.from({ length: SLOTS }, () => new Set<T>());
  #second: number;

  constructor(nowMs: number) {
    this.#second = Math.floor(nowMs / SLOT_MS);
  }

  /** Puts it where it is looked at after `dueMs`, or earlier when that is far away. */
  add(thing: T, dueMs: number): void {
    const second = Math.min(
      this.#second + SLOTS - 1,
      Math.max(this.#second + 1, Math.floor(dueMs / SLOT_MS) + 1),
    );
    thing.slot = second % SLOTS;
    this.#slots[thing.slot]?.add(thing);
  }

  remove(thing: T): void {
    this.#slots[thing.slot]?.delete(thing);
  }

  /** Looks at everything whose second has passed. `visit` says when it is really due; undefined drops it. */
  advance(nowMs: number, visit: (thing: T) => number | undefined): void {
    const until = Math.floor(nowMs / SLOT_MS);
    // After a long halt one round sees them all.
    this.#second = Math.max(this.#second, until - SLOTS);
    while (this.#second < until) {
      this.#second += 1;
      const slot = this.#slots[this.#second % SLOTS];
      if (slot === undefined || slot.size === 0) continue;
      const things = [...slot];
      slot.clear();
      for (const thing of things) {
        const dueMs = visit(thing);
        if (dueMs !== undefined) this.add(thing, dueMs);
      }
    }
  }
}
