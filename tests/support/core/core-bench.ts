import {
  type Camera,
  type Core,
  type CoreSettings,
  createCore,
  DEFAULT_CORE_SETTINGS,
  type Repositories,
} from '../../../bff/src/core/index.ts';
import { Instruments, silentLogger, SystemRandom } from '../../../bff/src/kernel/index.ts';
import { FakeClock } from '../fake-clock.ts';
import { FakeCascade } from './fake-cascade.ts';
import { FakeMedia, FakeProfiles, FakeSignalling, FakeTrace } from './fake-ports.ts';
import { FakeReports } from './fake-reports.ts';
import { FakeControl } from './fake-control.ts';
import { FakeInquiry } from './fake-inquiry.ts';
import { FakeClips, FakeVoice } from './fake-voice.ts';
import { FakeDownloadFiles, FakeRecords } from './fake-history.ts';
import { memoryRepositories } from './memory-repositories.ts';

export const GB_ID = '34020000001320000001';
export const CHANNEL_GB_ID = '34020000001310000001';

/** A core on fakes, with time that moves only when it is told to. */
export interface CoreOnFakes {
  readonly core: Core;
  readonly clock: FakeClock;
  readonly signalling: FakeSignalling;
  readonly media: FakeMedia;
  readonly cascade: FakeCascade;
  readonly trace: FakeTrace;
  readonly reports: FakeReports;
  readonly profiles: FakeProfiles;
  readonly inquiry: FakeInquiry;
  readonly control: FakeControl;
  readonly voice: FakeVoice;
  readonly clips: FakeClips;
  readonly records: FakeRecords;
  readonly downloadFiles: FakeDownloadFiles;
  readonly repositories: Repositories;
  /** A gauge or counter without labels. */
  figure(name: string): number;
  /** Adds a device, brings it online and lets it tell one camera. */
  addCamera(gbId?: string): Promise<Camera>;
}

const SEALING_KEY = new Uint8Array(32).fill(7);

/** Builds and starts it. */
export async function coreOnFakes(
  options: {
    readonly settings?: Partial<CoreSettings>;
    readonly repositories?: Repositories;
    readonly clock?: FakeClock;
  } = {},
): Promise<CoreOnFakes> {
  const clock = options.clock ?? new FakeClock();
  const signalling = new FakeSignalling();
  const media = new FakeMedia();
  const cascade = new FakeCascade();
  const trace = new FakeTrace();
  const reports = new FakeReports();
  const profiles = new FakeProfiles();
  const inquiry = new FakeInquiry();
  const records = new FakeRecords();
  const downloadFiles = new FakeDownloadFiles();
  const control = new FakeControl();
  const voice = new FakeVoice();
  const clips = new FakeClips();
  const instruments = new Instruments();
  const repositories = options.repositories ?? (await someRepositories());
  const core = createCore({
    repositories,
    signalling,
    media,
    cascade,
    trace,
    reports,
    profiles,
    inquiry,
    control,
    voice,
    clips,
    records,
    downloadFiles,
    clock,
    random: new SystemRandom(),
    logger: silentLogger,
    instruments,
    sealingKey: SEALING_KEY,
    settings: { ...DEFAULT_CORE_SETTINGS, realm: '3402000000', ...options.settings },
  });
  profiles.changeOf = (gbId) => core.profiles.facts(gbId)?.change;
  await core.start();
  return {
    core,
    clock,
    signalling,
    media,
    cascade,
    trace,
    reports,
    profiles,
    inquiry,
    control,
    voice,
    clips,
    records,
    downloadFiles,
    repositories,
    figure: (name) =>
      instruments.read().find((reading) => reading.name === name)?.samples[0]?.value ?? Number.NaN,
    async addCamera(gbId = GB_ID) {
      await core.devices.add({ gbId, password: 'secret-of-the-camera' });
      signalling.catalog = () =>
        Promise.resolve({
          complete: true,
          entries: [
            {
              channelGbId: CHANNEL_GB_ID,
              name: '球机',
              manufacturer: 'Yimu',
              model: 'M',
              online: true,
              ptzType: 1,
            },
          ],
        });
      signalling.comeOnline(gbId);
      await clock.advance(1_000);
      return core.devices.camera(gbId, { no: 1 });
    },
  };
}

/** With an application, so that the start need not make one: its slow hash would be the longest part of a test. */
async function someRepositories(): Promise<Repositories> {
  const repositories = memoryRepositories();
  await repositories.access.insertApp({
    appKey: 'app-of-the-tests',
    secretHash: 'none',
    name: 'tests',
    disabled: false,
    createdAtMs: 0,
  });
  return repositories;
}
