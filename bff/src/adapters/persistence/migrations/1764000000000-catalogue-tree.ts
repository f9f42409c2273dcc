import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { createTable, flag, isServer, number, SERVER_TEXT, text } from './table-columns.ts';

const NODES = new Table({
  name: 'catalogue_node',
  columns: [
    { ...number('device_id'), isPrimary: true },
    { ...text('gb_id', 20), isPrimary: true },
    text('kind', 24),
    text('name', 128, true),
    flag('online'),
    text('parent_ids', 96, true),
    text('civil_code', 8, true),
    text('business_group_id', 20, true),
    number('missed'),
  ],
  foreignKeys: [
    {
      name: 'catalogue_node_device',
      columnNames: ['device_id'],
      referencedTableName: 'device',
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
      onUpdate: 'NO ACTION',
    },
  ],
});

const PLACES = [
  ['parent_ids', 96],
  ['civil_code', 8],
  ['business_group_id', 20],
] as const;

/** Where channels hang in the tree of their device, and the nodes that they hang on. */
export class CatalogueTree1764000000000 implements MigrationInterface {
  readonly name = 'CatalogueTree1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    const charset = isServer(runner) ? ` ${SERVER_TEXT}` : '';
    // In place: a table made anew would take along what refers to it.
    for (const [column, length] of PLACES)
      await runner.query(
        `ALTER TABLE channel ADD COLUMN ${column} varchar(${String(length)})${charset} NULL`,
      );
    await createTable(runner, NODES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(NODES);
    for (const [column] of PLACES) await runner.query(`ALTER TABLE channel DROP COLUMN ${column}`);
  }
}
