import type { Flow } from '../../sip/index.ts';

/** A message as it is kept: one character per octet, which takes less memory than a buffer of its own. */
export interface KeptMessage {
  readonly seq: number;
  readonly atMs: number;
  readonly direction: 'in' | 'out';
  readonly transport: 'udp' | 'tcp';
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Octets of the whole message. */
  readonly octets: number;
  /** Its beginning. */
  readonly latin1: string;
}

/**
 * What kind of message it is: one between the platform and the device at the flow by which it registered, one that
 * anybody may have sent in its name, or a keepalive with its answer. No kind pushes out another.
 */
export type MessageKind = 'own' | 'claimed' | 'keepalive';

/** How much is kept of each kind. */
export type RingBounds = Readonly<
  Record<MessageKind, { readonly messages: number; readonly octets: number }>
>;

/** What a message takes beside its text, about. */
const OVERHEAD_OCTETS = 160;

/** Places of forgotten messages that a lane may have at its beginning: taking each out at once moves all others. */
const MAX_EMPTY = 32;

class Lane {
  /** Empty before `#first`. */
  readonly #places: (KeptMessage | undefined)[] = [];
  #first = 0;
  octets = 0;

  get length(): number {
    return this.#places.length - this.#first;
  }

  /** UTC, ms; 0 when nothing is kept. */
  get lastAtMs(): number {
    return this.#places.at(-1)?.atMs ?? 0;
  }

  get messages(): readonly KeptMessage[] {
    return this.#places.flatMap((message) => message ?? []);
  }

  /** Octets that this took more, or less. */
  add(message: KeptMessage, bounds: { readonly messages: number; readonly octets: number }): number {
    const before = this.octets;
    this.#places.push(message);
    this.octets += costOf(message);
    while (this.length > bounds.messages || (this.octets > bounds.octets && this.length > 1))
      this.#forgetOldest();
    return this.octets - before;
  }

  #forgetOldest(): void {
    const oldest = this.#places[this.#first];
    this.#places[this.#first] = undefined;
    this.#first += 1;
    if (oldest !== undefined) this.octets -= costOf(oldest);
    if (this.#first < MAX_EMPTY) return;
    this.#places.splice(0, this.#first);
    this.#first = 0;
  }
}

/** The last messages of one device. */
export class TraceRing {
  readonly #lanes: Readonly<Record<MessageKind, Lane>> = {
    own: new Lane(),
    claimed: new Lane(),
    keepalive: new Lane(),
  };
  /** The flow that was last known to be its own. */
  flow: Flow | undefined;

  get octets(): number {
    const { own, claimed, keepalive } = this.#lanes;
    return own.octets + claimed.octets + keepalive.octets;
  }

  get length(): number {
    const { own, claimed, keepalive } = this.#lanes;
    return own.length + claimed.length + keepalive.length;
  }

  /** UTC, ms; 0 when nothing is kept. */
  get lastAtMs(): number {
    const { own, claimed, keepalive } = this.#lanes;
    return Math.max(own.lastAtMs, claimed.lastAtMs, keepalive.lastAtMs);
  }

  /** Octets that this took more, or less. */
  add(kind: MessageKind, message: KeptMessage, bounds: RingBounds): number {
    return this.#lanes[kind].add(message, bounds[kind]);
  }

  /** In the order in which they went. */
  all(): readonly KeptMessage[] {
    const { own, claimed, keepalive } = this.#lanes;
    return [own, claimed, keepalive].flatMap(({ messages }) => messages).sort((a, b) => a.seq - b.seq);
  }
}

function costOf({ latin1 }: KeptMessage): number {
  return latin1.length + OVERHEAD_OCTETS;
}
