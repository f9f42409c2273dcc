import { EntitySchema } from 'typeorm';
import { epochMs, flag, text } from './columns.ts';

/** Row of `device`. */
export interface DeviceRow {
  id: number;
  gbId: string;
  serial: string;
  name: string | null;
  reportedName: string | null;
  credential: string | null;
  passwordless: boolean;
  mediaTransport: string | null;
  manufacturer: string | null;
  model: string | null;
  firmware: string | null;
  nextChannelNo: number;
  lastSeenAtMs: number | null;
  createdAtMs: number;
}

export const DeviceEntity = new EntitySchema<DeviceRow>({
  name: 'device',
  columns: {
    id: { type: Number, primary: true, generated: true },
    gbId: text('gb_id', 20),
    serial: text('serial', 9),
    name: text('name', 128, true),
    reportedName: text('reported_name', 128, true),
    credential: text('credential', 512, true),
    passwordless: flag('passwordless'),
    mediaTransport: text('media_transport', 16, true),
    manufacturer: text('manufacturer', 64, true),
    model: text('model', 64, true),
    firmware: text('firmware', 64, true),
    nextChannelNo: { name: 'next_channel_no', type: Number },
    lastSeenAtMs: epochMs('last_seen_at_ms', true),
    createdAtMs: epochMs('created_at_ms'),
  },
  indices: [
    { name: 'device_gb_id', columns: ['gbId'], unique: true },
    { name: 'device_serial_unique', columns: ['serial'], unique: true },
  ],
});

/** Row of `device_serial`: every serial that was ever given out. */
export interface DeviceSerialRow {
  serial: string;
}

export const DeviceSerialEntity = new EntitySchema<DeviceSerialRow>({
  name: 'device_serial',
  columns: { serial: { ...text('serial', 9), primary: true } },
});
