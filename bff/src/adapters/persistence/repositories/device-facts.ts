import type { EntityManager } from 'typeorm';
import type { DeviceFactsRow } from '../../../core/index.ts';
import { toFactsRow } from './device-mapping.ts';

const COLUMNS = ['reported_name', 'manufacturer', 'model', 'firmware', 'last_seen_at_ms'] as const;
const NAMES = ['id', ...COLUMNS].join(', ');

/** Writes what devices told, one statement for all of the rows: as many as fit into the bound values of one. */
export async function updateFacts(manager: EntityManager, rows: readonly DeviceFactsRow[]): Promise<void> {
  const isServer = manager.dataSource.options.type !== 'better-sqlite3';
  const values = rows.flatMap((row) => {
    const { reportedName, manufacturer, model, firmware, lastSeenAtMs } = toFactsRow(row);
    return [row.id, reportedName, manufacturer, model, firmware, lastSeenAtMs];
  });
  await manager.query(isServer ? ofServer(rows.length) : ofSqlite(rows.length), values);
}

function ofSqlite(rows: number): string {
  const tuples = repeated(`(${NAMES.replace(/\w+/g, '?')})`, rows, ', ');
  const set = COLUMNS.map((name) => `${name} = told.${name}`).join(', ');
  return `WITH told(${NAMES}) AS (VALUES ${tuples}) UPDATE device SET ${set} FROM told WHERE device.id = told.id`;
}

/** MySQL and MariaDB have no common way to write a table of values but this one. */
function ofServer(rows: number): string {
  const first = `SELECT ${['id', ...COLUMNS].map((name) => `? AS ${name}`).join(', ')}`;
  const others = repeated(` UNION ALL SELECT ${NAMES.replace(/\w+/g, '?')}`, rows - 1, '');
  const set = COLUMNS.map((name) => `device.${name} = told.${name}`).join(', ');
  return `UPDATE device JOIN (${first}${others}) told ON told.id = device.id SET ${set}`;
}

function repeated(text: string, times: number, between: string): string {
  return Array<string>(times).fill(text).join(between);
}
