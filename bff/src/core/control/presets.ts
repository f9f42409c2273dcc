import { type ControlResult, faultOfCommand } from '@yimu/shared';
import { type Clock, CoreError, type Logger } from '../../kernel/index.ts';
import { cleanText } from '../clean-text.ts';
import type { Camera } from '../devices/device.ts';
import type { ControlPort } from '../ports/control.ts';
import type { PresetRepository } from '../ports/presets.ts';
import { refuse } from '../refuse.ts';
import { requireInRange, requireThere, requireTurning } from './checked.ts';

/** Name lengths that the database holds, in code points. */
const NAME_LENGTH = 64;

/** The presets that a camera itself tells; rejects when it does not. */
export type AskPresets = (
  camera: Camera,
) => Promise<readonly { readonly no: number; readonly name: string | undefined }[]>;

/** A preset of a camera. */
export interface PresetView {
  readonly no: number;
  readonly name: string;
  /** Whether the camera says that it has it; undefined when the camera was not asked, or told nothing. */
  readonly onDevice: boolean | undefined;
}

interface Deps {
  readonly port: ControlPort;
  readonly repository: PresetRepository;
  readonly askPresets: AskPresets;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Presets: the camera keeps where it looks, Yimu keeps the name, since the standard of 2016 has no way to tell one to
 * the camera (GB/T 28181-2016 annex A.3.4).
 */
export class Presets {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Keeps where the camera looks now under a number, 1–255; without a name the one of before stays. */
  async set(camera: Camera, no: number, name?: string): Promise<ControlResult> {
    const { port, repository, clock } = this.#deps;
    const known = cleanText(name, NAME_LENGTH);
    requireInRange({ do: 'preset-set', preset: no });
    requireThere(camera);
    requireTurning(camera);
    const { id: channelId, gbId } = camera.channel;
    const kept = known ?? (await this.#nameOf(channelId, no)) ?? `预置点${String(no)}`;
    const result = await port.frontEnd(camera.device.gbId, gbId, {
      do: 'preset-set',
      preset: no,
      name: kept,
    });
    await repository.save({ channelId, no, name: kept, changedAtMs: clock.nowMs() });
    return result;
  }

  /** Turns the camera to a preset, named here or not. */
  async call(camera: Camera, no: number): Promise<ControlResult> {
    requireInRange({ do: 'preset-call', preset: no });
    requireThere(camera);
    requireTurning(camera);
    return await this.#deps.port.frontEnd(camera.device.gbId, camera.channel.gbId, {
      do: 'preset-call',
      preset: no,
    });
  }

  /** Changes the name alone; the camera is not asked. */
  async rename(camera: Camera, no: number, name: string): Promise<void> {
    const { repository, clock } = this.#deps;
    const kept = cleanText(name, NAME_LENGTH);
    if (kept === undefined) throw refuse('INVALID_ARGUMENT', { field: 'name' });
    requireInRange({ do: 'preset-call', preset: no });
    await repository.save({ channelId: camera.channel.id, no, name: kept, changedAtMs: clock.nowMs() });
  }

  async remove(camera: Camera, no: number): Promise<ControlResult> {
    const { port, repository } = this.#deps;
    requireInRange({ do: 'preset-delete', preset: no });
    requireThere(camera);
    const { id, gbId } = camera.channel;
    const result = await port.frontEnd(camera.device.gbId, gbId, { do: 'preset-delete', preset: no });
    await repository.remove(id, no);
    return result;
  }

  /** What is kept here merged with what the camera tells, by number; a name given here wins. */
  async list(camera: Camera): Promise<readonly PresetView[]> {
    const kept = await this.#deps.repository.ofChannel(camera.channel.id);
    const told = await this.#ask(camera);
    const names = new Map(kept.map(({ no, name }) => [no, name]));
    const onDevice = new Map(told?.map(({ no, name }) => [no, cleanText(name, NAME_LENGTH)]));
    const numbers = [...new Set([...names.keys(), ...onDevice.keys()])];
    return numbers
      .filter((no) => faultOfCommand({ do: 'preset-call', preset: no }) === undefined)
      .sort((a, b) => a - b)
      .map((no) => ({
        no,
        name: names.get(no) ?? onDevice.get(no) ?? `预置点${String(no)}`,
        onDevice: told && onDevice.has(no),
      }));
  }

  async #nameOf(channelId: number, no: number): Promise<string | undefined> {
    const kept = await this.#deps.repository.ofChannel(channelId);
    return kept.find((preset) => preset.no === no)?.name;
  }

  /** Undefined when the camera is away, or does not tell. */
  async #ask(camera: Camera): Promise<Awaited<ReturnType<AskPresets>> | undefined> {
    if (!camera.device.online) return undefined;
    try {
      return await this.#deps.askPresets(camera);
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      this.#deps.logger.info(
        { channelId: camera.channel.gbId, error: error.code },
        'camera tells no presets',
      );
      return undefined;
    }
  }
}
