import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { createTable, epoch, number, text } from './table-columns.ts';

const PRESETS = new Table({
  name: 'preset',
  columns: [
    { ...number('channel_id'), isPrimary: true },
    { ...number('no'), isPrimary: true },
    text('name', 64),
    epoch('changed_at_ms'),
  ],
  foreignKeys: [
    {
      name: 'preset_channel',
      columnNames: ['channel_id'],
      referencedTableName: 'channel',
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
      onUpdate: 'NO ACTION',
    },
  ],
});

/** Names of presets. */
export class Preset1764400000000 implements MigrationInterface {
  readonly name = 'Preset1764400000000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, PRESETS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(PRESETS);
  }
}
