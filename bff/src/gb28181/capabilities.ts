import type { TypedEmitter } from '../kernel/index.ts';
import type { Flow } from '../sip/index.ts';
import type { Capability, PlatformFloor } from './capability.ts';
import { UpperPlatforms } from './cascade/cascade.ts';
import { CatalogQueries } from './commands/catalog-queries.ts';
import { ConfigDesk } from './config/device-configs.ts';
import { Control } from './control/control.ts';
import { readSnapshotsFinished } from './manscdp/snapshot-finished.ts';
import { MediaCalls } from './media/media-calls.ts';
import { DeviceQuestions } from './queries/device-queries.ts';
import { RecordQueries } from './records/record-queries.ts';
import type { DeviceEntry } from './registrar/device-entry.ts';
import { KeepaliveFaults } from './reports/keepalive-faults.ts';
import { Reports } from './reports/reports.ts';
import { Subscriptions } from './subscriptions/subscriptions.ts';
import type { GbEvents, SsrcLease } from './types.ts';
import { VoiceCalls } from './voice/voice-calls.ts';

/** What the capabilities need beside the floor that they share. */
interface Surroundings {
  readonly events: TypedEmitter<GbEvents>;
  /** The registered device that signs with this ID, or alone speaks, at a flow. */
  readonly deviceAt: (flow: Flow, gbId: string | undefined) => DeviceEntry | undefined;
  readonly reserveSsrc: () => SsrcLease;
}

/** Everything that the platform does with devices. */
export interface Capabilities {
  readonly cascade: UpperPlatforms;
  readonly catalogs: CatalogQueries;
  readonly queries: DeviceQuestions;
  readonly config: ConfigDesk;
  readonly calls: MediaCalls;
  readonly records: RecordQueries;
  readonly control: Control;
  readonly subscriptions: Subscriptions;
  readonly faults: KeepaliveFaults;
  readonly voice: VoiceCalls;
  readonly all: readonly Capability[];
}

/** Builds the capabilities; each takes its own bodies from the inbound routes and tells what it hears as an event. */
export function buildCapabilities(
  floor: PlatformFloor,
  { events, deviceAt, reserveSsrc }: Surroundings,
): Capabilities {
  const tell =
    <Name extends keyof GbEvents>(name: Name) =>
    (...args: GbEvents[Name]): void => {
      events.emit(name, ...args);
    };
  const capabilities = {
    cascade: new UpperPlatforms(floor, { reserveSsrc }),
    catalogs: new CatalogQueries(floor, tell('catalogPart')),
    queries: new DeviceQuestions(floor),
    config: new ConfigDesk(floor),
    calls: new MediaCalls(floor),
    records: new RecordQueries(floor),
    control: new Control(floor, tell('upgradeResult')),
    subscriptions: new Subscriptions(floor),
    faults: new KeepaliveFaults(floor, tell('faults')),
    voice: new VoiceCalls(floor, { deviceAt, reserveSsrc }),
  };
  const reports = new Reports(floor, {
    onAlarm: tell('alarm'),
    onPositions: tell('positions'),
    onVideoOffered: tell('videoOffered'),
    onPtzPosition: tell('ptzPosition'),
    onCatalogChanged: tell('catalogChanged'),
  });
  floor.inbound.on('Notify', 'UploadSnapShotFinished', ({ sender, document }) => {
    const finished = readSnapshotsFinished(document);
    if (finished !== undefined) events.emit('snapshotsFinished', sender.gbId, finished);
  });
  return { ...capabilities, all: [...Object.values(capabilities), reports] };
}
