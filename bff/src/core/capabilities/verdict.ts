import type { CapabilityRecord } from '../ports/learning.ts';

/**
 * What is known of one command of one device. `empty`: it answers, and has returned nothing so far; whether it does not
 * know the command or has nothing to tell cannot be told apart, so nobody may rely on either.
 */
export type Verdict = 'supported' | 'empty' | 'refused' | 'silent' | 'unknown';

/** Refusals or silences in a row that settle that a device does not know a command. */
const SETTLED = 2;
/** After this a device that did not know a command is asked again. */
const RETEST_MS = 7 * 86_400_000;
/** SIP answers that refuse the command as such: method or extension unknown (RFC 3261 §21.4.6, §21.5.2). */
const UNKNOWN_COMMAND: ReadonlySet<number> = new Set([405, 501]);

/** A device as it is now, as far as knowledge depends on it. */
export interface AsItIs {
  readonly firmware: string | undefined;
  readonly gbVersion: string | undefined;
}

/** Whether a record was made with the firmware and under the edition that the device has now. */
export function isOf(record: CapabilityRecord, now: AsItIs): boolean {
  return isSame(record.firmware, now.firmware) && isSame(record.gbVersion, now.gbVersion);
}

/**
 * Supported is what was answered with content once: a refusal later on is one of the moment. Of what never was, the
 * last outcome counts. SIP 200 to a command that has no answer proves nothing.
 */
export function verdictOf(record: CapabilityRecord): Verdict {
  if (record.supportedAtMs !== undefined) return 'supported';
  const { emptyAtMs, refusedAtMs, silentAtMs } = record;
  if (emptyAtMs !== undefined && emptyAtMs >= Math.max(refusedAtMs ?? 0, silentAtMs ?? 0)) return 'empty';
  if (refusedAtMs === undefined && silentAtMs === undefined) return 'unknown';
  return (refusedAtMs ?? 0) >= (silentAtMs ?? 0) ? 'refused' : 'silent';
}

/**
 * Whether a target need not be asked: it has refused or ignored the command twice in a row, or said that it does not
 * know it, and that is not long ago. An error in answer to new values may be one of the values: it settles nothing.
 */
export function isSettled(record: CapabilityRecord, targetGbId: string, nowMs: number): boolean {
  const verdict = verdictOf(record);
  if (verdict !== 'refused' && verdict !== 'silent') return false;
  if (record.targetGbId !== targetGbId) return false;
  const lastMs = Math.max(record.refusedAtMs ?? 0, record.silentAtMs ?? 0);
  if (nowMs - lastMs > RETEST_MS) return false;
  if (record.sipStatus !== undefined && UNKNOWN_COMMAND.has(record.sipStatus)) return true;
  const isAboutValues = verdict === 'refused' && record.command.startsWith('DeviceConfig.');
  return !isAboutValues && record.negatives >= SETTLED;
}

/** What is not said, then or now, tells nothing apart. */
function isSame(then: string | undefined, now: string | undefined): boolean {
  return then === undefined || now === undefined || then === now;
}
