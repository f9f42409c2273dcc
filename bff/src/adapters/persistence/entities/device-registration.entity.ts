import { EntitySchema } from 'typeorm';
import { epochMs, text } from './columns.ts';

/** Longest text of an IPv6 address. */
const ADDRESS_LENGTH = 45;

/** Row of `device_registration`: the last registration of a device that may come back by a keepalive. */
export interface DeviceRegistrationRow {
  deviceId: number;
  address: string;
  endsAtMs: number;
}

export const DeviceRegistrationEntity = new EntitySchema<DeviceRegistrationRow>({
  name: 'device_registration',
  columns: {
    deviceId: { name: 'device_id', type: Number, primary: true },
    address: text('address', ADDRESS_LENGTH),
    endsAtMs: epochMs('ends_at_ms'),
  },
  foreignKeys: [
    {
      name: 'device_registration_device',
      target: 'device',
      columnNames: ['deviceId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});
