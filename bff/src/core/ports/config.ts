import type { ConfigName, ConfigSections, CoreErrorCode } from '@yimu/shared';

/** What came of the wish to read one section of a device's configuration. */
export type ConfigReading<Value> =
  | { readonly state: 'value'; readonly value: Value }
  /** The device returned nothing: it has none, or does not know the section. */
  | { readonly state: 'empty' }
  | { readonly state: 'failed'; readonly code: CoreErrorCode; readonly text: string | undefined }
  /** It had left the questions before unanswered. */
  | { readonly state: 'not-asked' };

export type ConfigReadings = { readonly [Name in ConfigName]?: ConfigReading<ConfigSections[Name]> };

/** A device says that it has uploaded its pictures. */
export interface SnapshotsNotice {
  readonly deviceGbId: string;
  readonly sessionId: string;
  /** One a picture; fewer than ordered when some failed. */
  readonly fileIds: readonly string[];
}

/** The configuration of devices. Refusals are the CoreErrors of the signalling port. */
export interface ConfigPort {
  read<Name extends ConfigName>(
    gbId: string,
    targetGbId: string,
    name: Name,
  ): Promise<ConfigReading<ConfigSections[Name]>>;
  readSome(gbId: string, targetGbId: string, names: readonly ConfigName[]): Promise<ConfigReadings>;
  /** `restarted`: the device unregistered instead of answering; read again to know. */
  write<Name extends ConfigName>(
    gbId: string,
    targetGbId: string,
    name: Name,
    value: ConfigSections[Name],
  ): Promise<'done' | 'restarted'>;
  onSnapshotsFinished(listener: (notice: SnapshotsNotice) => void): () => void;
}
