/** What one command has shown of a device. */
export interface LearnedOutcome {
  readonly gbId: string;
  /** CmdType of the question, the section or control behind a dot, e.g. `ConfigDownload.OSDConfig`. */
  readonly command: string;
  /** The channel that was asked, or the device itself. */
  readonly targetGbId: string;
  /** `empty`: it answered without content. `sent`: the device has it, and no answer is due. */
  readonly outcome: 'supported' | 'empty' | 'sent' | 'refused' | 'silent';
  readonly sipStatus: number | undefined;
  /** What the device said, for the operator. */
  readonly text: string | undefined;
  /** X-GB-Ver as claimed; a hint and no more. */
  readonly gbVersion: string | undefined;
}

/** The core's ear for what devices make of commands. */
export interface LearningPort {
  onLearned(listener: (outcome: LearnedOutcome) => void): () => void;
}

/** What is kept of one command of one device. */
export interface CapabilityRecord {
  readonly deviceId: number;
  readonly command: string;
  /** Firmware and X-GB-Ver at that time; with others nothing is known. */
  readonly firmware: string | undefined;
  readonly gbVersion: string | undefined;
  /** Last times of each outcome, UTC ms. */
  readonly supportedAtMs: number | undefined;
  readonly sentAtMs: number | undefined;
  readonly emptyAtMs: number | undefined;
  readonly refusedAtMs: number | undefined;
  readonly silentAtMs: number | undefined;
  /** Refusals, or silences, in a row by {@link targetGbId}. */
  readonly negatives: number;
  /** The channel of the last refusal or silence. */
  readonly targetGbId: string | undefined;
  readonly sipStatus: number | undefined;
  readonly text: string | undefined;
}

/** What was learnt, at rest; a device takes it along when it is removed. */
export interface CapabilityRepository {
  load(): Promise<readonly CapabilityRecord[]>;
  save(rows: readonly CapabilityRecord[]): Promise<void>;
  /** All of a device. */
  remove(deviceId: number): Promise<void>;
}
