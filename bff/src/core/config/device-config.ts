import type { ConfigName, ConfigSections } from '@yimu/shared';
import { CoreError } from '../../kernel/index.ts';
import type { Asking, Capabilities } from '../capabilities/capabilities.ts';
import { type Camera, type Device, requireOnline } from '../devices/device.ts';
import type { ConfigPort, ConfigReading, ConfigReadings } from '../ports/config.ts';

/** Whose configuration: the device's own or one camera's. */
export interface ConfigTarget {
  readonly device: Device;
  readonly channel?: Camera['channel'];
}

interface Deps {
  readonly config: ConfigPort;
  readonly capabilities: Capabilities;
}

/** What came of a change. */
export interface ConfigChange<Value> {
  /** `restarted`: the device unregistered instead of answering; read again to know. */
  readonly outcome: 'done' | 'restarted';
  /** What the device says that it has now, where taking it does not tell. */
  readonly asRead?: ConfigReading<Value>;
}

/** A.2.1.15 of 2022 states no origin and no window for its points: the device makes of them what it makes. */
const READ_AGAIN: ReadonlySet<ConfigName> = new Set(['PictureMask']);

/** Reads and changes devices' configurations, section by section (GB/T 28181-2016 §9.5.4, -2022 §9.5.5). */
export class DeviceConfig {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** One section; a device that is silent or refuses is a refusal. */
  async read<Name extends ConfigName>(
    target: ConfigTarget,
    name: Name,
    asking?: Asking,
  ): Promise<ConfigReading<ConfigSections[Name]>> {
    requireOnline(target.device);
    this.#deps.capabilities.require(placeOf(target), `ConfigDownload.${name}`, asking);
    return await this.#deps.config.read(target.device.gbId, gbIdOf(target), name);
  }

  /** Several sections; each says for itself what became of it. */
  async readSome(
    target: ConfigTarget,
    names: readonly ConfigName[],
    { force }: Asking = {},
  ): Promise<ConfigReadings> {
    requireOnline(target.device);
    const { capabilities, config } = this.#deps;
    const isAsked = (name: ConfigName): boolean =>
      force === true || capabilities.isWorthAsking(placeOf(target), `ConfigDownload.${name}`);
    const asked = names.filter(isAsked);
    const unknown = names.filter((name) => !isAsked(name));
    const answered =
      asked.length === 0 ? {} : await config.readSome(target.device.gbId, gbIdOf(target), asked);
    const reading = { state: 'failed', code: 'NOT_SUPPORTED_BY_DEVICE', text: undefined } as const;
    return { ...answered, ...Object.fromEntries(unknown.map((name) => [name, reading])) };
  }

  /** One section. */
  async write<Name extends ConfigName>(
    target: ConfigTarget,
    name: Name,
    value: ConfigSections[Name],
    asking?: Asking,
  ): Promise<ConfigChange<ConfigSections[Name]>> {
    requireOnline(target.device);
    this.#deps.capabilities.require(placeOf(target), `DeviceConfig.${name}`, asking);
    const outcome = await this.#deps.config.write(target.device.gbId, gbIdOf(target), name, value);
    if (outcome !== 'done' || !READ_AGAIN.has(name)) return { outcome };
    return { outcome, asRead: await this.#readAgain(target, name) };
  }

  /** The change is done, whatever comes of this. */
  async #readAgain<Name extends ConfigName>(
    target: ConfigTarget,
    name: Name,
  ): Promise<ConfigReading<ConfigSections[Name]>> {
    try {
      const readings = await this.#deps.config.readSome(target.device.gbId, gbIdOf(target), [name]);
      return readings[name] ?? { state: 'empty' };
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      return { state: 'failed', code: error.code, text: undefined };
    }
  }
}

function gbIdOf({ device, channel }: ConfigTarget): string {
  return channel?.gbId ?? device.gbId;
}

function placeOf({ device, channel }: ConfigTarget): Parameters<Capabilities['require']>[0] {
  return { device, channelGbId: channel?.gbId };
}
