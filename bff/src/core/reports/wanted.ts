import type { SubscribedTo, WantedSubscription } from '../ports/reports.ts';

const MAX_WANTED = 8;
const MAX_INTERVAL_S = 3_600;
const KINDS: readonly SubscribedTo[] = ['catalog', 'alarm', 'position', 'ptz-position'];

/** Reads what is wanted of a device from JSON; undefined when it is anything else. */
export function readWanted(text: string): readonly WantedSubscription[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed) || parsed.length > MAX_WANTED) return undefined;
  const wanted = parsed.map(wantedOf);
  return wanted.every((one) => one !== undefined) ? wanted : undefined;
}

function wantedOf(value: unknown): WantedSubscription | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind: named, channelGbId, intervalS } = value as Record<string, unknown>;
  const kind = KINDS.find((known) => known === named);
  if (kind === undefined) return undefined;
  if (channelGbId !== undefined && (typeof channelGbId !== 'string' || !/^\d{20}$/.test(channelGbId)))
    return undefined;
  if (intervalS === undefined) return { kind, channelGbId };
  const isInterval = typeof intervalS === 'number' && Number.isInteger(intervalS) && intervalS >= 1;
  return isInterval && intervalS <= MAX_INTERVAL_S ? { kind, channelGbId, intervalS } : undefined;
}
