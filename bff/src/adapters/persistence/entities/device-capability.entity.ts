import { EntitySchema } from 'typeorm';
import { epochMs, text } from './columns.ts';

/** Row of `device_capability`: what a device made of one command. */
export interface DeviceCapabilityRow {
  deviceId: number;
  command: string;
  firmware: string | null;
  gbVersion: string | null;
  supportedAtMs: number | null;
  sentAtMs: number | null;
  emptyAtMs: number | null;
  refusedAtMs: number | null;
  silentAtMs: number | null;
  negatives: number;
  targetGbId: string | null;
  sipStatus: number | null;
  text: string | null;
}

export const DeviceCapabilityEntity = new EntitySchema<DeviceCapabilityRow>({
  name: 'device_capability',
  columns: {
    deviceId: { name: 'device_id', type: Number, primary: true },
    command: { ...text('command', 64), primary: true },
    firmware: text('firmware', 64, true),
    gbVersion: text('gb_version', 16, true),
    supportedAtMs: epochMs('supported_at_ms', true),
    sentAtMs: epochMs('sent_at_ms', true),
    emptyAtMs: epochMs('empty_at_ms', true),
    refusedAtMs: epochMs('refused_at_ms', true),
    silentAtMs: epochMs('silent_at_ms', true),
    negatives: { name: 'negatives', type: Number },
    targetGbId: text('target_gb_id', 20, true),
    sipStatus: { name: 'sip_status', type: Number, nullable: true },
    text: text('text', 200, true),
  },
  foreignKeys: [
    {
      name: 'device_capability_device',
      target: 'device',
      columnNames: ['deviceId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});
