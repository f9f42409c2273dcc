import type { ChannelRecord, DeviceRecord } from '../../../bff/src/core/index.ts';

/** A device as it is kept, with what a test says of it. */
export function aDeviceRecord(over: Partial<DeviceRecord> = {}): DeviceRecord {
  return {
    id: 1,
    gbId: '34020000001320000001',
    serial: 'Q00000001',
    name: undefined,
    reportedName: undefined,
    credential: undefined,
    passwordless: true,
    mediaTransport: undefined,
    manufacturer: undefined,
    model: undefined,
    firmware: undefined,
    nextChannelNo: 1,
    lastSeenAtMs: undefined,
    createdAtMs: 1_768_442_430_123,
    ...over,
  };
}

/** A channel as it is kept; its number is its id and the end of its gbId unless a test says otherwise. */
export function aChannelRecord(no: number, over: Partial<ChannelRecord> = {}): ChannelRecord {
  return {
    id: no,
    deviceId: 1,
    no,
    gbId: channelGbId(no),
    name: `通道${String(no)}`,
    manufacturer: undefined,
    model: undefined,
    online: true,
    ptzType: undefined,
    parentIds: undefined,
    civilCode: undefined,
    businessGroupId: undefined,
    assumed: false,
    missed: 0,
    retired: false,
    createdAtMs: 1_768_442_430_123,
    ...over,
  };
}

/** The gbId of a lens. */
export function channelGbId(no: number): string {
  return `3402000000131${String(no).padStart(7, '0')}`;
}
