import type { Core } from '../../core/index.ts';
import { CoreError, type Clock, type Logger, type RandomSource } from '../../kernel/index.ts';
import type { DataDir } from '../data-dir.ts';
import { CameraProcess } from './camera-process.ts';
import { type TrialDevice, trialDevices } from './trial-devices.ts';

const CAMERAS_FILE = 'trial-cameras.json';
const PASSWORD_BYTES = 16;
const POLL_MS = 100;
/** After so long somebody should look why they do not come. */
const WARN_AFTER_MS = 20_000;

/** Where the simulated cameras shall register. */
export interface TrialPlatform {
  readonly host: string;
  readonly port: number;
  readonly id: string;
  readonly domain: string;
}

/** A trial device as others may know it. */
export interface ListedTrialDevice {
  readonly deviceSerial: string;
  readonly gbId: string;
  readonly name: string;
  readonly channels: readonly {
    readonly channelNo: number;
    readonly gbId: string;
    readonly name: string;
    readonly online: boolean;
  }[];
}

interface Deps {
  readonly core: Core;
  readonly dataDir: DataDir;
  readonly platform: TrialPlatform;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  /** What runs as the cameras; the simulator unless a test says otherwise. */
  readonly program?: readonly string[];
}

/** The trial cameras: admitted with a new password at each start, and run in a process of their own. */
export class Trial {
  readonly #deps: Deps;
  readonly #devices: readonly TrialDevice[];
  readonly #cameras: CameraProcess;
  #stopped = false;

  constructor(deps: Deps) {
    const { clock, logger, dataDir, platform, program } = deps;
    this.#deps = deps;
    this.#devices = trialDevices(platform.id);
    this.#cameras = new CameraProcess({
      configPath: dataDir.file(CAMERAS_FILE),
      clock,
      logger,
      ...(program ? { program } : {}),
    });
  }

  get gbIds(): readonly string[] {
    return this.#devices.map(({ gbId }) => gbId);
  }

  /** Resolves when the cameras are on their way; {@link untilOnline} tells when they have come. */
  async start(): Promise<void> {
    const { dataDir, platform, random } = this.#deps;
    const devices = [];
    for (const device of this.#devices) {
      const password = random.hex(PASSWORD_BYTES);
      await this.#admit(device, password);
      devices.push({ ...device, password });
    }
    if (this.#stopped) return;
    dataDir.writeJson(CAMERAS_FILE, { server: platform, devices });
    this.#cameras.start();
  }

  /** Resolves when every trial device is online with its channels, or when `giveUp` says so. */
  async untilOnline(giveUp: () => boolean): Promise<boolean> {
    const { clock, logger } = this.#deps;
    const startedAtMs = clock.monotonicMs();
    let warned = false;
    while (!giveUp()) {
      const missing = this.gbIds.filter((gbId) => !this.#online(gbId));
      if (missing.length === 0) return true;
      if (!warned && clock.monotonicMs() - startedAtMs > WARN_AFTER_MS) {
        warned = true;
        logger.warn({ missing }, 'trial cameras are not online yet');
      }
      await new Promise<void>((resolve) => {
        clock.after(POLL_MS, resolve);
      });
    }
    return false;
  }

  list(): readonly ListedTrialDevice[] {
    const { devices } = this.#deps.core;
    return this.#devices.flatMap(({ gbId }) => {
      const device = devices.find(gbId);
      if (!device) return [];
      return {
        deviceSerial: device.serial,
        gbId,
        name: device.name,
        channels: devices.channels(device).map((channel) => ({
          channelNo: channel.no,
          gbId: channel.gbId,
          name: channel.name,
          online: channel.online,
        })),
      };
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#cameras.stop();
    this.#deps.dataDir.remove(CAMERAS_FILE);
  }

  async #admit({ gbId, name }: TrialDevice, password: string): Promise<void> {
    const { devices } = this.#deps.core;
    try {
      await devices.add({ gbId, name, password });
    } catch (error) {
      if (!(error instanceof CoreError) || error.code !== 'ALREADY_EXISTS') throw error;
      await devices.change(gbId, { password });
    }
  }

  #online(gbId: string): boolean {
    const { devices } = this.#deps.core;
    const device = devices.find(gbId);
    if (!device) return false;
    const channels = devices.channels(device);
    return device.online && channels.length > 0 && channels.every((channel) => channel.online);
  }
}
