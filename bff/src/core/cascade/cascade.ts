import {
  type Clock,
  CoreError,
  type Instruments,
  KeyedQueue,
  type Logger,
  type RandomSource,
} from '../../kernel/index.ts';
import type { KeyFrames } from '../control/key-frames.ts';
import type { Camera, Page, PageRequest } from '../devices/device.ts';
import type { DeviceRegistry } from '../devices/device-registry.ts';
import type { Devices } from '../devices/devices.ts';
import type { Streams } from '../live/streams.ts';
import type {
  CascadePort,
  CascadeRepository,
  ShareRecord,
  UpperRecord,
  UpperRegistration,
  UpwardAlarm,
  UpwardDirection,
  UpwardMedia,
  UpwardMediaOrder,
  UpwardPosition,
} from '../ports/cascade.ts';
import type { MediaPort } from '../ports/media.ts';
import type { ReportsPort } from '../ports/reports.ts';
import type { SignallingPort } from '../ports/signalling.ts';
import { refuse } from '../refuse.ts';
import type { SecretBox } from '../secret-box.ts';
import { ownIdOf } from './own-ids.ts';
import { ShareBook } from './share-book.ts';
import { ShownCatalogue } from './shown-catalogue.ts';
import { type NewUpper, settledUpper, type UpperSettings } from './upper-rules.ts';
import { UpwardNotices } from './upward-notices.ts';
import { UpwardReports } from './upward-reports.ts';
import { UpwardRecordings } from './upward-recordings.ts';
import { UpwardRelays } from './upward-relays.ts';
import { UpwardStreams } from './upward-streams.ts';

const TICK_MS = 1_000;
const MAX_UPPERS = 32;
/** Channels that one upper platform is shown. */
const MAX_SHARES = 20_000;
const ABOUT = { name: 'Yimu', manufacturer: 'Yimu', model: 'Yimu', firmware: '1.0' };
const NOT_STARTED: UpperRegistration = {
  phase: 'stopped',
  registeredAtMs: undefined,
  lastError: undefined,
  lastErrorAtMs: undefined,
  clockOffsetMs: undefined,
};

/** An upper platform as operators see it: without its password. */
export type Upper = Omit<UpperRecord, 'credential'> & {
  readonly shares: number;
  readonly registration: UpperRegistration;
};

/** A channel to be shown, with the ID that it is to have there; absent: its own, or one of our making. */
export interface ShareOrder {
  readonly camera: Camera;
  readonly gbId?: string | undefined;
}

/** A channel that is shown; `camera` undefined while its device does not have it. */
export interface Share {
  readonly gbId: string;
  readonly camera: Camera | undefined;
}

interface Deps {
  readonly registry: DeviceRegistry;
  readonly devices: Devices;
  readonly streams: Streams;
  readonly keyFrames: Pick<KeyFrames, 'ask'>;
  readonly media: MediaPort;
  readonly port: CascadePort;
  readonly signalling: Pick<SignallingPort, 'on'>;
  readonly reports: Pick<ReportsPort, 'on'>;
  readonly repository: CascadeRepository;
  readonly secretBox: SecretBox;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly instruments: Instruments;
}

/** Use-cases on upper platforms (上级平台): who they are, what each is shown, and how the registration stands. */
export class Cascade {
  readonly #deps: Deps;
  readonly #uppers = new Map<number, UpperRecord>();
  readonly #shares = new ShareBook();
  readonly #shown: ShownCatalogue;
  readonly #notices: UpwardNotices;
  readonly #streams: UpwardStreams;
  readonly #recordings: UpwardRecordings;
  readonly #writes = new KeyedQueue();
  readonly #reports: UpwardReports;
  #ends: (() => void)[] = [];

  constructor(deps: Deps) {
    this.#deps = deps;
    const { registry, devices, port, clock } = deps;
    this.#reports = new UpwardReports({ cascade: this, registry, clock, port: deps.reports });
    registry.watchChannels((deviceId) => {
      this.#notices.deviceChanged(deviceId);
    });
    this.#shown = new ShownCatalogue({ registry, devices, shares: this.#shares });
    this.#notices = new UpwardNotices({
      shares: this.#shares,
      shown: this.#shown,
      uppers: this.#uppers,
      tell: (upperId, changes) => {
        port.notifyCatalog(upperId, changes);
      },
    });
    const relays = new UpwardRelays(deps);
    this.#streams = new UpwardStreams({ ...deps, relays });
    this.#recordings = new UpwardRecordings({ ...deps, relays });
    port.serve({
      catalog: (key, gbId) => this.#with(key, (upper) => this.#shown.subtree(upper, gbId)),
      item: (key, gbId) => this.#with(key, (upper) => this.#shown.item(upper, gbId)),
      find: (key, gbId) => this.#with(key, (upper) => this.#find(upper, gbId)),
      about: (key) => ({ ...ABOUT, channels: this.#shares.of(key).size }),
      openMedia: (order) => this.#openMedia(order),
    });
  }

  /** Reads what is kept. */
  async load(): Promise<void> {
    const { repository } = this.#deps;
    for (const upper of await repository.loadUppers()) this.#uppers.set(upper.id, upper);
    for (const share of await repository.loadShares()) this.#shares.put(share);
  }

  /** Begins to listen, and registers to all that are enabled; called when SIP is up. */
  start(): void {
    const { signalling, registry, clock } = this.#deps;
    this.#ends = [
      signalling.on('presence', ({ gbId }, cause) => {
        // A registration that is refreshed changes nothing that an upper platform is told.
        if (cause === 'refreshed') return;
        const device = registry.byGbId(gbId);
        if (device !== undefined) this.#notices.deviceChanged(device.id);
      }),
      clock.every(TICK_MS, () => {
        this.#notices.tick();
      }),
      ...this.#reports.listen(),
    ];
    for (const upper of this.#uppers.values()) this.#join(upper);
  }

  /** Takes every registration back. */
  async stop(): Promise<void> {
    for (const end of this.#ends.splice(0)) end();
    await Promise.all([...this.#uppers.keys()].map((id) => this.#deps.port.leave(id)));
  }

  list(): readonly Upper[] {
    return [...this.#uppers.values()].map((upper) => this.#view(upper));
  }

  get(id: number): Upper {
    return this.#view(this.#record(id));
  }

  async add(order: NewUpper): Promise<Upper> {
    const settled = settledUpper(undefined, order, this.#deps.port.ownGbId);
    return await this.#writes.run('uppers', async () => {
      if (this.#uppers.size >= MAX_UPPERS) throw refuse('QUOTA_EXCEEDED');
      this.#requireNew(settled, undefined);
      const credential = this.#seal(settled, order.password);
      const createdAtMs = this.#deps.clock.nowMs();
      const upper = await this.#deps.repository.insertUpper({ ...settled, credential, createdAtMs });
      this.#uppers.set(upper.id, upper);
      this.#join(upper);
      return this.#view(upper);
    });
  }

  /** What is left out stays. The registration begins anew. */
  async change(id: number, change: UpperSettings): Promise<Upper> {
    return await this.#writes.run('uppers', async () => {
      const before = this.#record(id);
      const settled = settledUpper(before, change, this.#deps.port.ownGbId);
      this.#requireNew(settled, id);
      const password = change.password ?? this.#open(before);
      const upper = { ...before, ...settled, credential: this.#seal(settled, password) };
      await this.#deps.repository.updateUpper(upper);
      await this.#deps.port.leave(id);
      this.#uppers.set(id, upper);
      this.#join(upper);
      return this.#view(upper);
    });
  }

  async remove(id: number): Promise<void> {
    await this.#writes.run('uppers', async () => {
      this.#record(id);
      await this.#deps.repository.removeUpper(id);
      this.#uppers.delete(id);
      this.#notices.forget(id);
      await this.#deps.port.leave(id);
      this.#shares.removeUpper(id);
    });
  }

  /** All or none. Refuses with ALREADY_EXISTS for an ID that is taken, INVALID_ARGUMENT for one that is none. */
  async share(id: number, orders: readonly ShareOrder[]): Promise<readonly Share[]> {
    return await this.#writes.run('uppers', async () => {
      const upper = this.#record(id);
      const added: ShareRecord[] = [];
      const shown: Share[] = [];
      const taken = new Set<string>();
      for (const { camera, gbId: wanted } of orders) {
        const { device, channel } = camera;
        const known = this.#shares.ofChannel(id, channel.id);
        if (known !== undefined) {
          // An ID is for ever: who wants another takes the channel out first.
          if (wanted !== undefined && wanted !== known.gbId)
            throw refuse('ALREADY_EXISTS', { field: 'gbId' });
          shown.push({ gbId: known.gbId, camera });
          continue;
        }
        const isTaken = (gbId: string): boolean => taken.has(gbId) || this.#shares.of(id).has(gbId);
        const order = { wanted, channelGbId: channel.gbId, channelId: channel.id };
        const gbId = ownIdOf(order, upper.localGbId, isTaken);
        if (gbId === undefined)
          throw refuse(wanted !== undefined && isTaken(wanted) ? 'ALREADY_EXISTS' : 'INVALID_ARGUMENT', {
            field: 'gbId',
          });
        taken.add(gbId);
        added.push({ upperId: id, deviceId: device.id, channelId: channel.id, gbId });
        shown.push({ gbId, camera });
      }
      if (this.#shares.of(id).size + added.length > MAX_SHARES) throw refuse('QUOTA_EXCEEDED');
      if (added.length > 0) await this.#deps.repository.addShares(added);
      for (const share of added) this.#shares.put(share);
      this.#notices.upperChanged(id);
      return shown;
    });
  }

  /** What is not shown is left out without a word. */
  async unshare(id: number, gbIds: readonly string[]): Promise<void> {
    await this.#writes.run('uppers', async () => {
      this.#record(id);
      const known = gbIds.filter((gbId) => this.#shares.of(id).has(gbId));
      if (known.length > 0) await this.#deps.repository.removeShares(id, known);
      for (const gbId of known) {
        const share = this.#shares.of(id).get(gbId);
        if (share !== undefined) this.#shares.remove(share);
      }
      this.#notices.upperChanged(id);
    });
  }

  shares(id: number, { offset, limit }: PageRequest): Page<Share> {
    this.#record(id);
    const all = [...this.#shares.of(id).values()];
    const items = all.slice(offset, offset + limit).map((share) => ({
      gbId: share.gbId,
      camera: this.#shown.camera(share),
    }));
    return { items, total: all.length };
  }

  /** Its shares went with it. */
  deviceRemoved(deviceId: number): void {
    const uppers = this.#shares.uppersOf(deviceId);
    this.#shares.removeDevice(deviceId);
    for (const upperId of uppers) this.#notices.upperChanged(upperId);
  }

  /** An alarm of a device; `channelGbId` undefined or unknown: of the device as a whole, told of each channel shown. */
  alarm(deviceId: number, channelGbId: string | undefined, alarm: Omit<UpwardAlarm, 'gbId'>): void {
    for (const [upperId, gbId] of this.#idsOf(deviceId, channelGbId))
      this.#deps.port.notifyAlarm(upperId, { ...alarm, gbId });
  }

  position(deviceId: number, channelGbId: string | undefined, position: Omit<UpwardPosition, 'gbId'>): void {
    for (const [upperId, gbId] of this.#idsOf(deviceId, channelGbId))
      this.#deps.port.notifyPosition(upperId, { ...position, gbId });
  }

  direction(deviceId: number, channelGbId: string, direction: Omit<UpwardDirection, 'gbId'>): void {
    for (const [upperId, gbId] of this.#idsOf(deviceId, channelGbId))
      this.#deps.port.notifyDirection(upperId, { ...direction, gbId });
  }

  /** Where a channel is shown, and as whom; of a device as a whole, its first channel there stands for it. */
  *#idsOf(deviceId: number, channelGbId: string | undefined): Generator<readonly [number, string]> {
    const uppers = this.#shares.uppersOf(deviceId);
    if (uppers.length === 0) return;
    const channels = this.#deps.registry.channels(deviceId);
    const channel = channels.find(({ gbId }) => gbId === channelGbId) ?? channels[0];
    for (const upperId of uppers) {
      const share = channel && this.#shares.ofChannel(upperId, channel.id);
      if (share !== undefined) yield [upperId, share.gbId];
    }
  }

  #find(
    upper: UpperRecord,
    gbId: string,
  ): { readonly deviceGbId: string; readonly channelGbId: string } | undefined {
    const camera = this.#shown.cameraOf(upper, gbId);
    return camera && { deviceGbId: camera.device.gbId, channelGbId: camera.channel.gbId };
  }

  async #openMedia(order: UpwardMediaOrder): Promise<UpwardMedia> {
    const camera = this.#with(order.upperKey, (upper) => this.#shown.cameraOf(upper, order.gbId));
    if (camera === undefined) throw refuse('CHANNEL_NOT_FOUND');
    return await (order.kind === 'play'
      ? this.#streams.open(camera, order)
      : this.#recordings.open(camera, order));
  }

  #with<T>(key: number, use: (upper: UpperRecord) => T | undefined): T | undefined {
    const upper = this.#uppers.get(key);
    return upper && use(upper);
  }

  #record(id: number): UpperRecord {
    const upper = this.#uppers.get(id);
    if (upper === undefined) throw refuse('PLATFORM_NOT_FOUND');
    return upper;
  }

  #view(upper: UpperRecord): Upper {
    const shown: Omit<UpperRecord, 'credential'> & { credential?: string } = { ...upper };
    delete shown.credential;
    const registration = this.#deps.port.registration(upper.id) ?? NOT_STARTED;
    return { ...shown, shares: this.#shares.of(upper.id).size, registration };
  }

  /** One of our IDs registers to a platform once. */
  #requireNew(
    { gbId, localGbId }: Pick<UpperRecord, 'gbId' | 'localGbId'>,
    except: number | undefined,
  ): void {
    for (const other of this.#uppers.values())
      if (other.id !== except && other.gbId === gbId && other.localGbId === localGbId)
        throw refuse('ALREADY_EXISTS');
  }

  #join(upper: UpperRecord): void {
    if (!upper.enabled) return;
    this.#notices.begin(upper);
    try {
      this.#deps.port.join({ ...upper, key: upper.id, password: this.#open(upper) });
    } catch (error) {
      const { logger } = this.#deps;
      logger.error({ err: error, upperId: upper.gbId }, 'the registration upward cannot begin');
    }
  }

  #seal(upper: Pick<UpperRecord, 'gbId' | 'localGbId'>, password: string): string {
    return this.#deps.secretBox.seal(ownerOf(upper), Buffer.from(password, 'utf8'));
  }

  #open(upper: UpperRecord): string {
    const opened = this.#deps.secretBox.open(ownerOf(upper), upper.credential);
    if (opened === undefined)
      throw new CoreError('INTERNAL', 'the password of an upper platform does not open');
    return opened.toString('utf8');
  }
}

function ownerOf({ gbId, localGbId }: Pick<UpperRecord, 'gbId' | 'localGbId'>): string {
  return `upper ${gbId} ${localGbId}`;
}
