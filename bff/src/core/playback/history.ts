import type { DeviceProfile } from '@yimu/shared';
import type { Cancel, Clock, Instruments, Logger, RandomSource } from '../../kernel/index.ts';
import type { Devices } from '../devices/devices.ts';
import type { Grants } from '../grants/grants.ts';
import type { Streams } from '../live/streams.ts';
import type { DownloadFiles } from '../ports/download-files.ts';
import type { MediaPort } from '../ports/media.ts';
import type { RecordsPort } from '../ports/records.ts';
import { Records } from '../records/records.ts';
import type { DownloadSettings } from './download-settings.ts';
import { Downloads } from './downloads.ts';
import { Playbacks } from './playbacks.ts';

const TICK_MS = 1_000;

interface Deps {
  readonly port: RecordsPort;
  readonly files: DownloadFiles;
  readonly profileOf: (gbId: string) => Pick<DeviceProfile, 'onePlaybackPerChannel' | 'utcOffsetMin'>;
  readonly devices: Devices;
  readonly grants: Grants;
  readonly streams: Streams;
  readonly media: MediaPort;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly instruments: Instruments;
  readonly settings: DownloadSettings;
}

/** What devices have recorded: lists of it, playbacks and downloads. */
export class History {
  readonly records: Records;
  readonly playbacks: Playbacks;
  readonly downloads: Downloads;
  readonly #deps: Deps;
  #stopTicking: Cancel | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
    const { port, profileOf } = deps;
    this.records = new Records({ port, utcOffsetMin: (gbId) => profileOf(gbId).utcOffsetMin });
    this.playbacks = new Playbacks({ ...deps, records: this.records });
    this.downloads = new Downloads({ ...deps, records: this.records });
  }

  async start(): Promise<void> {
    await this.downloads.start();
    this.#stopTicking = this.#deps.clock.every(TICK_MS, () => {
      this.downloads.tick().catch((error: unknown) => {
        this.#deps.logger.error({ err: error }, 'a downloaded recording could not be removed');
      });
    });
  }

  /** Ends downloads; playbacks end with their streams. */
  async stop(): Promise<void> {
    this.#stopTicking?.();
    await this.downloads.stop();
  }
}
