const DAY_MS = 86_400_000;
const YEAR_MS = 366 * DAY_MS;

/** A device's time for something that it tells now; ours when its clock says nothing, or cannot be right. */
export function believable(atMs: number | undefined, nowMs: number): number {
  return atMs === undefined || atMs > nowMs + DAY_MS || atMs < nowMs - YEAR_MS ? nowMs : atMs;
}
