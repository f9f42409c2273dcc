import type { CameraCommand, ControlResult, DeviceCommand, FrontEndCommand } from '@yimu/shared';
import type { Clock, Instruments, Logger, RandomSource } from '../../kernel/index.ts';
import { type Camera, type Device, requireOnline } from '../devices/device.ts';
import type { ControlPort } from '../ports/control.ts';
import type { PresetRepository } from '../ports/presets.ts';
import type { UpgradeRepository } from '../ports/upgrades.ts';
import type { KeyFrames } from './key-frames.ts';
import { requireInRange, requireThere, requireTurning } from './checked.ts';
import { type AskPresets, Presets } from './presets.ts';
import { Upgrades } from './upgrades.ts';

/** Cruises, scans and switches: presets have use-cases of their own. */
export type PatrolCommand = Exclude<
  FrontEndCommand,
  { readonly do: 'preset-set' | 'preset-call' | 'preset-delete' }
>;

interface Deps {
  readonly port: ControlPort;
  readonly presets: PresetRepository;
  readonly upgrades: UpgradeRepository;
  readonly askPresets: AskPresets;
  readonly keyFrames: Pick<KeyFrames, 'ask'>;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly instruments: Instruments;
}

/**
 * Use-cases on devices and cameras beside movements, which go by Ptz and its dead man's stop. `sent` means that the
 * device took the command and the standard has no answer to it; `done` that the device said so.
 */
export class Control {
  readonly presets: Presets;
  readonly upgrades: Upgrades;
  readonly #port: ControlPort;
  readonly #keyFrames: Deps['keyFrames'];

  constructor(deps: Deps) {
    const { port, clock, random, logger, instruments } = deps;
    this.#port = port;
    this.#keyFrames = deps.keyFrames;
    this.presets = new Presets({
      port,
      repository: deps.presets,
      askPresets: deps.askPresets,
      clock,
      logger,
    });
    this.upgrades = new Upgrades({
      ...{ port, clock, random, logger, instruments },
      repository: deps.upgrades,
    });
  }

  /** A cruise, a scan or a switch of one camera. */
  async patrol(camera: Camera, command: PatrolCommand): Promise<ControlResult> {
    requireInRange(command);
    requireThere(camera);
    // A wiper is on cameras too that do not turn.
    if (command.do !== 'switch') requireTurning(camera);
    return await this.#port.frontEnd(camera.device.gbId, camera.channel.gbId, command);
  }

  /** Any other command for one camera. */
  async camera(camera: Camera, command: CameraCommand): Promise<ControlResult> {
    requireInRange(command);
    requireThere(camera);
    // Who names a spelling wants that one and no other.
    if (command.do === 'key-frame' && command.spelling === undefined)
      return await this.#keyFrames.ask(camera);
    if (command.do === 'precise' || command.do === 'home-position') requireTurning(camera);
    return await this.#port.camera(camera.device.gbId, camera.channel.gbId, command);
  }

  /** A command for the whole device. */
  async device(device: Device, command: DeviceCommand): Promise<ControlResult> {
    requireInRange(command);
    requireOnline(device);
    return await this.#port.device(device.gbId, command);
  }
}
