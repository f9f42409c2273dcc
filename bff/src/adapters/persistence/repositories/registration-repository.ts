import type { DataSource } from 'typeorm';
import type { RegistrationRecord, RegistrationRepository } from '../../../core/index.ts';
import { DeviceRegistrationEntity } from '../entities/device-registration.entity.ts';
import type { TransactionQueue } from '../transaction-queue.ts';
import { stored } from './storage-fault.ts';

/** The last registrations of devices in SQL. */
export class SqlRegistrationRepository implements RegistrationRepository {
  readonly #source: DataSource;
  readonly #transactions: TransactionQueue;

  constructor(source: DataSource, transactions: TransactionQueue) {
    this.#source = source;
    this.#transactions = transactions;
  }

  async load(): Promise<readonly RegistrationRecord[]> {
    return await stored('load device registrations', () =>
      this.#source.getRepository(DeviceRegistrationEntity).find({ order: { deviceId: 'ASC' } }),
    );
  }

  async save(registration: RegistrationRecord): Promise<void> {
    await stored('save device registration', () =>
      this.#transactions.run((manager) =>
        manager.upsert(DeviceRegistrationEntity, { ...registration }, ['deviceId']),
      ),
    );
  }

  async remove(deviceId: number): Promise<void> {
    await stored('remove device registration', () =>
      this.#transactions.run((manager) => manager.delete(DeviceRegistrationEntity, { deviceId })),
    );
  }
}
