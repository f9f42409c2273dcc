import type { MiniProgramPackage } from '../package.ts';

const NAME = /^[\w-]+$/;
const COLOUR = /^(?:#[0-9a-f]{3,8}|black|white)$/i;

function declarations(values: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(values ?? {})
    .filter(([name, value]) => NAME.test(name) && COLOUR.test(value))
    .map(([name, value]) => `--yimu-theme-${name}:${value}`)
    .join(';');
}

/** The package's theme as CSS variables that follow the system's colour scheme; '' when it has none. */
export function themeCss({ theme }: MiniProgramPackage): string {
  if (theme === undefined) return '';
  const { light, dark } = theme;
  return `:root{${declarations(light)}}@media (prefers-color-scheme: dark){:root{${declarations(dark)}}}`;
}

/** A colour of the configuration as CSS; `@name` is a variable of the theme. */
export function colourOf(value: string): string {
  return value.startsWith('@') ? `var(--yimu-theme-${value.slice(1)})` : value;
}
