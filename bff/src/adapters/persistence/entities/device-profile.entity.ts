import { EntitySchema } from 'typeorm';
import { epochMs, text } from './columns.ts';

/** Longest profile as JSON; the longest that can be is less than half of it. */
const PROFILE_LENGTH = 2_048;

/** Row of `device_profile`: what an operator set of how a device is dealt with. */
export interface DeviceProfileRow {
  deviceId: number;
  /** JSON object of fields of `DeviceProfile`. */
  settings: string;
  changedAtMs: number;
}

export const DeviceProfileEntity = new EntitySchema<DeviceProfileRow>({
  name: 'device_profile',
  columns: {
    deviceId: { name: 'device_id', type: Number, primary: true },
    settings: text('settings', PROFILE_LENGTH),
    changedAtMs: epochMs('changed_at_ms'),
  },
  foreignKeys: [
    {
      name: 'device_profile_device',
      target: 'device',
      columnNames: ['deviceId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});
