import type { Clock, Counter, Instruments, Logger } from '../../kernel/index.ts';
import type { DeviceRegistry } from '../devices/device-registry.ts';
import type { CapabilityRecord, CapabilityRepository } from '../ports/learning.ts';
import { isOf, verdictOf } from './verdict.ts';

const BATCH_ROWS = 500;
/** What says nothing new is written again only after this. */
const SAME_AGAIN_MS = 86_400_000;
/** Rows that may wait; further ones are written when they are seen again. */
const MAX_WAITING = 200_000;

interface Deps {
  readonly registry: DeviceRegistry;
  readonly repository: CapabilityRepository;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly instruments: Instruments;
  readonly periodMs: number;
  /** The row as it is now. */
  readonly find: (deviceId: number, command: string) => CapabilityRecord | undefined;
}

/** Carries what was learnt to the database, in batches and seldom. */
export class CapabilityWrites {
  readonly #deps: Deps;
  readonly #waiting = new Map<string, { readonly deviceId: number; readonly command: string }>();
  readonly #failures: Counter;
  #dueAtMs = 0;
  #running: Promise<void> | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
    deps.instruments.gauge(
      'yimu_core_capabilities_waiting',
      'What was learnt of devices and waits for the database',
      () => this.#waiting.size,
    );
    this.#failures = deps.instruments.counter(
      'yimu_core_capabilities_write_failures',
      'Times the database did not take what was learnt of devices',
    );
  }

  /** `before`: the row as it was; a verdict that stays is not written each time. */
  mark(after: CapabilityRecord, before: CapabilityRecord | undefined): void {
    if (before !== undefined && !isNews(after, before)) return;
    if (this.#waiting.size >= MAX_WAITING) return;
    const { deviceId, command } = after;
    this.#waiting.set(`${String(deviceId)} ${command}`, { deviceId, command });
  }

  tick(): void {
    const now = this.#deps.clock.monotonicMs();
    if (this.#running || this.#waiting.size === 0 || now < this.#dueAtMs) return;
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
    const keys = [...this.#waiting.keys()];
    for (let at = 0; at < keys.length; at += BATCH_ROWS)
      if (!(await this.#writeBatch(keys.slice(at, at + BATCH_ROWS)))) return;
  }

  /** Resolves with whether the rows are kept now. */
  async #writeBatch(keys: readonly string[]): Promise<boolean> {
    const { registry, repository, find, logger } = this.#deps;
    const batch = keys.flatMap((key) => {
      const place = this.#waiting.get(key);
      this.#waiting.delete(key);
      return place === undefined ? [] : [{ key, place }];
    });
    // Of a device that was removed meanwhile nothing is kept.
    const rows = batch.flatMap(({ place: { deviceId, command } }) =>
      registry.byId(deviceId) === undefined ? [] : (find(deviceId, command) ?? []),
    );
    try {
      if (rows.length > 0) await repository.save(rows);
      return true;
    } catch (error) {
      for (const { key, place } of batch) this.#waiting.set(key, place);
      this.#failures.add();
      logger.error({ err: error, waiting: this.#waiting.size }, 'what was learnt could not be written');
      return false;
    }
  }
}

function isNews(after: CapabilityRecord, before: CapabilityRecord): boolean {
  if (!isOf(before, after) || before.firmware !== after.firmware) return true;
  if (verdictOf(after) !== verdictOf(before) || after.targetGbId !== before.targetGbId) return true;
  // Refusals count: the second one in a row settles the matter.
  if (after.negatives !== before.negatives && after.negatives <= 2) return true;
  return lastAtMs(after) - lastAtMs(before) > SAME_AGAIN_MS;
}

/** When anything came of the command last, UTC ms. */
export function lastAtMs(record: CapabilityRecord): number {
  const { supportedAtMs, sentAtMs, emptyAtMs, refusedAtMs, silentAtMs } = record;
  return Math.max(supportedAtMs ?? 0, sentAtMs ?? 0, emptyAtMs ?? 0, refusedAtMs ?? 0, silentAtMs ?? 0);
}
