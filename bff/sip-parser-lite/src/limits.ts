import type { SipLimits } from './message.ts';

/** Bounds that fit GB/T 28181 devices: heads of 64 KiB with 256 lines, bodies of 4 MiB (long catalogues over TCP). */
export const DEFAULT_LIMITS: SipLimits = {
  maxHeaderBytes: 65_536,
  maxBodyBytes: 4_194_304,
  maxHeaders: 256,
};
