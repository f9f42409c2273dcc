import type { EntitySchemaColumnOptions } from 'typeorm';

/** Times are whole milliseconds; the drivers may hand them out as text. */
const asNumber = {
  to: (value: number | null): number | null => value,
  from: (value: number | string | null): number | null => (value === null ? null : Number(value)),
};

const asBoolean = {
  to: (value: boolean): number => (value ? 1 : 0),
  from: (value: number | boolean | null): boolean => Boolean(value),
};

/** UTC milliseconds since 1970. */
export function epochMs(name: string, nullable = false): EntitySchemaColumnOptions {
  return { name, type: 'bigint', nullable, transformer: asNumber };
}

/** True or false, kept as 0 or 1 by both databases. */
export function flag(name: string): EntitySchemaColumnOptions {
  return { name, type: 'tinyint', transformer: asBoolean };
}

/** Text of bounded length. */
export function text(name: string, length: number, nullable = false): EntitySchemaColumnOptions {
  return { name, type: 'varchar', length, nullable };
}
