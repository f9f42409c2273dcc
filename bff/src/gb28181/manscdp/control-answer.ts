import type { FirmwareResult } from '@yimu/shared';
import { GbFailure } from '../types.ts';
import type { ManscdpDocument } from './document.ts';

const MAX_REASON = 200;

/**
 * The answer to a DeviceControl (GB/T 28181-2016 annex A.2.6 a). An answer without Result is taken for OK, since it is
 * one; a Reason is read wherever a device says one.
 */
export function readControlAnswer({ element }: ManscdpDocument): 'OK' | GbFailure {
  const result = element.textOf('Result')?.toUpperCase();
  if (result === undefined || result === 'OK') return 'OK';
  const reason = element.textOf('Reason')?.slice(0, MAX_REASON);
  return new GbFailure('rejected', `the device answered ${reason ?? 'an error'}`);
}

const MAX_SESSION = 128;
const MAX_FIRMWARE = 64;

/** DeviceUpgradeResult (GB/T 28181-2022 annex A.2.5.9); undefined without session or result. */
export function readUpgradeResult({ element }: ManscdpDocument): FirmwareResult | undefined {
  const sessionId = element.textOf('SessionID');
  const result = element.textOf('UpgradeResult') ?? element.textOf('Result');
  if (sessionId === undefined || sessionId.length > MAX_SESSION || result === undefined) return undefined;
  const ok = result.toUpperCase() === 'OK';
  return {
    sessionId,
    ok,
    firmware: element.textOf('Firmware')?.slice(0, MAX_FIRMWARE),
    reason: ok ? undefined : element.textOf('UpgradeFailedReason')?.slice(0, MAX_FIRMWARE),
  };
}
