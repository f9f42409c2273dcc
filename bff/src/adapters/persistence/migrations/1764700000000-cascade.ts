import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { createTable, epoch, flag, generatedId, number, text } from './table-columns.ts';

const UPPERS = new Table({
  name: 'upper_platform',
  columns: [
    generatedId,
    text('name', 128),
    text('gb_id', 20),
    text('domain', 64),
    text('host', 255),
    number('port'),
    text('transport', 8),
    text('local_gb_id', 20),
    text('username', 64),
    text('credential', 1_024),
    flag('enabled'),
    number('expires_s'),
    number('keepalive_s'),
    number('keepalive_misses'),
    text('gb_version', 8),
    text('control', 8),
    text('civil_code', 8, true),
    epoch('created_at_ms'),
  ],
  indices: [{ name: 'upper_platform_ids', columnNames: ['gb_id', 'local_gb_id'], isUnique: true }],
});

const goesWith = (
  name: string,
  column: string,
  table: string,
): NonNullable<ConstructorParameters<typeof Table>[0]>['foreignKeys'] => [
  {
    name,
    columnNames: [column],
    referencedTableName: table,
    referencedColumnNames: ['id'],
    onDelete: 'CASCADE',
    onUpdate: 'NO ACTION',
  },
];

const SHARES = new Table({
  name: 'shared_channel',
  columns: [
    { ...number('upper_id'), isPrimary: true },
    { ...text('gb_id', 20), isPrimary: true },
    number('device_id'),
    number('channel_id'),
  ],
  indices: [
    { name: 'shared_channel_once', columnNames: ['upper_id', 'channel_id'], isUnique: true },
    { name: 'shared_channel_device', columnNames: ['device_id'] },
    { name: 'shared_channel_channel', columnNames: ['channel_id'] },
  ],
  foreignKeys: [
    ...(goesWith('shared_channel_upper', 'upper_id', 'upper_platform') ?? []),
    ...(goesWith('shared_channel_device_of', 'device_id', 'device') ?? []),
    ...(goesWith('shared_channel_channel_of', 'channel_id', 'channel') ?? []),
  ],
});

/** Upper platforms, and which channels each is shown under which ID. */
export class Cascade1764700000000 implements MigrationInterface {
  readonly name = 'Cascade1764700000000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, UPPERS);
    await createTable(runner, SHARES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(SHARES);
    await runner.dropTable(UPPERS);
  }
}
