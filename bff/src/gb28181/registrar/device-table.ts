import type { DeviceProfile } from '@yimu/shared';
import type { Cancel, Clock } from '../../kernel/index.ts';
import type { Flow } from '../../sip/index.ts';
import type { OfflineCause, Registration } from '../types.ts';
import type { DeviceEntry } from './device-entry.ts';
import { ExpiryWheel } from './expiry-wheel.ts';

const TICK_MS = 1_000;
const MOVES_WINDOW_MS = 300_000;
const MOVES_TO_WARN = 3;

/** What a REGISTER that was accepted says. */
export interface AcceptedRegister {
  readonly gbId: string;
  readonly flow: Flow;
  readonly expiresS: number;
  readonly gbVersion: string | undefined;
  readonly userAgent: string | undefined;
}

interface TableOptions {
  readonly clock: Clock;
  /** For devices whose profile says nothing else. */
  readonly keepaliveIntervalS: number;
  readonly keepaliveMisses: number;
  readonly profileOf: (gbId: string, userAgent: string | undefined) => DeviceProfile;
  /** Each second. */
  readonly onTick?: () => void;
  readonly onOffline: (entry: DeviceEntry, cause: OfflineCause) => void;
  /** A device keeps changing its address: two devices may share one ID. */
  readonly onFlapping: (entry: DeviceEntry) => void;
}

/** The devices that are registered now, by ID and by flow, in memory only. */
export class DeviceTable {
  readonly #options: TableOptions;
  readonly #byId = new Map<string, DeviceEntry>();
  /** Nearly always one device a flow; a load generator or a gateway may have thousands. */
  readonly #byFlow = new Map<string, DeviceEntry | Set<DeviceEntry>>();
  readonly #wheel: ExpiryWheel<DeviceEntry>;
  #stopTicks: Cancel | undefined;

  constructor(options: TableOptions) {
    this.#options = options;
    this.#wheel = new ExpiryWheel(options.clock.monotonicMs());
  }

  get size(): number {
    return this.#byId.size;
  }

  start(): void {
    this.#stopTicks ??= this.#options.clock.every(TICK_MS, () => {
      this.#expire();
      this.#options.onTick?.();
    });
  }

  close(): void {
    this.#stopTicks?.();
    this.#stopTicks = undefined;
  }

  find(gbId: string): DeviceEntry | undefined {
    return this.#byId.get(gbId);
  }

  /** The device of this flow when there is but one. */
  soleAt({ key }: Flow): DeviceEntry | undefined {
    const found = this.#byFlow.get(key);
    return found instanceof Set ? undefined : found;
  }

  /** Whether several devices are registered over this flow. */
  isShared({ key }: Flow): boolean {
    return this.#byFlow.get(key) instanceof Set;
  }

  /** The device of this ID when it is registered over this flow. */
  at(flow: Flow, gbId: string): DeviceEntry | undefined {
    const entry = this.#byId.get(gbId);
    return entry !== undefined && isSame(entry.flow, flow) ? entry : undefined;
  }

  touch(entry: DeviceEntry): void {
    entry.lastSeenMs = this.#options.clock.monotonicMs();
  }

  /** The last one who registered with a proof is the device. */
  put(register: AcceptedRegister): {
    readonly entry: DeviceEntry;
    readonly how: 'registered' | 'refreshed' | 'moved';
  } {
    const { clock } = this.#options;
    const nowMs = clock.monotonicMs();
    const expiresMs = nowMs + register.expiresS * 1_000;
    const { gbVersion, userAgent, flow } = register;
    const known = this.#byId.get(register.gbId);
    if (known === undefined) {
      const entry: DeviceEntry = {
        gbId: register.gbId,
        flow,
        registeredAtMs: clock.nowMs(),
        expiresMs,
        lastSeenMs: nowMs,
        gbVersion,
        userAgent,
        profile: this.#options.profileOf(register.gbId, userAgent),
        slot: 0,
        moves: 0,
        movesSinceMs: nowMs,
        plainOffer: false,
        faulty: false,
        commandsInFlight: 0,
      };
      this.#byId.set(entry.gbId, entry);
      this.#link(entry);
      this.#wheel.add(entry, this.#dueMs(entry));
      return { entry, how: 'registered' };
    }
    const moved = !isSame(known.flow, flow);
    if (moved) this.#move(known, flow, nowMs);
    else known.flow = flow;
    known.expiresMs = expiresMs;
    known.lastSeenMs = nowMs;
    known.gbVersion = gbVersion;
    if (known.userAgent !== userAgent) {
      known.userAgent = userAgent;
      known.profile = this.#options.profileOf(known.gbId, userAgent);
    }
    // The wheel may look at it later than a shorter registration ends.
    this.#wheel.remove(known);
    this.#wheel.add(known, this.#dueMs(known));
    return { entry: known, how: moved ? 'moved' : 'refreshed' };
  }

  /** A device is dealt with in another way from now on. */
  setProfile(entry: DeviceEntry, profile: DeviceProfile): void {
    entry.profile = profile;
    // The wheel may look at it later than a shorter silence ends.
    this.#wheel.remove(entry);
    this.#wheel.add(entry, this.#dueMs(entry));
  }

  /** Takes a device out; `onOffline` hears of it. */
  remove(gbId: string, cause: OfflineCause): void {
    const entry = this.#byId.get(gbId);
    if (entry === undefined) return;
    this.#wheel.remove(entry);
    this.#drop(entry, cause);
  }

  /** Takes out every device that was registered over a connection that is gone. */
  removeFlow(flowKey: string): void {
    const found = this.#byFlow.get(flowKey);
    if (found === undefined) return;
    for (const entry of found instanceof Set ? [...found] : [found]) this.remove(entry.gbId, 'flow-closed');
  }

  /** What others may know of an entry. */
  snapshot(entry: DeviceEntry): Registration {
    const { clock } = this.#options;
    const offsetMs = clock.nowMs() - clock.monotonicMs();
    return {
      gbId: entry.gbId,
      transport: entry.flow.transport,
      remoteAddress: entry.flow.remoteAddress,
      remotePort: entry.flow.remotePort,
      registeredAtMs: entry.registeredAtMs,
      expiresAtMs: Math.round(entry.expiresMs + offsetMs),
      lastSeenAtMs: Math.round(entry.lastSeenMs + offsetMs),
      gbVersion: entry.gbVersion,
      userAgent: entry.userAgent,
    };
  }

  #expire(): void {
    const nowMs = this.#options.clock.monotonicMs();
    this.#wheel.advance(nowMs, (entry) => {
      const dueMs = this.#dueMs(entry);
      if (dueMs > nowMs) return dueMs;
      this.#drop(entry, entry.expiresMs <= nowMs ? 'expired' : 'keepalive-lost');
      return undefined;
    });
  }

  #dueMs(entry: DeviceEntry): number {
    const { keepaliveIntervalS, keepaliveMisses } = entry.profile;
    const intervalS = keepaliveIntervalS || this.#options.keepaliveIntervalS;
    const misses = keepaliveMisses || this.#options.keepaliveMisses;
    return Math.min(entry.expiresMs, entry.lastSeenMs + intervalS * misses * 1_000);
  }

  #drop(entry: DeviceEntry, cause: OfflineCause): void {
    this.#byId.delete(entry.gbId);
    this.#unlink(entry);
    this.#options.onOffline(entry, cause);
  }

  #move(entry: DeviceEntry, flow: Flow, nowMs: number): void {
    const otherAddress = entry.flow.remoteAddress !== flow.remoteAddress;
    this.#unlink(entry);
    entry.flow = flow;
    this.#link(entry);
    if (!otherAddress) return;
    if (nowMs - entry.movesSinceMs > MOVES_WINDOW_MS) {
      entry.moves = 0;
      entry.movesSinceMs = nowMs;
    }
    entry.moves += 1;
    if (entry.moves >= MOVES_TO_WARN) this.#options.onFlapping(entry);
  }

  #link(entry: DeviceEntry): void {
    const { key } = entry.flow;
    const found = this.#byFlow.get(key);
    if (found === undefined) this.#byFlow.set(key, entry);
    else if (found instanceof Set) found.add(entry);
    else this.#byFlow.set(key, new Set([found, entry]));
  }

  #unlink(entry: DeviceEntry): void {
    const { key } = entry.flow;
    const found = this.#byFlow.get(key);
    if (found === entry) this.#byFlow.delete(key);
    if (!(found instanceof Set)) return;
    found.delete(entry);
    const [first, second] = found;
    if (first !== undefined && second === undefined) this.#byFlow.set(key, first);
  }
}

/** Whether two flows are one, told without making their keys. */
function isSame(one: Flow, other: Flow): boolean {
  if (one === other) return true;
  // A connection is itself: there may be another between the same addresses later.
  if (one.transport === 'tcp' || other.transport === 'tcp') return one.key === other.key;
  return one.remotePort === other.remotePort && one.remoteAddress === other.remoteAddress;
}
