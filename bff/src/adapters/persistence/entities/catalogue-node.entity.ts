import { EntitySchema } from 'typeorm';
import { flag, text } from './columns.ts';

/** Row of `catalogue_node`. */
export interface CatalogueNodeRow {
  deviceId: number;
  gbId: string;
  kind: string;
  name: string | null;
  online: boolean;
  parentIds: string | null;
  civilCode: string | null;
  businessGroupId: string | null;
  missed: number;
}

export const CatalogueNodeEntity = new EntitySchema<CatalogueNodeRow>({
  name: 'catalogue_node',
  columns: {
    deviceId: { name: 'device_id', type: Number, primary: true },
    gbId: { ...text('gb_id', 20), primary: true },
    kind: text('kind', 24),
    name: text('name', 128, true),
    online: flag('online'),
    parentIds: text('parent_ids', 96, true),
    civilCode: text('civil_code', 8, true),
    businessGroupId: text('business_group_id', 20, true),
    missed: { name: 'missed', type: Number },
  },
  foreignKeys: [
    {
      name: 'catalogue_node_device',
      target: 'device',
      columnNames: ['deviceId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});
