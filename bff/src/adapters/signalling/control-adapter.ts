import type { ControlPort } from '../../core/index.ts';
import type { Gb28181Platform } from '../../gb28181/index.ts';
import { refusalOfGb } from './refusal-of-gb.ts';

/** Orders to devices that speak GB/T 28181. */
export function createGb28181Control(platform: Pick<Gb28181Platform, 'control' | 'on'>): ControlPort {
  const { control } = platform;
  return {
    frontEnd: (deviceId, channelId, command) =>
      refusing(control.frontEnd(deviceId, channelId, command), { deviceId, channelId }),
    camera: (deviceId, channelId, command) =>
      refusing(control.camera(deviceId, channelId, command), { deviceId, channelId }),
    device: (deviceId, command) => refusing(control.device(deviceId, command), { deviceId }),
    upgrade: (deviceId, order, sessionId) =>
      refusing(control.upgrade(deviceId, order, sessionId), { deviceId }),
    onUpgradeResult: (listener) => platform.on('upgradeResult', listener),
  };
}

async function refusing<T>(promise: Promise<T>, facts: Parameters<typeof refusalOfGb>[1]): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw refusalOfGb(error, facts);
  }
}
