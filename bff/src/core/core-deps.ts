import type { Clock, Instruments, Logger, RandomSource } from '../kernel/index.ts';
import type { InquiryPorts } from './inquiry/inquiry.ts';
import type { CascadePort } from './ports/cascade.ts';
import type { ClipStore } from './ports/clips.ts';
import type { ControlPort } from './ports/control.ts';
import type { DownloadFiles } from './ports/download-files.ts';
import type { MediaPort } from './ports/media.ts';
import type { ProfilePort } from './ports/profile.ts';
import type { RecordsPort } from './ports/records.ts';
import type { ReportsPort } from './ports/reports.ts';
import type { Repositories } from './ports/repositories.ts';
import type { SignallingPort } from './ports/signalling.ts';
import type { TracePort } from './ports/trace.ts';
import type { VoicePort } from './ports/voice.ts';
import type { CoreSettings } from './settings.ts';

/** What the core stands on. */
export interface CoreDeps {
  readonly repositories: Repositories;
  readonly signalling: SignallingPort;
  readonly media: MediaPort;
  readonly cascade: CascadePort;
  readonly trace: TracePort;
  readonly reports: ReportsPort;
  readonly profiles: ProfilePort;
  readonly inquiry: InquiryPorts;
  readonly control: ControlPort;
  readonly voice: VoicePort;
  readonly clips: ClipStore;
  readonly records: RecordsPort;
  readonly downloadFiles: DownloadFiles;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly instruments: Instruments;
  readonly settings: CoreSettings;
  /** 32 bytes that seal secrets at rest. */
  readonly sealingKey: Uint8Array;
}
