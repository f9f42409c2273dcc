import type { RecordedFile } from '../ports/records.ts';

/** Something that was recorded without a break; times in UTC, ms. */
export interface Segment {
  readonly beginMs: number;
  readonly endMs: number;
}

/** Files of recorders follow one another with a second between them. */
const SAME_WITHIN_MS = 2_000;
const DAY_MS = 86_400_000;

/** What lies of files in a period, as stretches without a break: what a time line shows. */
export function segmentsOf(files: readonly Segment[], beginMs: number, endMs: number): readonly Segment[] {
  const clamped = files
    .map((file) => ({ beginMs: Math.max(file.beginMs, beginMs), endMs: Math.min(file.endMs, endMs) }))
    .filter((file) => file.endMs > file.beginMs)
    .sort((a, b) => a.beginMs - b.beginMs);
  const segments: { beginMs: number; endMs: number }[] = [];
  for (const file of clamped) {
    const last = segments.at(-1);
    if (last !== undefined && file.beginMs - last.endMs <= SAME_WITHIN_MS)
      last.endMs = Math.max(last.endMs, file.endMs);
    else segments.push({ ...file });
  }
  return segments;
}

/** Files as far as they lie in a period, by begin. */
export function clampedFiles(
  files: readonly RecordedFile[],
  beginMs: number,
  endMs: number,
): readonly RecordedFile[] {
  return files
    .map((file) => ({
      ...file,
      beginMs: Math.max(file.beginMs, beginMs),
      endMs: Math.min(file.endMs, endMs),
    }))
    .filter((file) => file.endMs > file.beginMs)
    .sort((a, b) => a.beginMs - b.beginMs || a.endMs - b.endMs);
}

/** The days, as begin of the local day in UTC ms, of which something was recorded; in order. */
export function daysOf(segments: readonly Segment[], utcOffsetMs: number): readonly number[] {
  const days = new Set<number>();
  for (const { beginMs, endMs } of segments) {
    const first = Math.floor((beginMs + utcOffsetMs) / DAY_MS);
    for (let day = first; day * DAY_MS - utcOffsetMs < endMs; day += 1) days.add(day);
  }
  return [...days].sort((a, b) => a - b).map((day) => day * DAY_MS - utcOffsetMs);
}
