import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { createTable, epoch, number, text } from './table-columns.ts';

const TABLE = new Table({
  name: 'device_profile',
  columns: [{ ...number('device_id'), isPrimary: true }, text('settings', 2_048), epoch('changed_at_ms')],
  foreignKeys: [
    {
      name: 'device_profile_device',
      columnNames: ['device_id'],
      referencedTableName: 'device',
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
      onUpdate: 'NO ACTION',
    },
  ],
});

/** What operators set of how a device is dealt with. */
export class DeviceProfile1764100000000 implements MigrationInterface {
  readonly name = 'DeviceProfile1764100000000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, TABLE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(TABLE);
  }
}
