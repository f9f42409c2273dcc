import type { VoicePort } from '../../core/index.ts';
import type { Gb28181Platform } from '../../gb28181/index.ts';
import { refusalOfGb } from './refusal-of-gb.ts';

/** Voices to devices that speak GB/T 28181. */
export function createGb28181Voice({ voice }: Pick<Gb28181Platform, 'voice'>): VoicePort {
  return {
    async call(order) {
      try {
        return await voice.call(order);
      } catch (error) {
        throw refusalOfGb(error, { deviceId: order.deviceGbId, channelId: order.targetGbId });
      }
    },
  };
}
