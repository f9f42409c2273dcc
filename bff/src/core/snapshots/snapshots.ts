import type { Cancel, Clock, Counter, Instruments, Logger, RandomSource } from '../../kernel/index.ts';
import type { Asking, Capabilities } from '../capabilities/capabilities.ts';
import { type Camera, requireOnline } from '../devices/device.ts';
import type { ConfigPort, SnapshotsNotice } from '../ports/config.ts';
import type { SnapshotStore } from '../ports/snapshots.ts';
import { refuse } from '../refuse.ts';

const MAX_PICTURES = 10;
const MAX_INTERVAL_S = 60;
const MAX_ORDERS = 256;
const MAX_ORDERS_PER_DEVICE = 4;
/** From the device's consent to its last picture, beside the intervals. */
const UPLOAD_WITHIN_MS = 30_000;
/** Between the notice and pictures that are still under way, or the other way round. */
const GRACE_MS = 5_000;
const TOKEN_BYTES = 24;
const SESSION_ID_BYTES = 16;
/** The notice, as a thing that a device can or cannot do. */
const NOTICE = 'UploadSnapShotFinished';

/** What is to be pictured. */
export interface SnapshotOrder {
  /** 1–10. */
  readonly count: number;
  /** Between two pictures, 1–60 s. */
  readonly intervalS: number;
}

/** What a camera has uploaded. */
export interface SnapshotResult {
  readonly pictures: readonly { readonly name: string; readonly bytes: number }[];
  /** As the device names them when it is done; undefined when it did not say so. */
  readonly fileIds: readonly string[] | undefined;
  /** As many as were ordered. */
  readonly complete: boolean;
}

interface Pending {
  readonly deviceGbId: string;
  readonly sessionId: string;
  readonly count: number;
  readonly pictures: { readonly name: string; readonly bytes: number }[];
  /** Pictures that are being stored. */
  storing: number;
  fileIds: readonly string[] | undefined;
  readonly finish: () => void;
  grace: Cancel | undefined;
}

interface Deps {
  readonly config: ConfigPort;
  readonly capabilities: Capabilities;
  readonly store: SnapshotStore;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly instruments: Instruments;
  /** Where devices reach this server by HTTP, without a slash at the end; undefined: nowhere yet. */
  readonly uploadBase: () => string | undefined;
}

/**
 * Pictures that cameras take by themselves and upload over HTTP (GB/T 28181-2022 §9.14). How they upload is not
 * defined: a secret of the order's own in the path is what binds a picture to it.
 */
export class Snapshots {
  readonly #deps: Deps;
  /** By token. */
  readonly #orders = new Map<string, Pending>();
  readonly #taken: Counter;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#taken = deps.instruments.counter('yimu_snapshots', 'pictures that cameras have uploaded');
    deps.instruments.gauge(
      'yimu_snapshot_orders',
      'orders whose pictures are awaited',
      () => this.#orders.size,
    );
  }

  /**
   * Has pictures taken; resolves when the device says that it is done, or all are there. Refuses as every question
   * does, with DEVICE_TIMEOUT when no picture comes, and with DEVICE_REFUSED when the device says that it has none.
   */
  async take(camera: Camera, order: SnapshotOrder, asking?: Asking): Promise<SnapshotResult> {
    const { config, capabilities, random, uploadBase } = this.#deps;
    const { device, channel } = camera;
    checkOrder(order);
    requireOnline(device);
    capabilities.require({ device, channelGbId: channel.gbId }, 'DeviceConfig.SnapShotConfig', asking);
    const base = uploadBase();
    if (base === undefined) throw refuse('MEDIA_UNAVAILABLE', { why: 'no address for uploads' });
    this.#requireRoom(device.gbId);
    const token = random.hex(TOKEN_BYTES);
    const sessionId = random.hex(SESSION_ID_BYTES);
    const waiting = this.#await(token, { deviceGbId: device.gbId, sessionId, count: order.count });
    try {
      await config.write(device.gbId, channel.gbId, 'SnapShotConfig', {
        snapNum: order.count,
        intervalS: order.intervalS,
        uploadUrl: `${base}/device-uploads/${token}`,
        sessionId,
      });
      return await waiting.result(UPLOAD_WITHIN_MS + (order.count - 1) * order.intervalS * 1_000);
    } finally {
      waiting.end();
    }
  }

  /** Whether a picture is awaited under this token. */
  awaits(token: string): boolean {
    const order = this.#orders.get(token);
    return order !== undefined && order.pictures.length + order.storing < order.count;
  }

  /** Takes a picture; false when none is awaited under the token. Refuses with STORAGE_FAILED. */
  async receive(token: string, jpeg: Uint8Array): Promise<boolean> {
    const order = this.#orders.get(token);
    if (order === undefined || !this.awaits(token)) return false;
    order.storing += 1;
    try {
      const name = await this.#deps.store.save(jpeg);
      order.pictures.push({ name, bytes: jpeg.length });
      this.#taken.add();
    } catch (error) {
      this.#deps.logger.error({ err: error, deviceId: order.deviceGbId }, 'a picture could not be stored');
      throw refuse('STORAGE_FAILED', { deviceId: order.deviceGbId }, error);
    } finally {
      order.storing -= 1;
      this.#settle(order);
    }
    return true;
  }

  /** A device says that it is done. */
  onFinished({ deviceGbId, sessionId, fileIds }: SnapshotsNotice): void {
    for (const order of this.#orders.values()) {
      if (order.sessionId !== sessionId || order.deviceGbId !== deviceGbId) continue;
      order.fileIds = fileIds;
      this.#learn(order, 'supported');
      this.#settle(order);
    }
  }

  /** A picture by its name; undefined when it is not there any more. */
  async picture(name: string): Promise<Uint8Array | undefined> {
    return await this.#deps.store.read(name);
  }

  #requireRoom(deviceGbId: string): void {
    const own = [...this.#orders.values()].filter((order) => order.deviceGbId === deviceGbId).length;
    if (own >= MAX_ORDERS_PER_DEVICE) throw refuse('DEVICE_BUSY', { deviceId: deviceGbId });
    if (this.#orders.size >= MAX_ORDERS) throw refuse('QUOTA_EXCEEDED');
  }

  #await(
    token: string,
    { deviceGbId, sessionId, count }: Pick<Pending, 'deviceGbId' | 'sessionId' | 'count'>,
  ): { readonly result: (withinMs: number) => Promise<SnapshotResult>; readonly end: () => void } {
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const order: Pending = {
      ...{ deviceGbId, sessionId, count, storing: 0, fileIds: undefined, grace: undefined },
      pictures: [],
      finish,
    };
    this.#orders.set(token, order);
    let stop: Cancel = () => undefined;
    return {
      result: async (withinMs) => {
        stop = this.#deps.clock.after(withinMs, finish);
        await finished;
        return this.#resultOf(order);
      },
      end: () => {
        stop();
        order.grace?.();
        this.#orders.delete(token);
      },
    };
  }

  /** Everything is there, or what is missing gets a little time. */
  #settle(order: Pending): void {
    if (order.storing > 0) return;
    const { pictures, count, fileIds } = order;
    const announced = Math.min(fileIds?.length ?? count, count);
    if (fileIds !== undefined && pictures.length >= announced && announced > 0) order.finish();
    else if (fileIds !== undefined || pictures.length >= count)
      order.grace ??= this.#deps.clock.after(GRACE_MS, order.finish);
  }

  #resultOf(order: Pending): SnapshotResult {
    const { pictures, fileIds, count, deviceGbId } = order;
    if (fileIds === undefined) this.#learn(order, 'silent');
    if (pictures.length === 0)
      throw refuse(fileIds === undefined ? 'DEVICE_TIMEOUT' : 'DEVICE_REFUSED', { deviceId: deviceGbId });
    return { pictures: [...pictures], fileIds, complete: pictures.length >= count };
  }

  #learn({ deviceGbId }: Pending, outcome: 'supported' | 'silent'): void {
    const common = { sipStatus: undefined, text: undefined, gbVersion: undefined };
    this.#deps.capabilities.learn({
      ...common,
      gbId: deviceGbId,
      targetGbId: deviceGbId,
      command: NOTICE,
      outcome,
    });
  }
}

function checkOrder({ count, intervalS }: SnapshotOrder): void {
  if (!Number.isInteger(count) || count < 1 || count > MAX_PICTURES)
    throw refuse('INVALID_ARGUMENT', { field: 'count' });
  if (!Number.isInteger(intervalS) || intervalS < 1 || intervalS > MAX_INTERVAL_S)
    throw refuse('INVALID_ARGUMENT', { field: 'intervalS' });
}
