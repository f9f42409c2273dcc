import { EntitySchema } from 'typeorm';
import { epochMs, text } from './columns.ts';

/** Row of `preset`. */
export interface PresetRow {
  channelId: number;
  no: number;
  name: string;
  changedAtMs: number;
}

export const PresetEntity = new EntitySchema<PresetRow>({
  name: 'preset',
  columns: {
    channelId: { name: 'channel_id', type: Number, primary: true },
    no: { name: 'no', type: Number, primary: true },
    name: text('name', 64),
    changedAtMs: epochMs('changed_at_ms'),
  },
  foreignKeys: [
    {
      name: 'preset_channel',
      target: 'channel',
      columnNames: ['channelId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});
