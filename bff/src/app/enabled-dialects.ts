import type { Config } from '../config/index.ts';
import type { Core } from '../core/index.ts';
import { type Dialect, ezvizDialect } from '../http/index.ts';

const DIALECTS: Readonly<Record<Config['dialects'][number], (core: Core) => Dialect>> = {
  ezviz: ezvizDialect,
};

/** The dialects that the configuration names. */
export function enabledDialects({ dialects }: Config, core: Core): readonly Dialect[] {
  return [...new Set(dialects)].map((name) => DIALECTS[name](core));
}
