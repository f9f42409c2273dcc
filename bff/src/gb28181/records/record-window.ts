const DAY_MS = 86_400_000;
const MS_PER_MIN = 60_000;

/** One question to a device. */
export interface RecordWindow {
  readonly beginMs: number;
  readonly endMs: number;
}

/** Divides a period at the device's midnights; a day ends with its last second, as the standard's own sample has it. */
export function windowsOf(beginMs: number, endMs: number, utcOffsetMin: number): readonly RecordWindow[] {
  const windows: RecordWindow[] = [];
  const offsetMs = utcOffsetMin * MS_PER_MIN;
  for (let from = beginMs; from < endMs;) {
    const midnight = (Math.floor((from + offsetMs) / DAY_MS) + 1) * DAY_MS - offsetMs;
    windows.push({ beginMs: from, endMs: endMs < midnight ? endMs : midnight - 1_000 });
    from = midnight;
  }
  return windows;
}
