import { Cascade } from '../cascade/cascade.ts';
import { KeyFrames } from '../control/key-frames.ts';
import type { CoreDeps } from '../core-deps.ts';
import type { Grants } from '../grants/grants.ts';
import { Live } from '../live/live.ts';
import { Streams } from '../live/streams.ts';
import { History } from '../playback/history.ts';
import type { SecretBox } from '../secret-box.ts';
import { Voice } from '../voice/voice.ts';
import type { DeviceParts } from './device-parts.ts';

/** Everything that sends picture and sound somewhere. */
export interface MediaParts {
  readonly streams: Streams;
  readonly history: History;
  readonly live: Live;
  readonly voice: Voice;
  readonly cascade: Cascade;
  readonly keyFrames: KeyFrames;
}

/** Builds the use-cases on media over one set of streams. */
export function mediaParts(
  deps: CoreDeps,
  known: Pick<DeviceParts, 'registry' | 'devices'> & {
    readonly grants: Grants;
    readonly secretBox: SecretBox;
  },
): MediaParts {
  const { repositories, signalling, media, clock, random, logger, instruments, settings } = deps;
  const { registry, devices, grants, secretBox } = known;
  const profileOf = (gbId: string): ReturnType<typeof deps.profiles.of>['profile'] =>
    deps.profiles.of(gbId).profile;
  const streams = new Streams({
    ...{ signalling, media, clock, random, logger, instruments, settings, profileOf },
  });
  const history = new History({
    ...{ devices, grants, streams, media, clock, random, logger, instruments, profileOf },
    port: deps.records,
    files: deps.downloadFiles,
    settings: settings.downloads,
  });
  const live = new Live({
    ...{ devices, grants, streams, media, clock },
    admitOther: (request) => history.playbacks.admit(request),
  });
  const voice = new Voice({
    ...{ signalling, clock, random, logger, instruments, settings },
    ...{ talks: media.talks, voice: deps.voice, clips: deps.clips },
  });
  const keyFrames = new KeyFrames({ ...{ streams, media, clock, logger }, port: deps.control });
  const cascade = new Cascade({
    ...{ registry, devices, streams, media, signalling, secretBox, clock, random, logger, instruments },
    keyFrames,
    port: deps.cascade,
    reports: deps.reports,
    repository: repositories.cascade,
  });
  return { streams, history, live, voice, cascade, keyFrames };
}
