import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { createTable, epoch, number, text } from './table-columns.ts';

const TABLE = new Table({
  name: 'device_capability',
  columns: [
    { ...number('device_id'), isPrimary: true },
    { ...text('command', 64), isPrimary: true },
    text('firmware', 64, true),
    text('gb_version', 16, true),
    epoch('supported_at_ms', true),
    epoch('sent_at_ms', true),
    epoch('refused_at_ms', true),
    epoch('silent_at_ms', true),
    number('negatives'),
    text('target_gb_id', 20, true),
    number('sip_status', true),
    text('text', 200, true),
  ],
  foreignKeys: [
    {
      name: 'device_capability_device',
      columnNames: ['device_id'],
      referencedTableName: 'device',
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
      onUpdate: 'NO ACTION',
    },
  ],
});

/** What devices made of commands. */
export class DeviceCapability1764350000000 implements MigrationInterface {
  readonly name = 'DeviceCapability1764350000000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, TABLE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(TABLE);
  }
}
