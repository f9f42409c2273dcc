import type { ConfigName, ConfigSections } from '@yimu/shared';
import type { ConfigPort, ConfigReading, ConfigReadings, SnapshotsNotice } from '../../core/index.ts';
import type { Gb28181Platform, SectionReading } from '../../gb28181/index.ts';
import { refusalOfGb } from './refusal-of-gb.ts';

/** The configuration of devices that speak GB/T 28181. */
export function createGb28181Config(platform: Pick<Gb28181Platform, 'config' | 'on'>): ConfigPort {
  return new Gb28181Config(platform);
}

class Gb28181Config implements ConfigPort {
  readonly #platform: Pick<Gb28181Platform, 'config' | 'on'>;

  constructor(platform: Pick<Gb28181Platform, 'config' | 'on'>) {
    this.#platform = platform;
  }

  async read<Name extends ConfigName>(
    deviceId: string,
    channelId: string,
    name: Name,
  ): Promise<ConfigReading<ConfigSections[Name]>> {
    try {
      return readingOf(await this.#platform.config.read(deviceId, channelId, name), { deviceId, channelId });
    } catch (error) {
      throw refusalOfGb(error, { deviceId, channelId });
    }
  }

  async readSome(deviceId: string, channelId: string, names: readonly ConfigName[]): Promise<ConfigReadings> {
    try {
      const readings = await this.#platform.config.readSome(deviceId, channelId, names);
      const told = names.flatMap((name) => {
        const reading: SectionReading<unknown> | undefined = readings[name];
        return reading === undefined ? [] : [[name, readingOf(reading, { deviceId, channelId })] as const];
      });
      return Object.fromEntries(told);
    } catch (error) {
      throw refusalOfGb(error, { deviceId, channelId });
    }
  }

  async write<Name extends ConfigName>(
    deviceId: string,
    channelId: string,
    name: Name,
    value: ConfigSections[Name],
  ): Promise<'done' | 'restarted'> {
    try {
      return await this.#platform.config.write(deviceId, channelId, name, value);
    } catch (error) {
      throw refusalOfGb(error, { deviceId, channelId });
    }
  }

  onSnapshotsFinished(listener: (notice: SnapshotsNotice) => void): () => void {
    return this.#platform.on('snapshotsFinished', (deviceGbId, { sessionId, fileIds }) => {
      listener({ deviceGbId, sessionId, fileIds });
    });
  }
}

function readingOf<Value>(
  reading: SectionReading<Value>,
  facts: Parameters<typeof refusalOfGb>[1],
): ConfigReading<Value> {
  if (reading.state !== 'failed') return reading;
  const { code } = refusalOfGb(reading.failure, facts);
  const text = reading.failure.reason === 'rejected' ? reading.failure.message : undefined;
  return { state: 'failed', code, text };
}
