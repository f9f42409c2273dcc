import type { DeviceProfile } from '@yimu/shared';
import type { Flow } from '../../sip/index.ts';

/** A registered device as this layer keeps it. Times are on the monotonic line unless named `At`. */
export interface DeviceEntry {
  readonly gbId: string;
  flow: Flow;
  /** UTC, ms. */
  registeredAtMs: number;
  expiresMs: number;
  lastSeenMs: number;
  gbVersion: string | undefined;
  userAgent: string | undefined;
  /** How it is dealt with; an operator may change it at any time. */
  profile: DeviceProfile;
  /** Slot of the expiry wheel that holds it. */
  slot: number;
  /** Changes of address since `movesSinceMs`. */
  moves: number;
  movesSinceMs: number;
  /** It refused an offer and took a plainer one. */
  plainOffer: boolean;
  /** Its last keepalive named something out of order. */
  faulty: boolean;
  /** MESSAGEs of ours whose SIP answer is awaited. */
  commandsInFlight: number;
}
