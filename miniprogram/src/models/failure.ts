import type { CoreErrorCode } from '@yimu/shared';
import { lookUp } from './read-json.ts';

/** Everything that can keep a viewer from the picture or from steering, by cause. */
export const FAILURE_KINDS = [
  'not-configured',
  'network',
  'timeout',
  'server',
  'bad-request',
  'rate-limited',
  'trial-off',
  'address-missing',
  'scan-off',
  'ticket-invalid',
  'token-missing',
  'token-invalid',
  'no-permission',
  'not-owner',
  'no-such-device',
  'no-such-channel',
  'deleted',
  'device-offline',
  'device-password',
  'device-timeout',
  'device-busy',
  'device-refused',
  'encrypted',
  'masked',
  'unsupported',
  'codec',
  'ptz-limit',
  'viewers-full',
  'address-expired',
  'no-media',
  'disconnected',
] as const;

export type FailureKind = (typeof FAILURE_KINDS)[number];

export interface Failure {
  readonly kind: FailureKind;
  /** What support asks for: the API's or the player's own code; '' when there is none. */
  readonly code: string;
  /** The server's own words, '' when it had none. */
  readonly message: string;
}

/** What an answer is worth: a value, or why there is none. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export function succeeded<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function failed(kind: FailureKind, code = '', message = ''): { ok: false; failure: Failure } {
  return { ok: false, failure: { kind, code, message } };
}

/** Codes of the Ezviz API that a viewer can meet; others are `server`. */
const API_CODES: Readonly<Record<string, FailureKind>> = {
  '10001': 'bad-request',
  '10002': 'token-invalid',
  '10004': 'token-invalid',
  '10005': 'token-invalid',
  '10013': 'no-permission',
  '10014': 'token-invalid',
  '10018': 'token-invalid',
  '10029': 'rate-limited',
  '10031': 'no-permission',
  '10033': 'no-permission',
  '10036': 'no-permission',
  '20001': 'no-such-channel',
  '20002': 'no-such-device',
  '20006': 'device-timeout',
  '20007': 'device-offline',
  '20008': 'device-timeout',
  '20010': 'device-password',
  '20014': 'no-such-device',
  '20015': 'unsupported',
  '20018': 'not-owner',
  '20032': 'no-such-channel',
  '20035': 'no-such-channel',
  '60000': 'unsupported',
  '60001': 'no-permission',
  '60002': 'ptz-limit',
  '60003': 'ptz-limit',
  '60004': 'ptz-limit',
  '60005': 'ptz-limit',
  '60006': 'device-refused',
  '60009': 'device-busy',
  '60019': 'encrypted',
  '60020': 'unsupported',
  '60026': 'masked',
  '60027': 'device-busy',
  '60028': 'device-busy',
  '60029': 'device-busy',
  '60047': 'codec',
  '60048': 'device-busy',
  '60061': 'viewers-full',
  '60080': 'device-busy',
  '60081': 'device-busy',
  '60082': 'device-busy',
  '60083': 'device-busy',
  '60084': 'device-busy',
};

/** The failure that an Ezviz reply (`code`, `msg`) tells of. */
export function failureOfApiCode(code: string, message: string): Failure {
  return { kind: lookUp(API_CODES, code) ?? 'server', code, message };
}

/** Refusals of the media server, which names them by the core's own codes; total by type. */
const MEDIA_REFUSALS: Readonly<Record<CoreErrorCode, FailureKind>> = {
  INVALID_ARGUMENT: 'address-expired',
  UNAUTHENTICATED: 'address-expired',
  TOKEN_EXPIRED: 'address-expired',
  UNKNOWN_APP_KEY: 'token-invalid',
  WRONG_APP_SECRET: 'token-invalid',
  FORBIDDEN: 'no-permission',
  RATE_LIMITED: 'rate-limited',
  DEVICE_NOT_FOUND: 'no-such-device',
  CHANNEL_NOT_FOUND: 'no-such-channel',
  PLATFORM_NOT_FOUND: 'server',
  STREAM_NOT_FOUND: 'address-expired',
  RECORDING_NOT_FOUND: 'server',
  GRANT_NOT_FOUND: 'address-expired',
  GRANT_EXPIRED: 'address-expired',
  GRANT_INVALID: 'address-expired',
  ALREADY_EXISTS: 'server',
  CONFLICT: 'device-busy',
  DEVICE_OFFLINE: 'device-offline',
  DEVICE_PASSWORD_WRONG: 'device-password',
  CHANNEL_OFFLINE: 'device-offline',
  DEVICE_BUSY: 'device-busy',
  DEVICE_REFUSED: 'device-refused',
  DEVICE_TIMEOUT: 'device-timeout',
  NOT_SUPPORTED_BY_DEVICE: 'unsupported',
  MEDIA_NO_RTP: 'no-media',
  MEDIA_NO_TRACK: 'codec',
  MEDIA_UNAVAILABLE: 'disconnected',
  QUOTA_EXCEEDED: 'viewers-full',
  STORAGE_FAILED: 'server',
  INTERNAL: 'server',
};

/** The failure that a media server's refusal (`code`, `message`) tells of; an unknown code is a broken connection. */
export function failureOfRefusal(code: string, message: string): Failure {
  return { kind: lookUp<FailureKind>(MEDIA_REFUSALS, code) ?? 'disconnected', code, message };
}
