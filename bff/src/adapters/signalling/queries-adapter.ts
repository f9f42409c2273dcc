import type { QueriesPort } from '../../core/index.ts';
import type { Gb28181Platform } from '../../gb28181/index.ts';
import { refusalOfGb } from './refusal-of-gb.ts';

/** Questions to devices that speak GB/T 28181. */
export function createGb28181Queries({ queries }: Pick<Gb28181Platform, 'queries'>): QueriesPort {
  return {
    deviceStatus: (deviceId) => refusing(queries.deviceStatus(deviceId), { deviceId }),
    presets: (deviceId, channelId) => refusing(queries.presets(deviceId, channelId), { deviceId, channelId }),
    homePosition: (deviceId, channelId) =>
      refusing(queries.homePosition(deviceId, channelId), { deviceId, channelId }),
    cruiseTracks: (deviceId, channelId) =>
      refusing(queries.cruiseTracks(deviceId, channelId), { deviceId, channelId }),
    cruiseTrack: (deviceId, channelId, number) =>
      refusing(queries.cruiseTrack(deviceId, channelId, number), { deviceId, channelId }),
    ptzPosition: (deviceId, channelId) =>
      refusing(queries.ptzPosition(deviceId, channelId), { deviceId, channelId }),
    sdCards: (deviceId, channelId) => refusing(queries.sdCards(deviceId, channelId), { deviceId, channelId }),
  };
}

async function refusing<T>(promise: Promise<T>, facts: Parameters<typeof refusalOfGb>[1]): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw refusalOfGb(error, facts);
  }
}
