import { type Clock, KeyedQueue, type Logger } from '../../kernel/index.ts';
import type { DeviceRegistry } from '../devices/device-registry.ts';
import type { Devices } from '../devices/devices.ts';
import type { WishRepository } from '../ports/report-repositories.ts';
import type { ReportsPort, StandingSubscription, WantedSubscription } from '../ports/reports.ts';
import { refuse } from '../refuse.ts';
import { readWanted } from './wanted.ts';

/** Devices that are being armed at one time. */
const MAX_ARMING = 16;
/** A device that registers again within this after it was armed has not restarted meanwhile. */
const REARM_AFTER_MS = 60_000;

interface Deps {
  readonly devices: Pick<Devices, 'get'>;
  readonly registry: DeviceRegistry;
  readonly repository: WishRepository;
  readonly port: ReportsPort;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What an operator wants of a device. */
export interface Wishes {
  readonly wanted: readonly WantedSubscription[];
  /** Arm it whenever it registers: Hikvision cameras tell no alarm before. */
  readonly arm: boolean;
}

/** What is wanted of a device, and how it stands. */
export interface WishesView {
  readonly gbId: string;
  readonly arm: boolean;
  readonly subscriptions: readonly StandingSubscription[];
}

/** What devices are to tell, kept for as long as they are known. */
export class Subscriptions {
  readonly #deps: Deps;
  readonly #wishes = new Map<number, Wishes>();
  readonly #writes = new KeyedQueue();
  /** To be armed, in the order in which they came. */
  readonly #toArm = new Set<string>();
  /** When a device took the order to be armed, on the monotonic line, by ID. */
  readonly #armedMs = new Map<string, number>();
  #arming = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async load(): Promise<void> {
    for (const { deviceId, wanted, arm } of await this.#deps.repository.load()) {
      const read = readWanted(wanted);
      const device = this.#deps.registry.byId(deviceId);
      if (read === undefined) this.#deps.logger.warn({ deviceId }, 'what a device is to tell cannot be read');
      if (device === undefined) continue;
      this.#wishes.set(deviceId, { wanted: read ?? [], arm });
      this.#deps.port.want(device.gbId, read ?? []);
    }
  }

  /** `ref`: serial or ID. */
  get(ref: string): WishesView {
    const { id, gbId } = this.#deps.devices.get(ref);
    const arm = this.#wishes.get(id)?.arm ?? false;
    return { gbId, arm, subscriptions: this.#deps.port.standing(gbId) };
  }

  /** In place of what was wanted. Durable when it resolves. Refuses with INVALID_ARGUMENT. */
  async set(ref: string, { wanted, arm }: Wishes): Promise<WishesView> {
    const { id, gbId } = this.#deps.devices.get(ref);
    const text = JSON.stringify(wanted);
    const read = readWanted(text);
    if (read === undefined) throw refuse('INVALID_ARGUMENT', { field: 'subscriptions' });
    return await this.#writes.run(gbId, async () => {
      const { repository, registry, port } = this.#deps;
      if (registry.byId(id) === undefined) throw refuse('DEVICE_NOT_FOUND');
      if (read.length === 0 && !arm) await repository.remove(id);
      else await repository.save({ deviceId: id, wanted: text, arm });
      const wasArmed = this.#wishes.get(id)?.arm ?? false;
      this.#wishes.set(id, { wanted: read, arm });
      port.want(gbId, read);
      if (arm && !wasArmed) this.#arm(gbId);
      return this.get(gbId);
    });
  }

  /**
   * A device registered: it may have to be armed. One that registers again, `refreshed`, may have restarted as if
   * nothing had been, or not have taken the order before.
   */
  onRegistered(gbId: string, refreshed: boolean): void {
    const device = this.#deps.registry.byGbId(gbId);
    if (device === undefined || this.#wishes.get(device.id)?.arm !== true) return;
    const sinceMs = this.#deps.clock.monotonicMs() - (this.#armedMs.get(gbId) ?? -Infinity);
    if (!refreshed || sinceMs >= REARM_AFTER_MS) this.#arm(gbId);
  }

  async forgetDevice(deviceId: number, gbId: string): Promise<void> {
    this.#wishes.delete(deviceId);
    this.#toArm.delete(gbId);
    this.#armedMs.delete(gbId);
    this.#deps.port.want(gbId, []);
    await this.#deps.repository.remove(deviceId);
  }

  #arm(gbId: string): void {
    this.#toArm.add(gbId);
    this.#pump();
  }

  #pump(): void {
    for (const gbId of this.#toArm) {
      if (this.#arming >= MAX_ARMING) return;
      this.#toArm.delete(gbId);
      this.#arming += 1;
      this.#deps.port
        .guard(gbId, gbId, true)
        .then(() => {
          if (this.#deps.registry.byGbId(gbId) !== undefined)
            this.#armedMs.set(gbId, this.#deps.clock.monotonicMs());
        })
        .catch((error: unknown) => {
          this.#deps.logger.info({ deviceId: gbId, err: error }, 'a device could not be armed');
        })
        .finally(() => {
          this.#arming -= 1;
          this.#pump();
        });
    }
  }
}
