import { isDeviceSerial, isGbId } from '@yimu/shared';
import { type Clock, CoreError, KeyedQueue, type Logger, type RandomSource } from '../../kernel/index.ts';
import { cleanText } from '../clean-text.ts';
import type {
  CatalogueNodeRecord,
  ChannelRecord,
  DeviceRecord,
  DeviceRepository,
} from '../ports/repositories.ts';
import type { DevicePresence, MediaTransport, SignallingPort } from '../ports/signalling.ts';
import { refuse } from '../refuse.ts';
import type { SecretBox } from '../secret-box.ts';
import { type DeviceCredential, hashPassword, openHashes, sealHashes } from './credentials.ts';
import {
  type Camera,
  type Channel,
  type Device,
  type Page,
  type PageRequest,
  requireOnline,
  toChannel,
  toDevice,
} from './device.ts';
import type { DeviceRegistry } from './device-registry.ts';
import { NAME_LENGTH } from './catalogue-limits.ts';
import { newSerial } from './serial.ts';

const MAX_PASSWORD_LENGTH = 128;
const SERIAL_ATTEMPTS = 8;

/** A device as an operator adds it. Without password it must be marked `passwordless` on purpose. */
export interface NewDevice {
  readonly gbId: string;
  readonly name?: string | undefined;
  readonly password?: string | undefined;
  readonly passwordless?: boolean | undefined;
  readonly mediaTransport?: MediaTransport | undefined;
}

/** What an operator may change; what is absent stays. */
export interface DeviceChange {
  readonly name?: string;
  readonly password?: string;
  readonly passwordless?: boolean;
  /** `null` = back to the order of the settings. */
  readonly mediaTransport?: MediaTransport | null;
}

interface Deps {
  readonly registry: DeviceRegistry;
  readonly repository: DeviceRepository;
  readonly signalling: SignallingPort;
  readonly secretBox: SecretBox;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly realm: string;
  readonly maxDevices: number;
  /** Called after a device is gone, to end what runs on it. */
  readonly onRemoved: (device: DeviceRecord) => void;
}

/** Use-cases on devices and channels. What is acknowledged here is durable. */
export class Devices {
  readonly #deps: Deps;
  readonly #credentials = new Map<string, DeviceCredential>();
  readonly #writes = new KeyedQueue();
  /** Devices whose last registration was refused for the password, by gbId; only known ones. */
  readonly #passwordRefused = new Set<string>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Fills the registry from the database. */
  async load(): Promise<void> {
    const { registry, repository, logger } = this.#deps;
    for (const device of await repository.loadDevices()) {
      registry.put(device);
      this.#remember(device);
    }
    const byDevice = new Map<number, ChannelRecord[]>();
    for (const channel of await repository.loadChannels()) {
      const channels = byDevice.get(channel.deviceId);
      if (channels) channels.push(channel);
      else byDevice.set(channel.deviceId, [channel]);
    }
    for (const [deviceId, channels] of byDevice) registry.setChannels(deviceId, channels);
    const nodes = new Map<number, CatalogueNodeRecord[]>();
    for (const node of await repository.loadNodes()) {
      const ofDevice = nodes.get(node.deviceId);
      if (ofDevice) ofDevice.push(node);
      else nodes.set(node.deviceId, [node]);
    }
    for (const [deviceId, ofDevice] of nodes) registry.setNodes(deviceId, ofDevice);
    logger.info({ devices: registry.size, channels: registry.channelCount }, 'devices loaded');
  }

  /** Digest credential of a device, without I/O; undefined for an ID that nobody added. */
  credential(gbId: string): DeviceCredential | undefined {
    return this.#credentials.get(gbId);
  }

  /** A device was refused for its password. While it is online this says nothing: anybody can try its ID. */
  notePasswordRefused(gbId: string): void {
    const { registry, signalling } = this.#deps;
    if (registry.byGbId(gbId) && !signalling.presence(gbId).online) this.#passwordRefused.add(gbId);
  }

  /** A device came online, or has another password now. */
  forgetRefusal(gbId: string): void {
    this.#passwordRefused.delete(gbId);
  }

  get count(): number {
    return this.#deps.registry.size;
  }

  async add(order: NewDevice): Promise<Device> {
    const [device] = await this.addMany([order]);
    if (device === undefined) throw refuse('STORAGE_FAILED');
    return device;
  }

  /** Adds all of them or none, in one transaction. */
  async addMany(orders: readonly NewDevice[]): Promise<readonly Device[]> {
    const { registry } = this.#deps;
    const ids = new Set(orders.map(({ gbId }) => gbId));
    if (ids.size < orders.length) throw refuse('INVALID_ARGUMENT', { field: 'gbId' });
    orders.forEach(requireSound);
    return await this.#writes.run('add', async () => {
      if (orders.some(({ gbId }) => registry.byGbId(gbId))) throw refuse('ALREADY_EXISTS');
      if (registry.size + orders.length > this.#deps.maxDevices) throw refuse('QUOTA_EXCEEDED');
      const records = await this.#insert(orders.map((order) => this.#ordered(order)));
      for (const record of records) {
        registry.put(record);
        this.#remember(record);
      }
      return records.map((record) => this.#view(record));
    });
  }

  #ordered(order: NewDevice): Omit<DeviceRecord, 'id'> {
    return {
      gbId: order.gbId,
      serial: '',
      name: cleanText(order.name, NAME_LENGTH),
      reportedName: undefined,
      credential: order.password === undefined ? undefined : this.#seal(order.gbId, order.password),
      passwordless: order.passwordless ?? false,
      mediaTransport: order.mediaTransport,
      manufacturer: undefined,
      model: undefined,
      firmware: undefined,
      nextChannelNo: 1,
      lastSeenAtMs: undefined,
      createdAtMs: this.#deps.clock.nowMs(),
    };
  }

  async change(ref: string, change: DeviceChange): Promise<Device> {
    const { gbId, id } = this.#record(ref);
    return await this.#writes.run(gbId, async () => {
      const { registry, repository, signalling } = this.#deps;
      const before = registry.byId(id);
      if (!before) throw refuse('DEVICE_NOT_FOUND');
      const after = this.#changed(before, change);
      await repository.update(after);
      // What was learnt from the device meanwhile stays.
      const current = registry.byId(id);
      if (!current) throw refuse('DEVICE_NOT_FOUND');
      const { name, credential, passwordless, mediaTransport } = after;
      const next = { ...current, name, credential, passwordless, mediaTransport };
      registry.put(next);
      this.#remember(next);
      if (credential !== before.credential || passwordless !== before.passwordless) {
        this.forgetRefusal(gbId);
        signalling.forget(gbId);
      }
      return this.#view(next);
    });
  }

  /** Removes the device, its channels and what runs on them. */
  async remove(ref: string): Promise<void> {
    const { gbId, id } = this.#record(ref);
    await this.#writes.run(gbId, async () => {
      const { registry, repository, signalling } = this.#deps;
      const record = registry.byId(id);
      if (!record) throw refuse('DEVICE_NOT_FOUND');
      await repository.remove(id);
      this.#credentials.delete(gbId);
      this.forgetRefusal(gbId);
      this.#deps.onRemoved(record);
      registry.remove(id);
      signalling.forget(gbId);
    });
  }

  /** `ref` is a serial, in any case, or a 20-digit gbId. */
  get(ref: string): Device {
    return this.#view(this.#record(ref));
  }

  /** By gbId; undefined when there is none. */
  find(gbId: string): Device | undefined {
    const record = this.#deps.registry.byGbId(gbId);
    return record && this.#view(record);
  }

  /** By numeric id; undefined when it was removed. */
  byId(id: number): Device | undefined {
    const record = this.#deps.registry.byId(id);
    return record && this.#view(record);
  }

  list(page: PageRequest): Page<Device> {
    const { registry } = this.#deps;
    const items: Device[] = [];
    let at = 0;
    for (const record of registry.all()) {
      if (items.length >= page.limit) break;
      if (at >= page.offset) items.push(this.#view(record));
      at += 1;
    }
    return { items, total: registry.size };
  }

  channels(device: Device): readonly Channel[] {
    return this.#deps.registry.channels(device.id).map((channel) => toChannel(channel, device));
  }

  /** Channels of all devices, by device and number. */
  listCameras(page: PageRequest): Page<Camera> {
    const { registry } = this.#deps;
    const items: Camera[] = [];
    let at = 0;
    for (const record of registry.all()) {
      if (items.length >= page.limit) break;
      const channels = registry.channels(record.id);
      if (at + channels.length > page.offset) {
        const device = this.#view(record);
        for (const channel of channels.slice(Math.max(0, page.offset - at))) {
          if (items.length < page.limit) items.push({ device, channel: toChannel(channel, device) });
        }
      }
      at += channels.length;
    }
    return { items, total: registry.channelCount };
  }

  /**
   * One camera, by number or (when given) by the channel's gbId. A device that never told its cameras is refused for
   * being offline: which cameras it has is not known.
   */
  camera(ref: string, which: { readonly no: number } | { readonly gbId: string }): Camera {
    const device = this.get(ref);
    const channels = this.#deps.registry.channels(device.id);
    const record = channels.find((channel) =>
      'gbId' in which ? channel.gbId === which.gbId : channel.no === which.no,
    );
    if (channels.length === 0) requireOnline(device);
    if (!record) throw refuse('CHANNEL_NOT_FOUND');
    return { device, channel: toChannel(record, device) };
  }

  presence(gbId: string): DevicePresence {
    return this.#deps.signalling.presence(gbId);
  }

  #record(ref: string): DeviceRecord {
    const { registry } = this.#deps;
    const serial = ref.toUpperCase();
    const found = isGbId(ref)
      ? registry.byGbId(ref)
      : isDeviceSerial(serial)
        ? registry.bySerial(serial)
        : undefined;
    if (!found) throw refuse('DEVICE_NOT_FOUND');
    return found;
  }

  #view(record: DeviceRecord): Device {
    const { gbId } = record;
    return toDevice(record, this.#deps.signalling.presence(gbId), this.#passwordRefused.has(gbId));
  }

  #changed(before: DeviceRecord, change: DeviceChange): DeviceRecord {
    const passwordless = change.passwordless ?? (change.password === undefined ? before.passwordless : false);
    if (passwordless && change.password !== undefined)
      throw refuse('INVALID_ARGUMENT', { field: 'password' });
    const credential =
      change.password !== undefined
        ? this.#seal(before.gbId, change.password)
        : passwordless
          ? undefined
          : before.credential;
    if (!passwordless && credential === undefined) throw refuse('INVALID_ARGUMENT', { field: 'password' });
    return {
      ...before,
      name: change.name === undefined ? before.name : cleanText(change.name, NAME_LENGTH),
      passwordless,
      credential,
      mediaTransport:
        change.mediaTransport === undefined ? before.mediaTransport : (change.mediaTransport ?? undefined),
    };
  }

  /** Serials are drawn until none of them was ever used before. */
  async #insert(devices: readonly Omit<DeviceRecord, 'id'>[]): Promise<readonly DeviceRecord[]> {
    const { repository, random } = this.#deps;
    for (let attempt = 1; ; attempt += 1) {
      const drawn = devices.map((device) => ({ ...device, serial: newSerial(random) }));
      const [only, ...others] = drawn;
      try {
        if (only !== undefined && others.length === 0) return [await repository.insert(only)];
        return await repository.insertMany(drawn);
      } catch (error) {
        const taken = error instanceof CoreError && error.code === 'CONFLICT';
        if (!taken || attempt >= SERIAL_ATTEMPTS) throw error;
      }
    }
  }

  #seal(gbId: string, password: string): string {
    if (password.length === 0 || password.length > MAX_PASSWORD_LENGTH)
      throw refuse('INVALID_ARGUMENT', { field: 'password' });
    return sealHashes(this.#deps.secretBox, gbId, hashPassword(gbId, this.#deps.realm, password));
  }

  /** Opens the sealed hashes once, so that a registration costs a map lookup. */
  #remember(device: DeviceRecord): void {
    const { secretBox, logger, realm } = this.#deps;
    const { gbId, passwordless, credential: sealed } = device;
    const hashes = sealed === undefined ? undefined : openHashes(secretBox, gbId, sealed);
    if (sealed !== undefined && hashes?.realm !== realm) {
      const problem = hashes ? 'realm has changed since the password was set' : 'credential does not open';
      logger.warn({ deviceId: gbId, problem }, 'device cannot register until its password is set again');
    }
    const valid = hashes?.realm === realm ? hashes : undefined;
    this.#credentials.set(gbId, { gbId, ha1Md5: valid?.md5, ha1Sha256: valid?.sha256, passwordless });
  }
}

function requireSound({ gbId, password, passwordless = false }: NewDevice): void {
  if (!isGbId(gbId)) throw refuse('INVALID_ARGUMENT', { field: 'gbId' });
  if (passwordless === (password !== undefined)) throw refuse('INVALID_ARGUMENT', { field: 'password' });
}
