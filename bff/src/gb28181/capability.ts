import type { Clock, Instruments, Logger, RandomSource } from '../kernel/index.ts';
import type { SipUserAgent } from '../sip/index.ts';
import type { CommandSender } from './commands/command-sender.ts';
import type { GbMetrics } from './gb-metrics.ts';
import type { InboundRoutes } from './inbound/inbound-routes.ts';
import type { Gb28181Limits } from './options.ts';
import type { DeviceEntry } from './registrar/device-entry.ts';
import type { CommandOutcome, LearnedCommand, OfflineCause } from './types.ts';

/** What every capability of the platform stands on. */
export interface PlatformFloor {
  readonly sip: SipUserAgent;
  readonly platformId: string;
  readonly domain: string;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly instruments: Instruments;
  readonly limits: Gb28181Limits;
  readonly metrics: GbMetrics;
  readonly sender: CommandSender;
  readonly inbound: InboundRoutes;
  /** The entry of a registered device; throws GbFailure `not-registered`. */
  readonly entryOf: (gbId: string) => DeviceEntry;
  /** Reports what a device made of a command; see `learning` in learned.ts for promises. */
  readonly learn: (command: LearnedCommand, outcome: CommandOutcome) => void;
}

/** One thing that the platform does with devices: a group of commands, queries or sessions. */
export interface Capability {
  /** Questions whose answer is awaited now. */
  readonly waiting?: number;
  /** A device registered, refreshed its registration or moved to another address. */
  onOnline?(entry: DeviceEntry, how: 'registered' | 'refreshed' | 'moved'): void;
  /** Ends what a device that is gone had open. */
  abandon(gbId: string, cause: OfflineCause): void;
  close(): void | Promise<void>;
}
