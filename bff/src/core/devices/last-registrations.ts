import { type Clock, KeyedQueue, type Logger } from '../../kernel/index.ts';
import type { RegistrationRecord, RegistrationRepository } from '../ports/registrations.ts';
import type { DevicePresence } from '../ports/signalling.ts';

interface Deps {
  readonly repository: RegistrationRepository;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether a device may come back by a keepalive alone: of others nothing is kept. */
  readonly mayRevive: (gbId: string) => boolean;
}

/**
 * Remembers from where devices registered last and for how long, over a restart too: some register once and send
 * nothing but keepalives from then on. At most one for each device.
 */
export class LastRegistrations {
  readonly #deps: Deps;
  readonly #byDevice = new Map<number, RegistrationRecord>();
  readonly #writes = new KeyedQueue();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async load(): Promise<void> {
    for (const record of await this.#deps.repository.load()) this.#byDevice.set(record.deviceId, record);
  }

  /** Undefined when there is none, or it is over. */
  of(deviceId: number): RegistrationRecord | undefined {
    const record = this.#byDevice.get(deviceId);
    return record !== undefined && record.endsAtMs > this.#deps.clock.nowMs() ? record : undefined;
  }

  /** A device came, or left; one that took its registration back, or was sent away, has none. */
  note(deviceId: number, presence: DevicePresence, cause: string): void {
    const { gbId, online, address, expiresAtMs } = presence;
    if (online && address !== undefined && expiresAtMs !== undefined && this.#deps.mayRevive(gbId)) {
      const record = { deviceId, address, endsAtMs: expiresAtMs };
      this.#byDevice.set(deviceId, record);
      this.#write(deviceId, () => this.#deps.repository.save(record));
    } else if (!online && (cause === 'unregistered' || cause === 'forgotten')) this.forget(deviceId);
  }

  forget(deviceId: number): void {
    if (this.#byDevice.delete(deviceId)) this.#write(deviceId, () => this.#deps.repository.remove(deviceId));
  }

  #write(deviceId: number, write: () => Promise<void>): void {
    this.#writes.run(String(deviceId), write).catch((error: unknown) => {
      this.#deps.logger.error({ err: error, deviceId }, 'the last registration of a device is not stored');
    });
  }
}
