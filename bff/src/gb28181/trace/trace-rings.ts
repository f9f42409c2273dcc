import type { Flow } from '../../sip/index.ts';
import { MessageStore, type NewMessage } from './message-store.ts';
import { type MessageKind, type RingBounds, TraceRing } from './trace-ring.ts';

/** How much is kept in all. */
export interface TraceBounds {
  readonly ring: RingBounds;
  /** For a device that somebody watches. */
  readonly watchedRing: RingBounds;
  readonly maxRings: number;
  /** Rings of IDs that nobody provisioned. */
  readonly maxStrangers: number;
  /** Of all messages together: the memory that is set aside, and taken as it is needed. */
  readonly maxOctets: number;
}

interface Deps {
  /** Whether somebody watches the device; few may be watched at a time. */
  readonly isWatched: (gbId: string) => boolean;
  readonly onEvicted: () => void;
}

/**
 * Rings of devices, the one longest unused first. Beyond the bounds it goes, unless somebody watches it; those of IDs
 * that nobody provisioned have bounds of their own, so that whoever invents IDs drives out his own kind only.
 */
export class TraceRings {
  readonly #bounds: TraceBounds;
  readonly #store: MessageStore;
  readonly #rings = new Map<string, TraceRing>();
  readonly #strangers = new Map<string, TraceRing>();
  readonly #byFlow = new Map<string, string>();
  readonly #deps: Deps;
  /** The one used last, which is never evicted: an answer follows its question. */
  #newest: { readonly gbId: string; readonly isStranger: boolean; readonly ring: TraceRing } | undefined;

  constructor(bounds: TraceBounds, deps: Deps) {
    this.#bounds = bounds;
    this.#store = new MessageStore(bounds.maxOctets);
    this.#deps = deps;
  }

  get octets(): number {
    return this.#store.octets;
  }

  get size(): number {
    return this.#rings.size + this.#strangers.size;
  }

  /** Whose flow this was last. */
  ownerOf(flowKey: string): string | undefined {
    return this.#byFlow.get(flowKey);
  }

  find(gbId: string): TraceRing | undefined {
    return this.#rings.get(gbId) ?? this.#strangers.get(gbId);
  }

  /** False when there was no room for it. */
  add(
    gbId: string,
    message: NewMessage,
    how: {
      readonly kind: MessageKind;
      readonly isStranger: boolean;
      /** Its flow, when it is known to be the device's own. */
      readonly flow: Flow | undefined;
    },
  ): boolean {
    const ring = this.#used(gbId, how.isStranger);
    const { flow } = how;
    if (flow !== undefined && !isSame(ring.flow, flow)) {
      const { key } = flow;
      this.#leaveFlow(gbId, ring);
      ring.flow = flow;
      this.#byFlow.set(key, gbId);
    }
    const bounds = this.#deps.isWatched(gbId) ? this.#bounds.watchedRing : this.#bounds.ring;
    if (!this.#makeRoom(ring, message.kept)) return false;
    ring.add(how.kind, message, bounds);
    return true;
  }

  /** All rings with their IDs, the one used last first. */
  recent(limit: number): readonly (readonly [gbId: string, ring: TraceRing])[] {
    return [...this.#rings, ...this.#strangers]
      .sort(([, a], [, b]) => b.lastAtMs - a.lastAtMs)
      .slice(0, limit);
  }

  #used(gbId: string, isStranger: boolean): TraceRing {
    const newest = this.#newest;
    if (newest?.gbId === gbId && newest.isStranger === isStranger) return newest.ring;
    const [home, other] = isStranger ? [this.#strangers, this.#rings] : [this.#rings, this.#strangers];
    const ring = home.get(gbId) ?? other.get(gbId) ?? new TraceRing(this.#store);
    // Somebody may have provisioned the ID meanwhile, or removed it.
    other.delete(gbId);
    home.delete(gbId);
    home.set(gbId, ring);
    this.#newest = { gbId, isStranger, ring };
    return ring;
  }

  /** False when this very device and those that are watched hold all that there is. */
  #makeRoom(newest: TraceRing, kept: number): boolean {
    const { maxRings, maxStrangers } = this.#bounds;
    if (this.#strangers.size > maxStrangers) this.#evict(this.#strangers, newest);
    if (this.#rings.size > maxRings) this.#evict(this.#rings, newest);
    while (!this.#store.hasRoom(kept)) {
      if (!this.#evict(this.#strangers, newest) && !this.#evict(this.#rings, newest)) return false;
    }
    return true;
  }

  #evict(rings: Map<string, TraceRing>, newest: TraceRing): boolean {
    for (const [gbId, ring] of rings) {
      if (ring === newest || this.#deps.isWatched(gbId)) continue;
      rings.delete(gbId);
      this.#leaveFlow(gbId, ring);
      ring.clear();
      this.#deps.onEvicted();
      return true;
    }
    return false;
  }

  /** A flow may be another's by now. */
  #leaveFlow(gbId: string, { flow }: TraceRing): void {
    if (flow !== undefined && this.#byFlow.get(flow.key) === gbId) this.#byFlow.delete(flow.key);
  }
}

/** Whether two flows are one, told without making their keys; a connection is itself only. */
function isSame(one: Flow | undefined, other: Flow): boolean {
  if (one === undefined || one === other) return one === other;
  if (one.transport === 'tcp' || other.transport === 'tcp') return one.key === other.key;
  return one.remotePort === other.remotePort && one.remoteAddress === other.remoteAddress;
}
