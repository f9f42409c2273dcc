import type { Flow } from '../../sip/index.ts';
import type { KeptMessage, MessageStore, NewMessage } from './message-store.ts';

/**
 * What kind of message it is: one between the platform and the device at the flow by which it registered, one that
 * anybody may have sent in its name, or a keepalive with its answer. No kind pushes out another.
 */
export type MessageKind = 'own' | 'claimed' | 'keepalive';

/** How much is kept of one kind. */
interface LaneBounds {
  readonly messages: number;
  readonly octets: number;
}

/** How much is kept of each kind. */
export type RingBounds = Readonly<Record<MessageKind, LaneBounds>>;

const NONE = -1;

/** Messages of one kind, a list in the store. */
class Lane {
  #first = NONE;
  #last = NONE;
  length = 0;
  octets = 0;

  /** UTC, ms; 0 when nothing is kept. */
  lastAtMs(store: MessageStore): number {
    return this.#last === NONE ? 0 : store.timeOf(this.#last);
  }

  messages(store: MessageStore): readonly KeptMessage[] {
    const all: KeptMessage[] = [];
    for (let message = this.#first; message !== NONE; message = store.after(message))
      all.push(store.read(message));
    return all;
  }

  /** There must be room in the store. */
  add(store: MessageStore, message: NewMessage, bounds: LaneBounds): void {
    const added = store.add(message);
    if (this.#last === NONE) this.#first = added;
    else store.link(this.#last, added);
    this.#last = added;
    this.length += 1;
    this.octets += store.costAt(added);
    while (this.length > bounds.messages || (this.octets > bounds.octets && this.length > 1))
      this.#forgetOldest(store);
  }

  clear(store: MessageStore): void {
    while (this.length > 0) this.#forgetOldest(store);
  }

  #forgetOldest(store: MessageStore): void {
    const oldest = this.#first;
    this.#first = store.after(oldest);
    if (this.#first === NONE) this.#last = NONE;
    this.length -= 1;
    this.octets -= store.free(oldest);
  }
}

/** The last messages of one device. */
export class TraceRing {
  readonly #store: MessageStore;
  readonly #own = new Lane();
  /** Most devices have none of these. */
  #claimed: Lane | undefined;
  #keepalive: Lane | undefined;
  /** The flow that was last known to be its own. */
  flow: Flow | undefined;

  constructor(store: MessageStore) {
    this.#store = store;
  }

  get length(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.length, 0);
  }

  /** UTC, ms; 0 when nothing is kept. */
  get lastAtMs(): number {
    return Math.max(...this.#lanes.map((lane) => lane.lastAtMs(this.#store)));
  }

  /** There must be room in the store. */
  add(kind: MessageKind, message: NewMessage, bounds: RingBounds): void {
    this.#lane(kind).add(this.#store, message, bounds[kind]);
  }

  /** In the order in which they went. */
  all(): readonly KeptMessage[] {
    return this.#lanes.flatMap((lane) => lane.messages(this.#store)).sort((a, b) => a.seq - b.seq);
  }

  /** Gives all of it back to the store. */
  clear(): void {
    for (const lane of this.#lanes) lane.clear(this.#store);
  }

  get #lanes(): readonly Lane[] {
    return [this.#own, ...[this.#claimed, this.#keepalive].flatMap((lane) => lane ?? [])];
  }

  #lane(kind: MessageKind): Lane {
    switch (kind) {
      case 'own':
        return this.#own;
      case 'claimed':
        return (this.#claimed ??= new Lane());
      case 'keepalive':
        return (this.#keepalive ??= new Lane());
    }
  }
}
