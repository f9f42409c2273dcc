import { ClipFiles, createDownloadFiles, SnapshotFiles } from '../adapters/files/index.ts';
import {
  createGb28181Cascade,
  createGb28181Config,
  createGb28181Control,
  createGb28181Learning,
  createGb28181Queries,
  createGb28181Records,
  createGb28181Reports,
  createGb28181Signalling,
  createGb28181Voice,
} from '../adapters/signalling/index.ts';
import type { CoreDeps } from '../core/index.ts';
import type { Gb28181Platform } from '../gb28181/index.ts';
import type { Clock, RandomSource } from '../kernel/index.ts';
import type { DataDir } from './data-dir.ts';

/** Clips that are spoken: more than an hour of MP3, and as many as may be spoken at once. */
const CLIPS = { maxBytes: 67_108_864, maxClips: 64 };
/** Pictures of cameras that are kept. */
const SNAPSHOTS = { maxFiles: 10_000, maxBytes: 2_147_483_648, maxAgeMs: 7 * 86_400_000 };

type DevicePorts = Pick<
  CoreDeps,
  'signalling' | 'reports' | 'cascade' | 'records' | 'trace' | 'profiles' | 'control' | 'voice' | 'inquiry'
>;

/** The core's doors to the devices. */
export function devicePorts(
  platform: Gb28181Platform,
  options: {
    readonly sipId: string;
    readonly dataDir: DataDir;
    readonly clock: Clock;
    readonly random: RandomSource;
    /** Where devices reach the HTTP side; undefined until that is up. */
    readonly uploadBase: () => string | undefined;
  },
): DevicePorts {
  const { sipId, dataDir, clock, random, uploadBase } = options;
  return {
    signalling: createGb28181Signalling(platform),
    reports: createGb28181Reports(platform),
    cascade: createGb28181Cascade(platform, sipId),
    records: createGb28181Records(platform),
    trace: platform.trace,
    profiles: platform.profiles,
    control: createGb28181Control(platform),
    voice: createGb28181Voice(platform),
    inquiry: {
      queries: createGb28181Queries(platform),
      config: createGb28181Config(platform),
      learning: createGb28181Learning(platform),
      snapshots: new SnapshotFiles({ ...SNAPSHOTS, folder: dataDir.file('snapshots'), clock, random }),
      uploadBase,
    },
  };
}

/** The core's doors to files in the data directory. */
export function filePorts(dataDir: DataDir, random: RandomSource): Pick<CoreDeps, 'clips' | 'downloadFiles'> {
  return {
    clips: new ClipFiles({ ...CLIPS, folder: dataDir.file('clips'), random }),
    downloadFiles: createDownloadFiles(dataDir.file('downloads')),
  };
}
