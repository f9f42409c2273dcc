import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { createTable, epoch, number, text } from './table-columns.ts';

const TABLE = new Table({
  name: 'device_registration',
  columns: [{ ...number('device_id'), isPrimary: true }, text('address', 45), epoch('ends_at_ms')],
  foreignKeys: [
    {
      name: 'device_registration_device',
      columnNames: ['device_id'],
      referencedTableName: 'device',
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
      onUpdate: 'NO ACTION',
    },
  ],
});

/** The last registrations of devices that may come back by a keepalive. */
export class DeviceRegistration1764800000000 implements MigrationInterface {
  readonly name = 'DeviceRegistration1764800000000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, TABLE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(TABLE);
  }
}
