import type { ConfigName, ConfigSections } from '@yimu/shared';
import type { GbFailure } from '../gb-failure.ts';

/** What came of the wish to read one section. */
export type SectionReading<Value> =
  | { readonly state: 'value'; readonly value: Value }
  /** Result OK and nothing else: either it has none, or it does not know the section. */
  | { readonly state: 'empty' }
  /** It refused, or did not answer. */
  | { readonly state: 'failed'; readonly failure: GbFailure }
  /** It was not asked, because it had left other questions of this order unanswered. */
  | { readonly state: 'not-asked' };

export type SectionReadings = { readonly [Name in ConfigName]?: SectionReading<ConfigSections[Name]> };

/** Reads and writes devices' configurations (GB/T 28181-2016 §9.5.4, §9.3; -2022 §9.5.5, §9.3). */
export interface DeviceConfigs {
  /** One section. Rejects with GbFailure only; a device that is silent or refuses is such a failure. */
  read<Name extends ConfigName>(
    gbId: string,
    targetGbId: string,
    name: Name,
  ): Promise<SectionReading<ConfigSections[Name]>>;
  /**
   * Several sections by one query; what does not come is asked for apart, until the device has left two questions in
   * a row unanswered. Rejects with GbFailure only when the device is gone or busy.
   */
  readSome(gbId: string, targetGbId: string, names: readonly ConfigName[]): Promise<SectionReadings>;
  /**
   * One section by a DeviceConfig of its own, as its Result is one for all. `done`: the device says so. `restarted`:
   * it unregistered instead of answering, as some do after BasicParam; read again to know. Rejects with GbFailure.
   */
  write<Name extends ConfigName>(
    gbId: string,
    targetGbId: string,
    name: Name,
    value: ConfigSections[Name],
  ): Promise<'done' | 'restarted'>;
}
