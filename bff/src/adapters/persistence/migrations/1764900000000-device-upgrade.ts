import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { createTable, epoch, number, text } from './table-columns.ts';

const TABLE = new Table({
  name: 'device_upgrade',
  columns: [
    { ...number('device_id'), isPrimary: true },
    { ...text('session_id', 128), isPrimary: true },
    text('state', 16),
    text('firmware', 64, true),
    text('manufacturer', 64, true),
    text('source', 1_024, true),
    text('running', 64, true),
    text('reason', 64, true),
    epoch('asked_at_ms'),
    epoch('changed_at_ms'),
  ],
  foreignKeys: [
    {
      name: 'device_upgrade_device',
      columnNames: ['device_id'],
      referencedTableName: 'device',
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
      onUpdate: 'NO ACTION',
    },
  ],
});

/** Upgrades of firmware: their results come when the device, and perhaps this process, has restarted. */
export class DeviceUpgrade1764900000000 implements MigrationInterface {
  readonly name = 'DeviceUpgrade1764900000000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, TABLE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(TABLE);
  }
}
