import { type Config, type Setting, SETTINGS } from './settings.ts';

/** Every fault of the environment at once, so that an operator mends them in one go. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`the configuration is not usable:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** Reads the settings from environment variables. Throws {@link ConfigError} with the list of all faults. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries<Setting<unknown>>(SETTINGS)) {
    const given = environment[setting.env];
    const text = given === undefined || given === '' ? setting.fallback : given;
    if (text === undefined) continue;
    const read = setting.schema.safeParse(text);
    if (read.success) values[name] = read.data;
    else faults.push(`${setting.env} ${read.error.issues[0]?.message ?? 'is not usable'}`);
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return values as Config;
}

/** Names that begin with `YIMU_` and mean nothing: a mistyped one would silently leave a default in force. */
export function unknownSettings(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): readonly string[] {
  const known = new Set<string>(Object.values(SETTINGS).map((setting) => setting.env));
  return Object.keys(environment).filter(
    (name) => name.startsWith('YIMU_') && !name.startsWith('YIMU_TEST_') && !known.has(name),
  );
}
