import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { createTable, epoch, flag, generatedId as id, number, text } from './table-columns.ts';

const TABLES: readonly Table[] = [
  new Table({
    name: 'device',
    columns: [
      id,
      text('gb_id', 20),
      text('serial', 9),
      text('name', 128, true),
      text('reported_name', 128, true),
      text('credential', 512, true),
      flag('passwordless'),
      text('media_transport', 16, true),
      text('manufacturer', 64, true),
      text('model', 64, true),
      text('firmware', 64, true),
      number('next_channel_no'),
      epoch('last_seen_at_ms', true),
      epoch('created_at_ms'),
    ],
    indices: [
      { name: 'device_gb_id', columnNames: ['gb_id'], isUnique: true },
      { name: 'device_serial_unique', columnNames: ['serial'], isUnique: true },
    ],
  }),
  new Table({ name: 'device_serial', columns: [{ ...text('serial', 9), isPrimary: true }] }),
  new Table({
    name: 'channel',
    columns: [
      id,
      number('device_id'),
      number('no'),
      text('gb_id', 20),
      text('name', 128, true),
      text('manufacturer', 64, true),
      text('model', 64, true),
      flag('online'),
      number('ptz_type', true),
      flag('assumed'),
      number('missed'),
      flag('retired'),
      epoch('created_at_ms'),
    ],
    indices: [{ name: 'channel_device_no', columnNames: ['device_id', 'no'], isUnique: true }],
    foreignKeys: [
      {
        name: 'channel_device',
        columnNames: ['device_id'],
        referencedTableName: 'device',
        referencedColumnNames: ['id'],
        onDelete: 'CASCADE',
        onUpdate: 'NO ACTION',
      },
    ],
  }),
  new Table({
    name: 'app',
    columns: [
      id,
      text('app_key', 64),
      text('secret_hash', 255),
      text('name', 64),
      flag('disabled'),
      epoch('created_at_ms'),
    ],
    indices: [{ name: 'app_app_key', columnNames: ['app_key'], isUnique: true }],
  }),
  new Table({
    name: 'access_token',
    columns: [
      { ...text('token_hash', 64), isPrimary: true },
      number('app_id'),
      epoch('issued_at_ms'),
      epoch('expires_at_ms'),
    ],
    indices: [{ name: 'access_token_expires', columnNames: ['expires_at_ms'] }],
  }),
  new Table({
    name: 'grant_key',
    columns: [{ ...number('no'), isPrimary: true }, text('sealed_key', 255), epoch('created_at_ms')],
  }),
  new Table({
    name: 'grant_cancellation',
    columns: [
      { ...text('channel_name', 64), isPrimary: true },
      { ...text('grant_id', 64), isPrimary: true },
      epoch('issued_until_s'),
      epoch('forget_at_ms'),
    ],
    indices: [{ name: 'grant_cancellation_forget', columnNames: ['forget_at_ms'] }],
  }),
];

/** Devices, channels, applications, tokens, grant keys and cancellations. */
export class Initial1763900000000 implements MigrationInterface {
  readonly name = 'Initial1763900000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await createTable(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...TABLES].reverse()) await runner.dropTable(table);
  }
}
