const DAY_MS = 86_400_000;
const YEAR_MS = 366 * DAY_MS;

/** A device's time for something that it tells now; undefined when its clock says nothing, or cannot be right. */
export function believed(atMs: number | undefined, nowMs: number): number | undefined {
  return atMs === undefined || atMs > nowMs + DAY_MS || atMs < nowMs - YEAR_MS ? undefined : atMs;
}

/** As {@link believed}; ours when the device's is not believed. */
export function believable(atMs: number | undefined, nowMs: number): number {
  return believed(atMs, nowMs) ?? nowMs;
}
