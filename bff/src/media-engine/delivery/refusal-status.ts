/** HTTP status of a refusal, by the reason that the core gives. */
export function refusalStatus(code: string): number {
  if (code.startsWith('GRANT_') || code === 'FORBIDDEN') return 403;
  if (code.endsWith('_NOT_FOUND')) return 404;
  if (code === 'DEVICE_TIMEOUT' || code === 'MEDIA_NO_RTP') return 504;
  if (code === 'DEVICE_REFUSED' || code === 'MEDIA_NO_TRACK') return 502;
  if (code === 'INTERNAL') return 500;
  return 503;
}
