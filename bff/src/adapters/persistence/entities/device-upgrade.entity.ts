import { EntitySchema } from 'typeorm';
import { epochMs, text } from './columns.ts';

/** Row of `device_upgrade`: an upgrade of a device's firmware. */
export interface DeviceUpgradeRow {
  deviceId: number;
  sessionId: string;
  state: string;
  firmware: string | null;
  manufacturer: string | null;
  source: string | null;
  running: string | null;
  reason: string | null;
  askedAtMs: number;
  changedAtMs: number;
}

export const DeviceUpgradeEntity = new EntitySchema<DeviceUpgradeRow>({
  name: 'device_upgrade',
  columns: {
    deviceId: { name: 'device_id', type: Number, primary: true },
    sessionId: { ...text('session_id', 128), primary: true },
    state: text('state', 16),
    firmware: text('firmware', 64, true),
    manufacturer: text('manufacturer', 64, true),
    source: text('source', 1_024, true),
    running: text('running', 64, true),
    reason: text('reason', 64, true),
    askedAtMs: epochMs('asked_at_ms'),
    changedAtMs: epochMs('changed_at_ms'),
  },
  foreignKeys: [
    {
      name: 'device_upgrade_device',
      target: 'device',
      columnNames: ['deviceId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});
