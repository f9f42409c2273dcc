import type { DeviceProfileChange } from '@yimu/shared';

/** A maker whose devices want to be dealt with in their own way. */
export interface VendorQuirks {
  readonly vendor: string;
  /** Matches its User-Agent in SIP. */
  readonly userAgent?: RegExp;
  /** Matches Manufacturer of its DeviceInfo. */
  readonly manufacturer?: RegExp;
  /** Digits 11–13 of the IDs for which the row holds; absent: all. */
  readonly idType?: string;
  readonly profile: DeviceProfileChange;
}

/** Digits 11–13 of a signalling server's ID (GB/T 28181-2016 annex D). */
const SIGNALLING_SERVER = '200';

/**
 * What is learnt of a device from its maker, before an operator says otherwise. The first row that matches holds.
 * What every device is forgiven stands at the place where it is forgiven; docs/quirks.md names each.
 */
export const VENDOR_QUIRKS: readonly VendorQuirks[] = [
  {
    vendor: 'Hikvision platform',
    userAgent: /hikvision/i,
    manufacturer: /hikvision|海康/i,
    idType: SIGNALLING_SERVER,
    // Q58: its catalogue notifications say OFF of channels that play.
    profile: { ignoreNotifiedStatus: true },
  },
  {
    vendor: 'Huawei',
    userAgent: /huawei|hwdim/i,
    manufacturer: /huawei|华为/i,
    // Q4: registers once and never again; after a restart of the platform only its keepalives come.
    profile: { keepaliveRevives: true },
  },
];
