import type { ConfigName, ConfigSections } from '@yimu/shared';
import type { Capability, PlatformFloor } from '../capability.ts';
import { Question, type QuestionForm } from '../queries/question.ts';
import { GbFailure, type OfflineCause } from '../types.ts';
import { ConfigWrites } from './config-writes.ts';
import { readSections, SECTIONS, type SomeSections } from './sections.ts';
import type { DeviceConfigs, SectionReading, SectionReadings } from './types.ts';

/** Questions in a row that a device leaves unanswered before it is asked no more. */
const PATIENCE = 2;

/** ConfigDownload and DeviceConfig. */
export class ConfigDesk implements DeviceConfigs, Capability {
  readonly #floor: PlatformFloor;
  readonly #downloads: Question<SomeSections, SomeSections>;
  readonly #writes: ConfigWrites;

  constructor(floor: PlatformFloor) {
    this.#floor = floor;
    this.#downloads = new Question(floor, formOf([]));
    this.#writes = new ConfigWrites(floor);
  }

  get waiting(): number {
    return this.#downloads.waiting + this.#writes.waiting;
  }

  async read<Name extends ConfigName>(
    gbId: string,
    targetGbId: string,
    name: Name,
  ): Promise<SectionReading<ConfigSections[Name]>> {
    const command = { gbId, command: `ConfigDownload.${name}`, targetGbId };
    try {
      const sections: SomeSections = await this.#download(gbId, targetGbId, [name]);
      const value = sections[name] as ConfigSections[Name] | undefined;
      this.#floor.learn(command, value === undefined ? 'empty' : 'supported');
      return value === undefined ? { state: 'empty' } : { state: 'value', value };
    } catch (error) {
      if (error instanceof GbFailure) this.#floor.learn(command, error);
      throw error;
    }
  }

  async readSome(gbId: string, targetGbId: string, names: readonly ConfigName[]): Promise<SectionReadings> {
    const readings: { [Name in ConfigName]?: SectionReading<ConfigSections[Name]> } = {};
    const wanted = [...new Set(names)];
    if (wanted.length > 1) Object.assign(readings, await this.#readJoined(gbId, targetGbId, wanted));
    let unanswered = 0;
    for (const name of wanted) {
      if (readings[name] !== undefined) continue;
      const reading =
        unanswered >= PATIENCE
          ? ({ state: 'not-asked' } as const)
          : await this.#readOrFailure(gbId, targetGbId, name);
      unanswered = isSilence(reading) ? unanswered + 1 : 0;
      if (reading.state === 'not-asked') unanswered = PATIENCE;
      Object.assign(readings, { [name]: reading });
    }
    return readings;
  }

  async write<Name extends ConfigName>(
    gbId: string,
    targetGbId: string,
    name: Name,
    value: ConfigSections[Name],
  ): Promise<'done' | 'restarted'> {
    return await this.#writes.write(gbId, this.#targetOf(gbId, targetGbId, name), name, value);
  }

  abandon(gbId: string, cause: OfflineCause): void {
    this.#downloads.abandon(gbId);
    this.#writes.abandon(gbId, cause);
  }

  close(): void {
    this.#downloads.close();
    this.#writes.close();
  }

  /** What a joined query brings; what a device does not say that way, it may say when it is asked apart. */
  async #readJoined(
    gbId: string,
    targetGbId: string,
    names: readonly ConfigName[],
  ): Promise<SectionReadings> {
    const ofTarget = names.filter((name) => this.#targetOf(gbId, targetGbId, name) === targetGbId);
    if (ofTarget.length < 2) return {};
    let sections: SomeSections;
    try {
      sections = await this.#download(gbId, targetGbId, ofTarget);
    } catch (error) {
      if (error instanceof GbFailure && (error.reason === 'rejected' || error.reason === 'timeout'))
        return {};
      throw error;
    }
    for (const name of Object.keys(sections))
      this.#floor.learn({ gbId, command: `ConfigDownload.${name}`, targetGbId }, 'supported');
    return Object.fromEntries(
      Object.entries(sections).map(([name, value]) => [name, { state: 'value', value }]),
    );
  }

  async #readOrFailure(gbId: string, targetGbId: string, name: ConfigName): Promise<SectionReading<unknown>> {
    try {
      return await this.read(gbId, targetGbId, name);
    } catch (error) {
      if (!(error instanceof GbFailure) || error.reason === 'not-registered') throw error;
      return { state: 'failed', failure: error };
    }
  }

  async #download(gbId: string, targetGbId: string, names: readonly ConfigName[]): Promise<SomeSections> {
    const [first] = names;
    const configType = names.join('/');
    return await this.#downloads.askInOwnForm(
      {
        gbId,
        targetGbId: first === undefined ? targetGbId : this.#targetOf(gbId, targetGbId, first),
        fields: [['ConfigType', configType]],
        key: configType,
      },
      formOf(names),
    );
  }

  /** Vendor: Dahua takes BasicParam under the device's own ID only, and no device minds it. */
  #targetOf(gbId: string, targetGbId: string, name: ConfigName): string {
    return SECTIONS[name].deviceLevel === true ? gbId : targetGbId;
  }
}

/** Each section may come in a message of its own (annex A.2.4.7). */
function formOf(names: readonly ConfigName[]): QuestionForm<SomeSections, SomeSections> {
  const join = (parts: readonly SomeSections[]): SomeSections => Object.assign({}, ...parts) as SomeSections;
  return {
    cmdType: 'ConfigDownload',
    what: 'its configuration',
    read: ({ element }) => readSections(element, names),
    isWhole: (parts) => names.length <= 1 || Object.keys(join(parts)).length >= names.length,
    join,
  };
}

function isSilence(reading: SectionReading<unknown>): boolean {
  return reading.state === 'failed' && reading.failure.reason === 'timeout';
}
