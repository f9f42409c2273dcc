import type {
  ReportEvents,
  ReportsPort,
  StandingSubscription,
  WantedSubscription,
} from '../../core/index.ts';
import type { Gb28181Platform } from '../../gb28181/index.ts';
import { refusalOfGb } from './refusal-of-gb.ts';

/** What devices that speak GB/T 28181 tell unasked. */
export function createGb28181Reports(platform: Gb28181Platform): ReportsPort {
  return new Gb28181Reports(platform);
}

class Gb28181Reports implements ReportsPort {
  readonly #platform: Gb28181Platform;

  constructor(platform: Gb28181Platform) {
    this.#platform = platform;
  }

  on<Name extends keyof ReportEvents>(
    name: Name,
    listener: (...args: ReportEvents[Name]) => void,
  ): () => void;
  on(name: keyof ReportEvents, listener: (...args: ReportEvents[keyof ReportEvents]) => void): () => void {
    switch (name) {
      case 'direction':
        return this.#platform.on('ptzPosition', (gbId, channelGbId, position) => {
          listener(gbId, channelGbId, position);
        });
      case 'alarm':
        return this.#platform.on('alarm', (gbId, alarm, waitFor) => {
          listener(gbId, alarm, waitFor);
        });
      case 'videoOffered':
        return this.#platform.on('videoOffered', (gbId, sourceGbId) => {
          listener(gbId, sourceGbId);
        });
      case 'positions':
        return this.#platform.on('positions', (gbId, positions) => {
          listener(gbId, positions);
        });
      case 'faults':
        return this.#platform.on('faults', (gbId, faultyGbIds) => {
          listener(gbId, faultyGbIds);
        });
    }
  }

  want(gbId: string, wanted: readonly WantedSubscription[]): void {
    this.#platform.subscriptions.want(gbId, wanted);
  }

  standing(gbId: string): readonly StandingSubscription[] {
    return this.#platform.subscriptions.status(gbId);
  }

  async guard(gbId: string, targetGbId: string, on: boolean): Promise<void> {
    await this.#order(gbId, targetGbId, { do: 'guard', on });
  }

  async resetAlarm(
    gbId: string,
    targetGbId: string,
    { method, type }: { readonly method: number | undefined; readonly type: number | undefined },
  ): Promise<void> {
    await this.#order(gbId, targetGbId, { do: 'reset-alarm', method, type });
  }

  async #order(
    gbId: string,
    targetGbId: string,
    command: Parameters<Gb28181Platform['control']['camera']>[2],
  ): Promise<void> {
    try {
      await this.#platform.control.camera(gbId, targetGbId, command);
    } catch (error) {
      throw refusalOfGb(error, { deviceId: gbId, channelId: targetGbId });
    }
  }
}
