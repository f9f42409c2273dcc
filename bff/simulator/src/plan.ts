import type { Fault } from './device/faults.ts';
import type { DeviceProfile } from './device/profile.ts';

/** The platform that the devices register with. */
export interface Platform {
  readonly host: string;
  readonly port: number;
  readonly id: string;
  readonly domain: string;
}

/** One device of a simulation. */
export interface PlannedDevice {
  readonly profile: DeviceProfile;
  readonly password: string;
}

/** What `simulate` shall do. */
export interface SimulationPlan {
  readonly server: Platform;
  readonly devices: readonly PlannedDevice[];
  /** New registrations per second. */
  readonly rate: number;
  readonly transport: 'udp' | 'tcp';
  readonly keepaliveS: number;
  readonly expiresS: number;
  readonly faults: readonly Fault[];
  readonly media: boolean;
  /** Where media goes instead of the address that is offered. */
  readonly mediaHost: string | undefined;
  readonly sharedSocket: boolean;
  /** Ends by itself after so many seconds; `undefined`: runs until it is told to stop. */
  readonly seconds: number | undefined;
  readonly log: 'text' | 'json' | 'none';
}
