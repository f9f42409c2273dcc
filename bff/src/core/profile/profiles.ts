import {
  type DeviceProfile,
  type DeviceProfileChange,
  isProfileField,
  readDeviceProfile,
} from '@yimu/shared';
import { type Clock, KeyedQueue, type Logger } from '../../kernel/index.ts';
import type { LastRegistrations } from '../devices/last-registrations.ts';
import type { DeviceRegistry } from '../devices/device-registry.ts';
import type { Devices } from '../devices/devices.ts';
import type { ProfilePort, ProfileRepository } from '../ports/profile.ts';
import type { RegistrationRecord } from '../ports/registrations.ts';
import type { DevicePresence } from '../ports/signalling.ts';
import { refuse } from '../refuse.ts';

/** A profile as operators see it. */
export interface ProfileView {
  readonly gbId: string;
  /** The maker whose habits are taken into account. */
  readonly vendor: string | undefined;
  /** What the operator set. */
  readonly set: DeviceProfileChange;
  /** What would hold without it. */
  readonly learnt: DeviceProfile;
  /** What holds. */
  readonly profile: DeviceProfile;
}

interface Deps {
  readonly devices: Pick<Devices, 'get'>;
  readonly registry: DeviceRegistry;
  readonly lastRegistrations: LastRegistrations;
  readonly repository: ProfileRepository;
  readonly port: ProfilePort;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Use-cases on how devices are dealt with. What is acknowledged here is durable and holds at once. */
export class Profiles {
  readonly #deps: Deps;
  /** By the numeric id of the device; only what an operator set. */
  readonly #set = new Map<number, DeviceProfileChange>();
  readonly #writes = new KeyedQueue();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Reads what operators set. */
  async load(): Promise<void> {
    await this.#deps.lastRegistrations.load();
    for (const { deviceId, settings } of await this.#deps.repository.load()) {
      const change = parsed(settings);
      if (change !== undefined) this.#set.set(deviceId, change);
      else
        this.#deps.logger.warn({ deviceId }, 'profile of a device cannot be read: it is as if none were set');
    }
  }

  /** What is known of a device, without I/O; undefined for one that nobody added. */
  facts(gbId: string):
    | {
        readonly manufacturer: string | undefined;
        readonly change: DeviceProfileChange | undefined;
        readonly lastRegistration: RegistrationRecord | undefined;
      }
    | undefined {
    const device = this.#deps.registry.byGbId(gbId);
    if (device === undefined) return undefined;
    const { id, manufacturer } = device;
    return {
      ...{ manufacturer, change: this.#set.get(id) },
      lastRegistration: this.#deps.lastRegistrations.of(id),
    };
  }

  /** `ref`: serial or ID. */
  get(ref: string): ProfileView {
    const { gbId, id } = this.#deps.devices.get(ref);
    return { gbId, set: this.#set.get(id) ?? {}, ...this.#deps.port.of(gbId) };
  }

  /** Sets fields; `null` gives a field back to what is learnt. Refuses with INVALID_ARGUMENT and names the field. */
  async change(ref: string, wanted: Readonly<Record<string, unknown>>): Promise<ProfileView> {
    const { gbId, id } = this.#deps.devices.get(ref);
    return await this.#writes.run(gbId, async () => {
      const next = changed(this.#set.get(id) ?? {}, wanted);
      const { repository, clock, port, registry } = this.#deps;
      if (registry.byId(id) === undefined) throw refuse('DEVICE_NOT_FOUND');
      if (Object.keys(next).length === 0) {
        await repository.remove(id);
        this.#set.delete(id);
      } else {
        await repository.save({ deviceId: id, settings: JSON.stringify(next), changedAtMs: clock.nowMs() });
        this.#set.set(id, next);
      }
      port.refresh(gbId);
      return this.get(gbId);
    });
  }

  /** A device came or left. */
  noteRegistration(deviceId: number, presence: DevicePresence, cause: string): void {
    this.#deps.lastRegistrations.note(deviceId, presence, cause);
  }

  /** A device was removed. */
  forget(deviceId: number): void {
    this.#set.delete(deviceId);
  }
}

function changed(
  before: DeviceProfileChange,
  wanted: Readonly<Record<string, unknown>>,
): DeviceProfileChange {
  const next = new Map<string, unknown>(Object.entries(before));
  for (const [field, value] of Object.entries(wanted)) {
    if (!isProfileField(field)) throw refuse('INVALID_ARGUMENT', { field });
    if (value === null) next.delete(field);
    else next.set(field, value);
  }
  const read = readDeviceProfile(Object.fromEntries(next));
  if (!read.ok) throw refuse('INVALID_ARGUMENT', { field: read.field });
  return read.change;
}

function parsed(settings: string): DeviceProfileChange | undefined {
  try {
    const read = readDeviceProfile(JSON.parse(settings) as unknown);
    return read.ok ? read.change : undefined;
  } catch {
    return undefined;
  }
}
