import type { EntityManager, EntitySchema, ObjectLiteral } from 'typeorm';

/** Rows of one statement: few sizes, so that the statements stay prepared. */
const SIZES = [64, 8, 1];

/**
 * Inserts rows with every value bound. TypeORM's own builder writes numbers into the text of a statement for SQLite:
 * each row is then a statement of its own, which is compiled anew and never found among the prepared ones. A column
 * that the rows do not name, a generated key above all, is left to the database.
 */
export async function insertRows<Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntitySchema<Row>,
  rows: readonly Partial<Row>[],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const { driver } = manager.dataSource;
  const { columns, tableName } = manager.dataSource.getMetadata(entity);
  const named = columns.filter(({ propertyName }) => propertyName in first);
  const into = named.map(({ databaseName }) => driver.escape(databaseName)).join(', ');
  const tuple = `(${named.map(() => '?').join(', ')})`;
  for (let at = 0; at < rows.length;) {
    const size = SIZES.find((rowsAtOnce) => rowsAtOnce <= rows.length - at) ?? 1;
    const values = rows
      .slice(at, at + size)
      .flatMap((row) =>
        named.map((column): unknown => driver.preparePersistentValue(row[column.propertyName], column)),
      );
    const tuples = Array<string>(size).fill(tuple).join(', ');
    await manager.query(`INSERT INTO ${driver.escape(tableName)}(${into}) VALUES ${tuples}`, values);
    at += size;
  }
}
