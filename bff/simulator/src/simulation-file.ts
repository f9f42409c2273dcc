import { readFileSync } from 'node:fs';
import { EDITIONS, makeProfile, PROFILE_NAMES } from './device/profile.ts';
import type { PlannedDevice, Platform } from './plan.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Reads the file of `--config`. Throws with what is wrong in it. */
export function readSimulationFile(path: string): {
  readonly server: Platform;
  readonly devices: readonly PlannedDevice[];
} {
  const file = objectOf(JSON.parse(readFileSync(path, 'utf8')), path);
  const server = objectOf(file['server'], 'server');
  const devices: unknown = file['devices'];
  if (!Array.isArray(devices) || devices.length === 0) throw new Error(`${path}: devices must be a list`);
  return {
    server: {
      host: textOf(server, 'host', /^[A-Za-z0-9_.-]+$/),
      port: numberOf(server, 'port', 65_535) ?? 5_060,
      id: textOf(server, 'id', /^\d{20}$/),
      domain: textOf(server, 'domain', /^[A-Za-z0-9.-]{1,64}$/),
    },
    devices: devices.map((entry, index) => deviceOf(objectOf(entry, `devices[${String(index)}]`))),
  };
}

function deviceOf(fields: Fields): PlannedDevice {
  const kind = PROFILE_NAMES.find((name) => name === fields['profile']);
  if (!kind) throw new Error(`profile must be one of ${PROFILE_NAMES.join(', ')}`);
  const channels = numberOf(fields, 'channels', 10_000);
  const name = fields['name'] === undefined ? undefined : textOf(fields, 'name', /^.{1,64}$/u);
  const edition = EDITIONS.find((known) => known === fields['edition']);
  if (fields['edition'] !== undefined && edition === undefined)
    throw new Error(`edition must be one of ${EDITIONS.join(', ')}`);
  return {
    profile: makeProfile(kind, textOf(fields, 'gbId', /^\d{20}$/), {
      ...(name === undefined ? {} : { name }),
      ...(channels === undefined ? {} : { channels }),
      ...(edition === undefined ? {} : { edition }),
    }),
    password: textOf(fields, 'password', /^.+$/),
  };
}

function objectOf(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${what} must be an object`);
  return value as Fields;
}

function textOf(fields: Fields, name: string, form: RegExp): string {
  const value = fields[name];
  if (typeof value !== 'string' || !form.test(value))
    throw new Error(`${name} is missing or has a wrong form`);
  return value;
}

function numberOf(fields: Fields, name: string, most: number): number | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > most)
    throw new Error(`${name} must be a whole number from 1 to ${String(most)}`);
  return value;
}
