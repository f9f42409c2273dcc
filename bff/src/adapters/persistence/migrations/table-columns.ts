import type { QueryRunner, Table, TableColumnOptions } from 'typeorm';

/** Columns as tables of both databases have them. */
export const generatedId: TableColumnOptions = {
  name: 'id',
  type: 'integer',
  isPrimary: true,
  isGenerated: true,
  generationStrategy: 'increment',
};

/** Text of at most `length` characters. */
export function text(name: string, length: number, isNullable = false): TableColumnOptions {
  return { name, type: 'varchar', length: String(length), isNullable };
}

/** A whole number of 32 bits. */
export function number(name: string, isNullable = false): TableColumnOptions {
  return { name, type: 'integer', isNullable };
}

/** UTC, ms. */
export function epoch(name: string, isNullable = false): TableColumnOptions {
  return { name, type: 'bigint', isNullable };
}

/** Yes or no. */
export function flag(name: string): TableColumnOptions {
  return { name, type: 'tinyint' };
}

/** Whether the database is a server and not a file. */
export function isServer(runner: QueryRunner): boolean {
  return runner.dataSource.options.type !== 'better-sqlite3';
}

/** What stands behind the type of a text column on a server: its charset may be any, ours is UTF-8 byte for byte. */
export const SERVER_TEXT = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

/** Makes a table; on a server its text is kept as UTF-8 and compared byte for byte. */
export async function createTable(runner: QueryRunner, table: Table): Promise<void> {
  await runner.createTable(isServer(runner) ? withCharset(table) : table);
}

function withCharset(table: Table): Table {
  const own = table.clone();
  for (const column of own.columns) {
    if (column.type !== 'varchar') continue;
    column.charset = 'utf8mb4';
    column.collation = 'utf8mb4_bin';
  }
  return own;
}
