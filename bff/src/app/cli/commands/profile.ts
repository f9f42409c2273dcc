import { parseArgs } from 'node:util';
import { DEVICE_PROFILE_FIELDS, isProfileField } from '@yimu/shared';
import { type CommandResult, type Context, done, onlyGbId, UsageError } from './command.ts';

interface ShownProfile {
  readonly vendor?: string;
  readonly set: Readonly<Record<string, unknown>>;
  readonly profile: Readonly<Record<string, unknown>>;
}

/** `device profile <gbId> [--set field=value …] [--json]`: shows how a device is dealt with, or changes it. */
export async function deviceProfile(args: readonly string[], { client }: Context): Promise<CommandResult> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      set: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
    },
  });
  const path = `/devices/${onlyGbId(positionals)}/profile`;
  const change = Object.fromEntries(values.set.map(fieldOf));
  const shown = (
    values.set.length === 0 ? await client.call('GET', path) : await client.call('PUT', path, change)
  ) as ShownProfile;
  return done(values.json ? JSON.stringify(shown, null, 2) : lines(shown));
}

function lines({ vendor, set, profile }: ShownProfile): string {
  const fields = Object.entries(profile).map(([name, value]) => {
    const text = Array.isArray(value) ? value.join(',') : String(value);
    return `${name}=${text}${Object.hasOwn(set, name) ? '  已设置 set' : ''}`;
  });
  return [`厂商 vendor  ${vendor ?? '-'}`, ...fields].join('\n');
}

/** `field=value` as its JSON; a field set to nothing goes back to what is learnt, a list with one comma is empty. */
function fieldOf(text: string): readonly [name: string, value: unknown] {
  const at = text.indexOf('=');
  const name = text.slice(0, Math.max(0, at));
  if (!isProfileField(name)) {
    const known = Object.keys(DEVICE_PROFILE_FIELDS).join(', ');
    throw new UsageError(`没有这个设置项：${text}。 --set takes field=value; fields: ${known}`);
  }
  const value = text.slice(at + 1);
  if (value === '') return [name, null];
  switch (DEVICE_PROFILE_FIELDS[name].kind) {
    case 'flag':
      if (value !== 'true' && value !== 'false')
        throw new UsageError(`${name} 须为 true 或 false：${value}。 ${name} is true or false`);
      return [name, value === 'true'];
    case 'number':
      if (!/^-?\d{1,9}$/.test(value))
        throw new UsageError(`${name} 须为整数：${value}。 ${name} is a whole number`);
      return [name, Number(value)];
    case 'words':
      return [name, value.split(',').filter((word) => word !== '')];
    case 'word':
      return [name, value];
  }
}
