/**
 * The closed list of reasons for which the core refuses. Every dialect maps each of them to its own
 * code, total by type; the mini-program may switch on them.
 */
export const CORE_ERROR_CODES = [
  'INVALID_ARGUMENT',
  'UNAUTHENTICATED',
  'TOKEN_EXPIRED',
  'UNKNOWN_APP_KEY',
  'WRONG_APP_SECRET',
  'FORBIDDEN',
  'RATE_LIMITED',
  'DEVICE_NOT_FOUND',
  'CHANNEL_NOT_FOUND',
  'PLATFORM_NOT_FOUND',
  'STREAM_NOT_FOUND',
  'RECORDING_NOT_FOUND',
  'GRANT_NOT_FOUND',
  'GRANT_EXPIRED',
  'GRANT_INVALID',
  'ALREADY_EXISTS',
  'CONFLICT',
  'DEVICE_OFFLINE',
  'DEVICE_PASSWORD_WRONG',
  'CHANNEL_OFFLINE',
  'DEVICE_BUSY',
  'DEVICE_REFUSED',
  'DEVICE_TIMEOUT',
  'NOT_SUPPORTED_BY_DEVICE',
  'MEDIA_NO_RTP',
  'MEDIA_NO_TRACK',
  'MEDIA_UNAVAILABLE',
  'QUOTA_EXCEEDED',
  'STORAGE_FAILED',
  'INTERNAL',
] as const;

/** One of {@link CORE_ERROR_CODES}. */
export type CoreErrorCode = (typeof CORE_ERROR_CODES)[number];
