import { readFileSync } from 'node:fs';
import { BuildFault } from './build-fault.ts';

export type JsonObject = Record<string, unknown>;

/** Reads a JSON file whose root is an object; an absent file is an empty object when `optional`. */
export function readJsonObject(file: string, optional = false): JsonObject {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (optional) return {};
    throw new BuildFault('cannot read', [`${file}: ${String(error)}`]);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BuildFault('not JSON', [`${file}: ${String(error)}`]);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BuildFault('not a JSON object', [file]);
  }
  return value as JsonObject;
}

/** The entries of `value` whose values are strings; anything else is none. */
export function stringEntries(value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}

/** The strings of an array; anything else is none. */
export function stringItems(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
