import type { Clock } from '../../kernel/index.ts';
import type { PortPool } from '../receive/port-pool.ts';
import { Relay, type RelayCounts, type RelayEnd, type RelayTarget } from './relay.ts';

const PORT_ATTEMPTS = 8;

/** An order to pass a stream on. */
export interface RelayOrder {
  readonly relayId: string;
  readonly sessionId: string;
  readonly target: RelayTarget;
}

/** Why a relay cannot be opened. */
export type RelayRefusal = 'known' | 'too-many' | 'no-port' | 'closed';

interface Deps {
  readonly clock: Clock;
  readonly ports: PortPool;
  readonly localHost: string;
  readonly maxRelays: number;
  readonly onEnd: (relayId: string, why: RelayEnd) => void;
}

interface Entry {
  readonly relay: Relay;
  readonly sessionId: string;
  readonly port: number | undefined;
}

/** Every relay of the engine, by its own ID and by the stream that it takes from. */
export class RelayBook {
  readonly counts: RelayCounts = { packets: 0, bytes: 0, skipped: 0 };
  readonly #deps: Deps;
  readonly #byId = new Map<string, Entry>();
  readonly #bySession = new Map<string, Set<Relay>>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** The relays of a stream; undefined when it has none, which is what every packet asks. */
  of(sessionId: string): ReadonlySet<Relay> | undefined {
    return this.#bySession.get(sessionId);
  }

  /** Resolves with the port for the receiver, or with why there is none. */
  async open(order: RelayOrder): Promise<number | RelayRefusal> {
    const { ports, maxRelays, localHost } = this.#deps;
    if (this.#byId.has(order.relayId)) return 'known';
    if (this.#byId.size >= maxRelays) return 'too-many';
    const dials = order.target.transport === 'tcp-active';
    for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt += 1) {
      const lent = dials ? undefined : ports.take();
      if (lent === undefined && !dials) return 'no-port';
      const entry = this.#add(order, lent);
      const port = await entry.relay.open(localHost, lent ?? 0).catch(() => undefined);
      if (this.#byId.get(order.relayId) !== entry) return 'closed';
      if (port !== undefined) return port;
      this.close(order.relayId);
    }
    return 'no-port';
  }

  /** Idempotent. */
  close(relayId: string): void {
    this.#byId.get(relayId)?.relay.close();
    this.#remove(relayId);
  }

  /** The stream is over. */
  endOf(sessionId: string): void {
    for (const relay of [...(this.#bySession.get(sessionId) ?? [])]) relay.end('source');
  }

  tick(nowMs: number): void {
    for (const { relay } of this.#byId.values()) relay.tick(nowMs);
  }

  closeAll(): void {
    for (const relayId of [...this.#byId.keys()]) this.close(relayId);
  }

  #add({ relayId, sessionId, target }: RelayOrder, port: number | undefined): Entry {
    const relay = new Relay(target, {
      clock: this.#deps.clock,
      counts: this.counts,
      onEnd: (why) => {
        this.#remove(relayId);
        this.#deps.onEnd(relayId, why);
      },
    });
    const entry = { relay, sessionId, port };
    this.#byId.set(relayId, entry);
    const ofSession = this.#bySession.get(sessionId) ?? new Set();
    this.#bySession.set(sessionId, ofSession.add(relay));
    return entry;
  }

  #remove(relayId: string): void {
    const entry = this.#byId.get(relayId);
    if (entry === undefined) return;
    this.#byId.delete(relayId);
    const ofSession = this.#bySession.get(entry.sessionId);
    ofSession?.delete(entry.relay);
    if (ofSession?.size === 0) this.#bySession.delete(entry.sessionId);
    if (entry.port !== undefined) this.#deps.ports.giveBack(entry.port);
  }
}
