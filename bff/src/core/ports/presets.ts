/** A preset as it is kept: the device holds where it looks, this what it is called. */
export interface PresetRecord {
  readonly channelId: number;
  /** 1–255. */
  readonly no: number;
  readonly name: string;
  /** UTC, ms. */
  readonly changedAtMs: number;
}

/** Names of presets at rest. Each call is one transaction and durable when it resolves. */
export interface PresetRepository {
  /** By number. */
  ofChannel(channelId: number): Promise<readonly PresetRecord[]>;
  /** Takes the place of one of the same number. */
  save(preset: PresetRecord): Promise<void>;
  remove(channelId: number, no: number): Promise<void>;
}
