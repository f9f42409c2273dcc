import type { Clock, Logger } from '../../kernel/index.ts';
import type { DeviceRegistry } from '../devices/device-registry.ts';

/** Devices that are looked up in one turn: the database has other things to do. */
const AT_ONCE = 50;

interface Deps {
  readonly registry: Pick<DeviceRegistry, 'all' | 'byId'>;
  readonly isOnline: (gbId: string) => boolean;
  /** Whether a device came last, by what is kept, and did not leave. */
  readonly cameLast: (deviceId: number) => Promise<boolean>;
  readonly note: (gbId: string) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Devices have so long to come back after a start, ms. */
  readonly afterMs: number;
}

/** Notes once after a start which devices were here before it and did not come back: nobody saw them leave. */
export class NotBack {
  readonly #deps: Deps;
  readonly #dueMs: number;
  /** Devices to be looked up; undefined until it is time. */
  #waiting: number[] | undefined;
  #running = false;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#dueMs = deps.clock.monotonicMs() + deps.afterMs;
  }

  tick(): void {
    if (this.#running || this.#deps.clock.monotonicMs() < this.#dueMs) return;
    this.#waiting ??= this.#away();
    if (this.#waiting.length > 0) void this.#some(this.#waiting.splice(0, AT_ONCE));
  }

  #away(): number[] {
    const { registry, isOnline } = this.#deps;
    return [...registry.all()].filter(({ gbId }) => !isOnline(gbId)).map(({ id }) => id);
  }

  async #some(ids: readonly number[]): Promise<void> {
    this.#running = true;
    const { registry, isOnline, cameLast, note, logger } = this.#deps;
    try {
      for (const id of ids) {
        if (!(await cameLast(id))) continue;
        const device = registry.byId(id);
        if (device !== undefined && !isOnline(device.gbId)) note(device.gbId);
      }
    } catch (error) {
      this.#waiting?.push(...ids);
      logger.error({ err: error }, 'who did not come back cannot be told and is looked up again');
    } finally {
      this.#running = false;
    }
  }
}
