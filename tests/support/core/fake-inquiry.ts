import type {
  AnsweredList,
  ConfigName,
  ConfigSections,
  CruiseTrack,
  CruiseTrackHead,
  DeviceStatusAnswer,
  HomePosition,
  Preset,
  PtzPosition,
  SdCard,
} from '../../../shared/src/index.ts';
import type {
  ConfigPort,
  ConfigReading,
  ConfigReadings,
  InquiryPorts,
  LearnedOutcome,
  LearningPort,
  QueriesPort,
  SnapshotsNotice,
  SnapshotStore,
} from '../../../bff/src/core/index.ts';

/** Questions to devices, at the edge of the process: each waits for what the test says. */
class FakeQueries implements QueriesPort {
  readonly asked: string[] = [];
  /** What becomes of the next question; undefined: it is answered emptily. */
  failure: Error | undefined;

  deviceStatus(gbId: string): Promise<DeviceStatusAnswer> {
    const facts = { online: true, ok: true, reason: undefined, encoding: true, recording: false };
    return this.#answer(`status ${gbId}`, { ...facts, deviceTime: '2026-01-15T10:33:00', alarmInputs: [] });
  }

  presets(_gbId: string, channelGbId: string): Promise<AnsweredList<Preset>> {
    return this.#answer(`presets ${channelGbId}`, { items: [{ index: 1, name: '大门' }], complete: true });
  }

  homePosition(_gbId: string, channelGbId: string): Promise<HomePosition> {
    return this.#answer(`home ${channelGbId}`, { enabled: true, resetTimeS: 300, presetIndex: 1 });
  }

  cruiseTracks(_gbId: string, channelGbId: string): Promise<AnsweredList<CruiseTrackHead>> {
    return this.#answer(`tracks ${channelGbId}`, { items: [{ number: 0, name: '夜间' }], complete: true });
  }

  cruiseTrack(_gbId: string, channelGbId: string, number: number): Promise<CruiseTrack> {
    const track = { number, name: undefined, points: [], complete: true };
    return this.#answer(`track ${channelGbId} ${String(number)}`, track);
  }

  ptzPosition(_gbId: string, channelGbId: string): Promise<PtzPosition> {
    const angles = { horizontalFieldAngle: undefined, verticalFieldAngle: undefined };
    const position = { pan: 1, tilt: 2, zoom: 3, maxViewDistance: undefined, ...angles };
    return this.#answer(`position ${channelGbId}`, position);
  }

  sdCards(_gbId: string, targetGbId: string): Promise<AnsweredList<SdCard>> {
    return this.#answer(`cards ${targetGbId}`, { items: [], complete: true });
  }

  #answer<T>(question: string, answer: T): Promise<T> {
    this.asked.push(question);
    return this.failure === undefined ? Promise.resolve(answer) : Promise.reject(this.failure);
  }
}

/** The configuration of devices, at the edge of the process: what is written is read again. */
class FakeConfig implements ConfigPort {
  readonly written: { readonly targetGbId: string; readonly name: ConfigName; readonly value: unknown }[] =
    [];
  readonly #kept = new Map<ConfigName, unknown>();
  readonly #listeners = new Set<(notice: SnapshotsNotice) => void>();
  failure: Error | undefined;

  read<Name extends ConfigName>(
    _gbId: string,
    _targetGbId: string,
    name: Name,
  ): Promise<ConfigReading<ConfigSections[Name]>> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const value = this.#kept.get(name) as ConfigSections[Name] | undefined;
    return Promise.resolve(value === undefined ? { state: 'empty' } : { state: 'value', value });
  }

  async readSome(gbId: string, targetGbId: string, names: readonly ConfigName[]): Promise<ConfigReadings> {
    const readings = names.map(async (name) => [name, await this.read(gbId, targetGbId, name)] as const);
    return Object.fromEntries(await Promise.all(readings));
  }

  write<Name extends ConfigName>(
    _gbId: string,
    targetGbId: string,
    name: Name,
    value: ConfigSections[Name],
  ): Promise<'done' | 'restarted'> {
    this.written.push({ targetGbId, name, value });
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.#kept.set(name, value);
    return Promise.resolve('done');
  }

  onSnapshotsFinished(listener: (notice: SnapshotsNotice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tellFinished(notice: SnapshotsNotice): void {
    for (const listener of this.#listeners) listener(notice);
  }
}

/** What devices make of commands, told by the test. */
class FakeLearning implements LearningPort {
  readonly #listeners = new Set<(outcome: LearnedOutcome) => void>();

  onLearned(listener: (outcome: LearnedOutcome) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(outcome: Pick<LearnedOutcome, 'gbId' | 'command' | 'outcome'> & Partial<LearnedOutcome>): void {
    const common = { sipStatus: undefined, text: undefined, gbVersion: '2.0', targetGbId: outcome.gbId };
    for (const listener of this.#listeners) listener({ ...common, ...outcome });
  }
}

/** Pictures in memory. */
class MemorySnapshots implements SnapshotStore {
  readonly pictures = new Map<string, Uint8Array>();
  failure: Error | undefined;

  save(jpeg: Uint8Array): Promise<string> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const name = `${String(this.pictures.size + 1)}.jpg`;
    this.pictures.set(name, jpeg);
    return Promise.resolve(name);
  }

  read(name: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.pictures.get(name));
  }
}

/** Everything that the core asks and configures devices through. */
export class FakeInquiry implements InquiryPorts {
  readonly queries = new FakeQueries();
  readonly config = new FakeConfig();
  readonly learning = new FakeLearning();
  readonly snapshots = new MemorySnapshots();
  base: string | undefined = 'http://192.0.2.1:8080';

  readonly uploadBase = (): string | undefined => this.base;
}
