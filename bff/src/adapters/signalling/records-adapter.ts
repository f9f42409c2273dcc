import type { RecordsPort } from '../../core/index.ts';
import type { Gb28181Platform } from '../../gb28181/index.ts';
import { refusalOfGb } from './refusal-of-gb.ts';

/** The archives of devices that speak GB/T 28181. */
export function createGb28181Records(platform: Pick<Gb28181Platform, 'records'>): RecordsPort {
  return {
    async query(order) {
      try {
        const { items, complete } = await platform.records.query(order);
        return {
          files: items.map(({ beginMs, endMs, kind, name, filePath, recorderId, fileSize, secret }) => ({
            ...{ beginMs, endMs, kind, name, filePath, recorderId, fileSize, secret },
          })),
          complete,
        };
      } catch (error) {
        throw refusalOfGb(error, { deviceId: order.deviceGbId, channelId: order.channelGbId });
      }
    },
  };
}
