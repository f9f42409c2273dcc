import { type Clock, type Counter, type Instruments, KeyedQueue, type Logger } from '../../kernel/index.ts';
import type { UpgradeRecord, UpgradeRepository } from '../ports/upgrades.ts';
import { refuse } from '../refuse.ts';

/** Orders that are kept of one device. */
const KEPT_ORDERS = 4;
/** What somebody else ordered and a device told: it takes no order's place. */
const KEPT_OTHERS = 1;
const WRITE_EVERY_MS = 1_000;
/** Devices whose upgrades are written at one time. */
const AT_ONCE = 32;

interface Deps {
  readonly repository: UpgradeRepository;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly instruments: Instruments;
}

/**
 * Upgrades in memory, over the database. Of each device the last four orders are kept, and the last upgrade that
 * somebody else ordered; older ones give way. However often a device tells results, one write of it runs and at most
 * one waits, which takes along all that came meanwhile.
 */
export class UpgradeBook {
  readonly #deps: Deps;
  /** By device, oldest first. */
  readonly #byDevice = new Map<number, readonly UpgradeRecord[]>();
  readonly #writes = new KeyedQueue();
  readonly #queued = new Map<number, Promise<void>>();
  /** Devices of which more is known here than in the database. */
  readonly #unsaved = new Set<number>();
  readonly #failures: Counter;
  #dueMs = 0;
  #running: Promise<void> | undefined;

  constructor(deps: Deps) {
    const { instruments } = deps;
    this.#deps = deps;
    instruments.gauge(
      'yimu_core_upgrades_waiting',
      'Writes of upgrades to the database that run or are due',
      () => this.#unsaved.size + this.#writes.size,
    );
    this.#failures = instruments.counter(
      'yimu_core_upgrades_write_failures',
      'Times the database did not take the upgrades of a device',
    );
  }

  async load(): Promise<void> {
    for (const record of await this.#deps.repository.load()) this.put(record);
  }

  /** Oldest first. */
  of(deviceId: number): readonly UpgradeRecord[] {
    return this.#byDevice.get(deviceId) ?? [];
  }

  /** Takes the place of the one of its session, or comes last. In memory only. */
  put(record: UpgradeRecord): void {
    const { deviceId, sessionId } = record;
    const before = this.of(deviceId);
    const isKnown = before.some((one) => one.sessionId === sessionId);
    const after = isKnown
      ? before.map((one) => (one.sessionId === sessionId ? record : one))
      : bounded([...before, record]);
    this.#byDevice.set(deviceId, after);
  }

  /** In memory only. */
  drop({ deviceId, sessionId }: UpgradeRecord): void {
    const before = this.#byDevice.get(deviceId);
    if (before === undefined) return;
    this.#byDevice.set(
      deviceId,
      before.filter((one) => one.sessionId !== sessionId),
    );
  }

  /** Resolves when what is in memory of a device is durable; rejects when the database does not take it. */
  save(deviceId: number): Promise<void> {
    const queued = this.#queued.get(deviceId);
    if (queued !== undefined) return queued;
    const write = this.#writes.run(String(deviceId), async () => {
      this.#queued.delete(deviceId);
      await this.#write(deviceId);
    });
    this.#queued.set(deviceId, write);
    return write;
  }

  /** Has it saved behind the caller, at once or within a second; again and again until the database takes it. */
  saveSoon(deviceId: number): void {
    this.#unsaved.add(deviceId);
    this.tick();
  }

  tick(): void {
    const nowMs = this.#deps.clock.monotonicMs();
    if (this.#running !== undefined || this.#unsaved.size === 0 || nowMs < this.#dueMs) return;
    this.#dueMs = nowMs + WRITE_EVERY_MS;
    void this.flush();
  }

  /** Writes all that waits now; never rejects: what failed waits for the next turn. */
  async flush(): Promise<void> {
    if (this.#running !== undefined) await this.#running;
    this.#running ??= this.#writeAll().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  /** The device is gone, and with it its rows. */
  forget(deviceId: number): void {
    this.#byDevice.delete(deviceId);
    this.#unsaved.delete(deviceId);
  }

  async #writeAll(): Promise<void> {
    const ids = [...this.#unsaved];
    for (let at = 0; at < ids.length; at += AT_ONCE)
      await Promise.allSettled(ids.slice(at, at + AT_ONCE).map((id) => this.save(id)));
  }

  async #write(deviceId: number): Promise<void> {
    const records = this.#byDevice.get(deviceId);
    if (records === undefined) throw refuse('DEVICE_NOT_FOUND');
    this.#unsaved.delete(deviceId);
    try {
      await this.#deps.repository.save(deviceId, records);
    } catch (error) {
      if (this.#byDevice.has(deviceId)) {
        this.#unsaved.add(deviceId);
        this.#failures.add();
        this.#deps.logger.error({ err: error, deviceId }, 'the upgrades of a device could not be written');
      }
      throw error;
    }
  }
}

function bounded(records: readonly UpgradeRecord[]): readonly UpgradeRecord[] {
  const newest = [...records].reverse();
  const orders = newest.filter(({ firmware }) => firmware !== undefined).slice(0, KEPT_ORDERS);
  const others = newest.filter(({ firmware }) => firmware === undefined).slice(0, KEPT_OTHERS);
  const kept = new Set([...orders, ...others]);
  return records.filter((record) => kept.has(record));
}
