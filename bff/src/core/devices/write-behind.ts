import type { Clock, Counter, Instruments, Logger } from '../../kernel/index.ts';
import type { DeviceFactsRow, DeviceRepository } from '../ports/repositories.ts';
import type { DeviceRegistry } from './device-registry.ts';

const BATCH_ROWS = 500;

interface Deps {
  readonly registry: DeviceRegistry;
  readonly repository: DeviceRepository;
  /** UTC, ms: when a device that is online was heard last; undefined for any other. */
  readonly lastSeenAtMs: (gbId: string) => number | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly instruments: Instruments;
  readonly periodMs: number;
}

/** Carries presence and device facts to the database in batches, behind the registry's back. */
export class WriteBehind {
  readonly #deps: Deps;
  readonly #dirty = new Set<number>();
  readonly #failures: Counter;
  #dueAtMs = 0;
  #running: Promise<void> | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
    deps.instruments.gauge(
      'yimu_core_write_behind',
      'Devices whose facts wait for the database',
      () => this.#dirty.size,
    );
    this.#failures = deps.instruments.counter(
      'yimu_core_write_behind_failures',
      'Times the database did not take device facts',
    );
  }

  /** At most one entry a device, so it is bounded by the number of devices. */
  mark(deviceId: number): void {
    this.#dirty.add(deviceId);
  }

  tick(): void {
    const now = this.#deps.clock.monotonicMs();
    if (this.#running || this.#dirty.size === 0 || now < this.#dueAtMs) return;
    this.#dueAtMs = now + this.#deps.periodMs;
    void this.flush();
  }

  /** Writes all that waits now; never rejects: what failed waits for the next turn. */
  async flush(): Promise<void> {
    if (this.#running) await this.#running;
    this.#running ??= this.#write().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  async #write(): Promise<void> {
    const ids = [...this.#dirty];
    for (let at = 0; at < ids.length; at += BATCH_ROWS) {
      const batch = ids.slice(at, at + BATCH_ROWS);
      for (const id of batch) this.#dirty.delete(id);
      if (!(await this.#writeBatch(batch))) return;
    }
  }

  /** Resolves with whether the rows are kept now. */
  async #writeBatch(ids: readonly number[]): Promise<boolean> {
    const { registry, repository, logger } = this.#deps;
    const rows = ids.flatMap((id): readonly DeviceFactsRow[] => {
      const device = registry.byId(id);
      if (device === undefined) return [];
      const { reportedName, manufacturer, model, firmware } = device;
      const lastSeenAtMs = this.#deps.lastSeenAtMs(device.gbId) ?? device.lastSeenAtMs;
      return [{ id, reportedName, manufacturer, model, firmware, lastSeenAtMs }];
    });
    try {
      if (rows.length > 0) await repository.saveFacts(rows);
      return true;
    } catch (error) {
      for (const { id } of rows) this.#dirty.add(id);
      this.#failures.add();
      logger.error({ err: error, waiting: this.#dirty.size }, 'device facts could not be written');
      return false;
    }
  }
}
