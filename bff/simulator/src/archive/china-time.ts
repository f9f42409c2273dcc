const BEIJING_MS = 8 * 3_600_000;

/** `2026-01-14T09:12:03` in Beijing's time, as devices write it. */
export function chinaTime(utcMs: number): string {
  return new Date(utcMs + BEIJING_MS).toISOString().slice(0, 19);
}

/** UTC, ms; `undefined` when it is no such time. */
export function readChinaTime(text: string | undefined): number | undefined {
  const ms = Date.parse(`${text ?? ''}+08:00`);
  return Number.isNaN(ms) ? undefined : ms;
}
