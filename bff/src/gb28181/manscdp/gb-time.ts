/** Minutes east of UTC of Beijing's time, in which devices write theirs (GB/T 28181-2016 annex A.2.1). */
export const BEIJING_OFFSET_MIN = 480;

const MS_PER_MIN = 60_000;
const MAX_LENGTH = 40;
/** With or without zone and fraction, one digit or two, `T` or a blank between. */
const SEPARATED =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T\s]\s*(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d{1,9})?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
const COMPACT = /^(\d{4})(\d{2})(\d{2})T?(\d{2})(\d{2})(\d{2})(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * Reads a time of a device; UTC ms, cut to whole seconds. Without a zone it is local: Beijing's unless the device is
 * known to live elsewhere. Vendor: zones (UNISINSIGHT), single digits, blanks, fractions, no separators at all.
 */
export function readGbTime(
  text: string | undefined,
  utcOffsetMin: number = BEIJING_OFFSET_MIN,
): number | undefined {
  if (text === undefined || text.length > MAX_LENGTH) return undefined;
  const match = SEPARATED.exec(text) ?? COMPACT.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  // 24:00:00 is the end of a day for some.
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60)
    return undefined;
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  const zone = match[7];
  return local - (zone === undefined ? utcOffsetMin : minutesOf(zone)) * MS_PER_MIN;
}

/** Writes a time as devices read it: local, without zone, `2026-01-14T09:12:03` (annex A.2.1: dateTime). */
export function writeGbTime(utcMs: number, utcOffsetMin: number = BEIJING_OFFSET_MIN): string {
  return new Date(utcMs + utcOffsetMin * MS_PER_MIN).toISOString().slice(0, 19);
}

function minutesOf(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith('-') ? -minutes : minutes;
}
