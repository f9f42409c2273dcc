/** An upgrade of a device's firmware, as it is kept. */
export interface UpgradeRecord {
  readonly deviceId: number;
  /** Of an upgrade that somebody else ordered, as the device told it. */
  readonly sessionId: string;
  /**
   * `running`: ordered, and not heard of since. `unanswered`: whether the device took the order is not known.
   * `refused`: it did not. `done`, `failed`: the device said how it ended.
   */
  readonly state: 'running' | 'unanswered' | 'refused' | 'done' | 'failed';
  /** The firmware that was ordered; undefined for an upgrade that somebody else ordered. */
  readonly firmware: string | undefined;
  readonly manufacturer: string | undefined;
  /** Where the device fetches it, without what may be secret: user, password, query and fragment. */
  readonly source: string | undefined;
  /** The firmware that runs, as the device says. */
  readonly running: string | undefined;
  /** UpgradeFailedReason: `01` damaged package, `03` system, `99` other. */
  readonly reason: string | undefined;
  /** When it was ordered; when it was heard of first, if somebody else ordered it. UTC, ms. */
  readonly askedAtMs: number;
  /** UTC, ms. */
  readonly changedAtMs: number;
}

/** Upgrades at rest. Each call is one transaction and durable when it resolves. */
export interface UpgradeRepository {
  /** Those of one device in the order in which they were asked for. */
  load(): Promise<readonly UpgradeRecord[]>;
  /** What is kept of one device from now on; others of it go. With the device all go by themselves. */
  save(deviceId: number, upgrades: readonly UpgradeRecord[]): Promise<void>;
}
