import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';
import { createTable, epoch, flag, generatedId, number, text } from './table-columns.ts';

function real(name: string, isNullable = true): TableColumnOptions {
  return { name, type: 'double', isNullable };
}

/** What devices told goes with them by an order of its own: rows that wait to be written know no device that is gone. */
const TABLES: readonly Table[] = [
  new Table({
    name: 'alarm',
    columns: [
      generatedId,
      number('device_id'),
      text('source_gb_id', 20),
      number('priority', true),
      number('method', true),
      number('type', true),
      number('event_type', true),
      epoch('at_ms'),
      epoch('received_at_ms'),
      epoch('last_at_ms'),
      number('times'),
      text('description', 256, true),
      real('longitude'),
      real('latitude'),
      flag('is_read'),
    ],
    indices: [
      { name: 'alarm_device', columnNames: ['device_id', 'id'] },
      { name: 'alarm_read', columnNames: ['is_read', 'id'] },
      { name: 'alarm_at', columnNames: ['at_ms'] },
      { name: 'alarm_received', columnNames: ['received_at_ms'] },
    ],
  }),
  new Table({
    name: 'device_position',
    columns: [
      generatedId,
      number('device_id'),
      text('source_gb_id', 20),
      epoch('at_ms'),
      real('longitude', false),
      real('latitude', false),
      real('speed'),
      real('direction'),
      real('altitude'),
      real('height'),
    ],
    indices: [
      { name: 'device_position_device', columnNames: ['device_id', 'id'] },
      { name: 'device_position_at', columnNames: ['at_ms'] },
    ],
  }),
  new Table({
    name: 'presence_event',
    columns: [
      generatedId,
      number('device_id'),
      epoch('at_ms'),
      text('kind', 16),
      text('cause', 32, true),
      text('detail', 255, true),
    ],
    indices: [
      { name: 'presence_event_device', columnNames: ['device_id', 'id'] },
      { name: 'presence_event_at', columnNames: ['at_ms'] },
    ],
  }),
  new Table({
    name: 'device_wish',
    columns: [{ ...number('device_id'), isPrimary: true }, text('wanted', 1_024), flag('arm')],
    foreignKeys: [
      {
        name: 'device_wish_device',
        columnNames: ['device_id'],
        referencedTableName: 'device',
        referencedColumnNames: ['id'],
        onDelete: 'CASCADE',
        onUpdate: 'NO ACTION',
      },
    ],
  }),
];

/** Alarms, positions, presence, and what devices are to tell. */
export class Reports1764200000000 implements MigrationInterface {
  readonly name = 'Reports1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await createTable(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...TABLES].reverse()) await runner.dropTable(table);
  }
}
