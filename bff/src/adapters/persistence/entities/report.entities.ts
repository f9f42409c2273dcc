import { EntitySchema } from 'typeorm';
import { epochMs, flag, text } from './columns.ts';

/** Row of `alarm`. */
export interface AlarmRow {
  id: number;
  deviceId: number;
  sourceGbId: string;
  priority: number | null;
  method: number | null;
  type: number | null;
  eventType: number | null;
  atMs: number;
  receivedAtMs: number;
  lastAtMs: number;
  times: number;
  description: string | null;
  longitude: number | null;
  latitude: number | null;
  read: boolean;
}

const whole = (name: string): { name: string; type: NumberConstructor; nullable: true } => ({
  name,
  type: Number,
  nullable: true,
});
const real = (name: string, nullable = true): { name: string; type: 'double'; nullable: boolean } => ({
  name,
  type: 'double',
  nullable,
});

export const AlarmEntity = new EntitySchema<AlarmRow>({
  name: 'alarm',
  columns: {
    id: { type: Number, primary: true, generated: true },
    deviceId: { name: 'device_id', type: Number },
    sourceGbId: text('source_gb_id', 20),
    priority: whole('priority'),
    method: whole('method'),
    type: whole('type'),
    eventType: whole('event_type'),
    atMs: epochMs('at_ms'),
    receivedAtMs: epochMs('received_at_ms'),
    lastAtMs: epochMs('last_at_ms'),
    times: { name: 'times', type: Number },
    description: text('description', 256, true),
    longitude: real('longitude'),
    latitude: real('latitude'),
    read: flag('is_read'),
  },
  indices: [
    { name: 'alarm_device', columns: ['deviceId', 'id'] },
    { name: 'alarm_read', columns: ['read', 'id'] },
    { name: 'alarm_at', columns: ['atMs'] },
    { name: 'alarm_received', columns: ['receivedAtMs'] },
  ],
});

/** Row of `device_position`. */
export interface PositionRow {
  id: number;
  deviceId: number;
  sourceGbId: string;
  atMs: number;
  longitude: number;
  latitude: number;
  speed: number | null;
  direction: number | null;
  altitude: number | null;
  height: number | null;
}

export const PositionEntity = new EntitySchema<PositionRow>({
  name: 'device_position',
  columns: {
    id: { type: Number, primary: true, generated: true },
    deviceId: { name: 'device_id', type: Number },
    sourceGbId: text('source_gb_id', 20),
    atMs: epochMs('at_ms'),
    longitude: real('longitude', false),
    latitude: real('latitude', false),
    speed: real('speed'),
    direction: real('direction'),
    altitude: real('altitude'),
    height: real('height'),
  },
  indices: [
    { name: 'device_position_device', columns: ['deviceId', 'id'] },
    { name: 'device_position_at', columns: ['atMs'] },
  ],
});

/** Row of `presence_event`. */
export interface PresenceRow {
  id: number;
  deviceId: number;
  atMs: number;
  kind: string;
  cause: string | null;
  detail: string | null;
}

export const PresenceEntity = new EntitySchema<PresenceRow>({
  name: 'presence_event',
  columns: {
    id: { type: Number, primary: true, generated: true },
    deviceId: { name: 'device_id', type: Number },
    atMs: epochMs('at_ms'),
    kind: text('kind', 16),
    cause: text('cause', 32, true),
    detail: text('detail', 255, true),
  },
  indices: [
    { name: 'presence_event_device', columns: ['deviceId', 'id'] },
    { name: 'presence_event_at', columns: ['atMs'] },
  ],
});

/** Row of `device_wish`: what an operator wants a device to tell. */
export interface WishRow {
  deviceId: number;
  wanted: string;
  arm: boolean;
}

export const WishEntity = new EntitySchema<WishRow>({
  name: 'device_wish',
  columns: {
    deviceId: { name: 'device_id', type: Number, primary: true },
    wanted: text('wanted', 1_024),
    arm: flag('arm'),
  },
  foreignKeys: [
    {
      name: 'device_wish_device',
      target: 'device',
      columnNames: ['deviceId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});
