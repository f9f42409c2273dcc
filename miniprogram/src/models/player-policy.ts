import type { FailureKind } from './failure.ts';

/**
 * What the player does about a refusal: `final` tells the viewer, `retry` tries again with growing pauses, `renew`
 * gets a new address once and at once.
 */
export const POLICY: Readonly<Record<FailureKind, 'final' | 'retry' | 'renew'>> = {
  'not-configured': 'final',
  network: 'retry',
  timeout: 'retry',
  server: 'retry',
  'bad-request': 'final',
  'rate-limited': 'final',
  'trial-off': 'final',
  'address-missing': 'final',
  'scan-off': 'final',
  'ticket-invalid': 'final',
  'token-missing': 'final',
  'token-invalid': 'final',
  'no-permission': 'final',
  'not-owner': 'final',
  'no-such-device': 'final',
  'no-such-channel': 'final',
  deleted: 'final',
  'device-offline': 'final',
  'device-password': 'final',
  'device-timeout': 'final',
  'device-busy': 'final',
  'device-refused': 'final',
  encrypted: 'final',
  masked: 'final',
  unsupported: 'final',
  codec: 'final',
  'ptz-limit': 'final',
  'viewers-full': 'final',
  'address-expired': 'renew',
  'no-media': 'final',
  disconnected: 'retry',
};
