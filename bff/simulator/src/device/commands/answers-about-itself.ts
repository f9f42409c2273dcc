import { catalogParts, deviceInfoBody, deviceStatusBody } from '../manscdp.ts';
import type { DeviceState } from '../device-state.ts';
import type { CommandTable } from './command-table.ts';

/** As many as a datagram holds without fragments, unless the profile says otherwise. */
const ITEMS_PER_PART = 2;

/** What answering needs beside the table. */
export interface SelfParts {
  readonly state: DeviceState;
  /** Whether pictures are being made now. */
  readonly encodes: () => boolean;
}

/** DeviceInfo, DeviceStatus and Catalog (GB/T 28181-2016 §9.5.3). */
export function answersAboutItself(table: CommandTable, { state, encodes }: SelfParts): void {
  table.on('Query', 'DeviceInfo', ({ sn }, { profile }) => [
    deviceInfoBody({ ...profile, firmware: state.firmware }, sn),
  ]);
  table.on('Query', 'DeviceStatus', ({ sn }, { profile }) => [
    deviceStatusBody(profile, sn, { encodes: encodes(), records: state.records, atMs: Date.now() }),
  ]);
  table.on('Query', 'Catalog', ({ sn }, { profile, faults }) => {
    const parts = catalogParts(profile, sn, profile.itemsPerPart ?? ITEMS_PER_PART);
    return faults.has('short-catalogue') ? parts.slice(0, -1) : parts;
  });
}
