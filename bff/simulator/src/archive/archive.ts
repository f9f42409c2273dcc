/** How a recording came about (GB/T 28181-2016 annex A.2.1 h). */
export type ArchiveKind = 'time' | 'alarm' | 'manual';

/** One file of a device's archive; times in UTC, ms. */
export interface ArchivedFile {
  readonly beginMs: number;
  readonly endMs: number;
  readonly kind: ArchiveKind;
}

/** What a channel has recorded of a period, by begin. */
export type Archive = (channelGbId: string, beginMs: number, endMs: number) => readonly ArchivedFile[];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const BEIJING_MS = 8 * HOUR_MS;
const KEPT_DAYS = 30;
const FILE_MS = 30 * MINUTE_MS;

/**
 * The archive of a device that nobody gave one: thirty days in files of half an hour, of each day an hour at noon
 * missing, an alarm at half past three, and a recording by hand at ten.
 */
export function usualArchive(nowMs: () => number): Archive {
  return (_channel, beginMs, endMs) => {
    const now = nowMs();
    const from = Math.max(beginMs, now - KEPT_DAYS * DAY_MS);
    const until = Math.min(endMs, now);
    const files: ArchivedFile[] = [];
    for (let day = dayOf(from); day < until; day += DAY_MS)
      files.push(...filesOfDay(day).filter((file) => file.endMs > from && file.beginMs < until));
    return files.map((file) => (file.endMs > now ? { ...file, endMs: now } : file));
  };
}

/** An archive of given files, the same for every channel. */
export function fixedArchive(files: readonly ArchivedFile[]): Archive {
  const sorted = [...files].sort((a, b) => a.beginMs - b.beginMs);
  return (_channel, beginMs, endMs) => sorted.filter((file) => file.endMs > beginMs && file.beginMs < endMs);
}

function dayOf(atMs: number): number {
  return Math.floor((atMs + BEIJING_MS) / DAY_MS) * DAY_MS - BEIJING_MS;
}

function filesOfDay(day: number): ArchivedFile[] {
  const files: ArchivedFile[] = [];
  for (let begin = day; begin < day + DAY_MS; begin += FILE_MS) {
    const sinceMidnight = begin - day;
    if (sinceMidnight >= 12 * HOUR_MS && sinceMidnight < 13 * HOUR_MS) continue;
    const kind =
      sinceMidnight === 3.5 * HOUR_MS ? 'alarm' : sinceMidnight === 10 * HOUR_MS ? 'manual' : 'time';
    files.push({ beginMs: begin, endMs: begin + FILE_MS, kind });
  }
  return files;
}
