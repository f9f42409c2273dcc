import type { Clock, Instruments, Logger, RandomSource } from '../kernel/index.ts';
import type { SipUserAgent } from '../sip/index.ts';
import type { ProfileSource } from './profile/device-profiles.ts';
import type { CredentialSource } from './types.ts';

/** Bounds and times of the platform; each has a default. */
export interface Gb28181Limits {
  /** A registration lasts at least so long, whatever was asked, s. */
  readonly minExpiresS: number;
  /** A registration lasts at most so long, s. */
  readonly maxExpiresS: number;
  /** Granted when the device names no time, s. */
  readonly defaultExpiresS: number;
  /** How often a device says that it is there, s (GB/T 28181-2016 §9.6.1). */
  readonly keepaliveIntervalS: number;
  /** Keepalives that may be missed before the device counts as offline. */
  readonly keepaliveMisses: number;
  /** Devices that may be registered at a time. */
  readonly maxDevices: number;
  /** Time for the SIP answer to a MESSAGE, ms. */
  readonly messageTimeoutMs: number;
  /** Time from a query to its answer in a MESSAGE of its own, ms. */
  readonly answerTimeoutMs: number;
  /** Time to the first part of a catalogue, ms: some platforms take more than a minute. */
  readonly catalogFirstPartMs: number;
  /** Silence after a part that ends an incomplete catalogue, ms. */
  readonly catalogSilenceMs: number;
  /** Time for a whole catalogue, ms. */
  readonly catalogTotalMs: number;
  /** Items kept of one catalogue. */
  readonly maxCatalogItems: number;
  /** Time to the first part of a list of recordings, ms. */
  readonly recordFirstPartMs: number;
  /** Silence after a part that ends an incomplete list of recordings, ms. */
  readonly recordSilenceMs: number;
  /** Time for the recordings of one day, ms. */
  readonly recordTotalMs: number;
  /** Recordings kept of one query. */
  readonly maxRecordItems: number;
  /** Days that one query of recordings may ask for. */
  readonly maxRecordDays: number;
  /** Time asked for in a SUBSCRIBE, s. */
  readonly subscribeExpiresS: number;
  /** A device that registered is subscribed to after a random wait of at most so long, ms. */
  readonly subscribeJitterMs: number;
  /** SUBSCRIBEs that wait for their SIP answer, of all devices. */
  readonly maxSubscribesAtOnce: number;
  /** Commands to one device that wait for their SIP answer; one that stops a movement may exceed it twofold. */
  readonly maxCommandsPerDevice: number;
  /** Media sessions of one device, those being set up included. */
  readonly maxDialogsPerDevice: number;
  /** Media sessions of all devices. */
  readonly maxDialogs: number;
}

/** The defaults. */
export const DEFAULT_GB_LIMITS: Gb28181Limits = {
  minExpiresS: 60,
  maxExpiresS: 604_800,
  defaultExpiresS: 3_600,
  keepaliveIntervalS: 60,
  keepaliveMisses: 3,
  maxDevices: 200_000,
  messageTimeoutMs: 5_000,
  answerTimeoutMs: 10_000,
  catalogFirstPartMs: 120_000,
  catalogSilenceMs: 5_000,
  catalogTotalMs: 600_000,
  // 10,000 channels and the nodes of the tree that they hang on.
  maxCatalogItems: 20_000,
  recordFirstPartMs: 15_000,
  recordSilenceMs: 3_000,
  recordTotalMs: 120_000,
  maxRecordItems: 20_000,
  maxRecordDays: 93,
  subscribeExpiresS: 3_600,
  subscribeJitterMs: 3_000,
  maxSubscribesAtOnce: 64,
  maxCommandsPerDevice: 8,
  maxDialogsPerDevice: 256,
  maxDialogs: 10_000,
};

/** What the platform is made of. */
export interface Gb28181PlatformOptions {
  /** The platform's own ID, 20 digits. Its digits 4–8 go into every SSRC. */
  readonly id: string;
  /** SIP domain, by rule the first ten digits of the ID. */
  readonly domain: string;
  /** Digest realm; default the domain. */
  readonly realm?: string;
  readonly credentials: CredentialSource;
  /** How devices are dealt with; absent: nothing is known of any. */
  readonly profiles?: ProfileSource;
  /** Owned by the caller, who starts and closes it. */
  readonly sip: SipUserAgent;
  /** The address that devices are told, for the signal trace. */
  readonly localAddress?: string;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly instruments: Instruments;
  /** Tells devices the time when they register (GB/T 28181-2016 §9.10); default true. */
  readonly dateHeader?: boolean;
  /** `X-GB-Ver` in answers to REGISTER (GB/T 28181-2022 annex I); default `3.0`. */
  readonly gbVersion?: string;
  /** Offers SHA-256 beside MD5 to devices that have such a hash; default false: old stacks choke on two challenges. */
  readonly sha256Challenge?: boolean;
  readonly limits?: Partial<Gb28181Limits>;
}
