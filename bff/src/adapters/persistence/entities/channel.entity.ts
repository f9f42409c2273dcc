import { EntitySchema } from 'typeorm';
import { epochMs, flag, text } from './columns.ts';

/** Row of `channel`. */
export interface ChannelRow {
  id: number;
  deviceId: number;
  no: number;
  gbId: string;
  name: string | null;
  manufacturer: string | null;
  model: string | null;
  online: boolean;
  ptzType: number | null;
  parentIds: string | null;
  civilCode: string | null;
  businessGroupId: string | null;
  assumed: boolean;
  missed: number;
  retired: boolean;
  createdAtMs: number;
}

export const ChannelEntity = new EntitySchema<ChannelRow>({
  name: 'channel',
  columns: {
    id: { type: Number, primary: true, generated: true },
    deviceId: { name: 'device_id', type: Number },
    no: { name: 'no', type: Number },
    gbId: text('gb_id', 20),
    name: text('name', 128, true),
    manufacturer: text('manufacturer', 64, true),
    model: text('model', 64, true),
    online: flag('online'),
    ptzType: { name: 'ptz_type', type: Number, nullable: true },
    parentIds: text('parent_ids', 96, true),
    civilCode: text('civil_code', 8, true),
    businessGroupId: text('business_group_id', 20, true),
    assumed: flag('assumed'),
    missed: { name: 'missed', type: Number },
    retired: flag('retired'),
    createdAtMs: epochMs('created_at_ms'),
  },
  indices: [{ name: 'channel_device_no', columns: ['deviceId', 'no'], unique: true }],
  foreignKeys: [
    {
      name: 'channel_device',
      target: 'device',
      columnNames: ['deviceId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});
