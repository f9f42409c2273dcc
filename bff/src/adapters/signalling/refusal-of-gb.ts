import { CORE_ERROR_TEXTS, type CoreErrorCode } from '@yimu/shared';
import { GbFailure, type GbFailureReason } from '../../gb28181/index.ts';
import { CoreError, type ErrorFacts } from '../../kernel/index.ts';

/** What each stage of failure means to the core. */
const CODES: Readonly<Record<GbFailureReason, CoreErrorCode>> = {
  'not-registered': 'DEVICE_OFFLINE',
  timeout: 'DEVICE_TIMEOUT',
  transport: 'DEVICE_OFFLINE',
  rejected: 'DEVICE_REFUSED',
  'bad-answer': 'DEVICE_REFUSED',
  empty: 'DEVICE_REFUSED',
  // Whoever cancelled does not wait for an answer; to anybody else the stream is just not there.
  cancelled: 'MEDIA_UNAVAILABLE',
  busy: 'DEVICE_BUSY',
  exhausted: 'QUOTA_EXCEEDED',
};

/**
 * SIP answers that say more than "refused" (GB/T 28181-2016 §9.2, RFC 3261 §21). 415, 488 and 606 refuse a
 * description, not the channel: another way of media may do.
 */
const CODES_OF_STATUS: ReadonlyMap<number, CoreErrorCode> = new Map([
  [404, 'CHANNEL_NOT_FOUND'],
  [405, 'NOT_SUPPORTED_BY_DEVICE'],
  [408, 'DEVICE_TIMEOUT'],
  [410, 'CHANNEL_NOT_FOUND'],
  [480, 'CHANNEL_OFFLINE'],
  [486, 'DEVICE_BUSY'],
  [501, 'NOT_SUPPORTED_BY_DEVICE'],
  [503, 'DEVICE_BUSY'],
  [504, 'DEVICE_TIMEOUT'],
  [600, 'DEVICE_BUSY'],
]);

/** Turns a failure of the GB/T 28181 floor into the core's words: a text for anybody, and facts for the log only. */
export function refusalOfGb(
  error: unknown,
  facts: { readonly deviceId?: string; readonly channelId?: string },
): CoreError {
  if (error instanceof CoreError) return error;
  if (!(error instanceof GbFailure)) return refusal('INTERNAL', facts, error);
  const { reason, status, message } = error;
  const ofStatus = reason === 'rejected' && status !== undefined ? CODES_OF_STATUS.get(status) : undefined;
  return refusal(ofStatus ?? CODES[reason], { ...facts, reason, sipStatus: status, failure: message }, error);
}

function refusal(code: CoreErrorCode, facts: ErrorFacts, cause: unknown): CoreError {
  return new CoreError(code, CORE_ERROR_TEXTS[code], facts, cause);
}
