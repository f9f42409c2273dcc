import { EntitySchema } from 'typeorm';
import type { EntitySchemaForeignKeyOptions } from 'typeorm/entity-schema/EntitySchemaForeignKeyOptions.js';
import { epochMs, flag, text } from './columns.ts';

/** Row of `upper_platform`. */
export interface UpperPlatformRow {
  id: number;
  name: string;
  gbId: string;
  domain: string;
  host: string;
  port: number;
  transport: string;
  localGbId: string;
  username: string;
  credential: string;
  enabled: boolean;
  expiresS: number;
  keepaliveS: number;
  keepaliveMisses: number;
  gbVersion: string;
  control: string;
  civilCode: string | null;
  organisations: boolean;
  createdAtMs: number;
}

export const UpperPlatformEntity = new EntitySchema<UpperPlatformRow>({
  name: 'upper_platform',
  columns: {
    id: { type: Number, primary: true, generated: true },
    name: text('name', 128),
    gbId: text('gb_id', 20),
    domain: text('domain', 64),
    host: text('host', 255),
    port: { name: 'port', type: Number },
    transport: text('transport', 8),
    localGbId: text('local_gb_id', 20),
    username: text('username', 64),
    credential: text('credential', 1_024),
    enabled: flag('enabled'),
    expiresS: { name: 'expires_s', type: Number },
    keepaliveS: { name: 'keepalive_s', type: Number },
    keepaliveMisses: { name: 'keepalive_misses', type: Number },
    gbVersion: text('gb_version', 8),
    control: text('control', 8),
    civilCode: text('civil_code', 8, true),
    organisations: { ...flag('organisations'), default: 0 },
    createdAtMs: epochMs('created_at_ms'),
  },
  indices: [{ name: 'upper_platform_ids', columns: ['gbId', 'localGbId'], unique: true }],
});

function goesWith(name: string, column: string, target: string): EntitySchemaForeignKeyOptions {
  return { name, target, columnNames: [column], referencedColumnNames: ['id'], onDelete: 'CASCADE' };
}

/** Row of `shared_channel`. */
export interface SharedChannelRow {
  upperId: number;
  gbId: string;
  deviceId: number;
  channelId: number;
}

export const SharedChannelEntity = new EntitySchema<SharedChannelRow>({
  name: 'shared_channel',
  columns: {
    upperId: { name: 'upper_id', type: Number, primary: true },
    gbId: { ...text('gb_id', 20), primary: true },
    deviceId: { name: 'device_id', type: Number },
    channelId: { name: 'channel_id', type: Number },
  },
  indices: [
    { name: 'shared_channel_once', columns: ['upperId', 'channelId'], unique: true },
    { name: 'shared_channel_device', columns: ['deviceId'] },
    { name: 'shared_channel_channel', columns: ['channelId'] },
  ],
  foreignKeys: [
    goesWith('shared_channel_upper', 'upperId', 'upper_platform'),
    goesWith('shared_channel_device_of', 'deviceId', 'device'),
    goesWith('shared_channel_channel_of', 'channelId', 'channel'),
  ],
});
