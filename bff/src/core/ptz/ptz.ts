import {
  faultOfCommand,
  type LensSteering,
  PTZ_LENS,
  type PtzLens,
  type PtzMove,
  type PtzSteering,
} from '@yimu/shared';
import { type Cancel, type Clock, CoreError, type Instruments, type Logger } from '../../kernel/index.ts';
import { type Camera, canTurn, requireOnline } from '../devices/device.ts';
import type { PtzOrder, SignallingPort } from '../ports/signalling.ts';
import { refuse } from '../refuse.ts';
import type { CoreSettings } from '../settings.ts';
import { OrderLane } from './order-lane.ts';

const MIN_SPEED = 1;
const MAX_SPEED = 255;

interface Movement {
  readonly camera: Camera;
  readonly lens: boolean;
  readonly cancelDeadMan: Cancel;
}

interface Deps {
  readonly signalling: SignallingPort;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly instruments: Instruments;
  readonly settings: CoreSettings;
}

/**
 * Use-cases on movement. Orders to one camera go out one after another; of those that wait the last one
 * counts, and a stop is never left out. What nobody stops, the server stops.
 */
export class Ptz {
  readonly #deps: Deps;
  /** By channel; a lane without orders is not kept. */
  readonly #lanes = new Map<number, OrderLane>();
  readonly #moving = new Map<number, Movement>();

  constructor(deps: Deps) {
    this.#deps = deps;
    deps.instruments.gauge('yimu_ptz_moving', 'cameras that move now', () => this.#moving.size);
  }

  /** `speed` 1–255. Resolves when the device has taken the order, or a later one that overtook it. */
  async start(camera: Camera, move: PtzMove, speed: number): Promise<void> {
    if (!Number.isInteger(speed) || speed < MIN_SPEED || speed > MAX_SPEED)
      throw refuse('INVALID_ARGUMENT', { field: 'speed' });
    await this.#begin(camera, { do: 'move', move, speed }, isLens(move));
  }

  async #begin(camera: Camera, order: PtzOrder, lens: boolean): Promise<void> {
    const { settings } = this.#deps;
    this.#requireOnline(camera);
    if (!camera.channel.online) throw refuse('CHANNEL_OFFLINE');
    if (!canTurn(camera.channel.ptzType)) throw refuse('NOT_SUPPORTED_BY_DEVICE');
    const id = camera.channel.id;
    if (!this.#moving.has(id) && this.#moving.size >= settings.maxMoving) throw refuse('QUOTA_EXCEEDED');
    await this.#lane(id).move(() => this.#moveNow(camera, order, lens));
  }

  /** Several axes at once, each at a speed of its own; stopped as any movement is. */
  async steer(camera: Camera, steering: PtzSteering | LensSteering): Promise<void> {
    const fault = faultOfCommand(steering);
    if (fault !== undefined) throw refuse('INVALID_ARGUMENT', { field: fault });
    await this.#begin(camera, steering, steering.do === 'steer-lens');
  }

  /** Stops every movement of the camera; harmless when it stands. */
  async stop(camera: Camera): Promise<void> {
    this.#requireOnline(camera);
    await this.#lane(camera.channel.id).stop(() => this.#stopNow(camera));
  }

  /** The device is gone: nothing can be sent to it, and it stands when it comes back. */
  forgetDevice(deviceGbId: string): void {
    for (const [id, { camera }] of this.#moving) {
      if (camera.device.gbId === deviceGbId) this.#forget(id);
    }
  }

  /** Stops what still moves. */
  async close(): Promise<void> {
    const stops = [...this.#moving.values()].map(({ camera }) => this.stop(camera));
    await Promise.allSettled(stops);
  }

  #requireOnline({ device }: Camera): void {
    requireOnline({ ...device, online: this.#deps.signalling.presence(device.gbId).online });
  }

  #lane(id: number): OrderLane {
    const known = this.#lanes.get(id);
    if (known) return known;
    const lane = new OrderLane(() => this.#lanes.delete(id));
    this.#lanes.set(id, lane);
    return lane;
  }

  async #moveNow(camera: Camera, order: PtzOrder, lens: boolean): Promise<void> {
    this.#watch(camera, lens);
    try {
      await this.#send(camera, order);
    } catch (error) {
      if (error instanceof CoreError && error.code === 'DEVICE_OFFLINE') this.#forget(camera.channel.id);
      throw error;
    }
  }

  /** The dead-man's timer starts before the order goes out: an order whose answer is lost may move the camera. */
  #watch(camera: Camera, lens: boolean): void {
    const id = camera.channel.id;
    const before = this.#moving.get(id);
    before?.cancelDeadMan();
    const cancelDeadMan = this.#deps.clock.after(this.#deps.settings.ptzDeadManMs, () => {
      this.#onDeadMan(camera);
    });
    this.#moving.set(id, { camera, lens: lens || before?.lens === true, cancelDeadMan });
  }

  #onDeadMan(camera: Camera): void {
    this.#deps.logger.info(
      { channelId: camera.channel.gbId },
      'a movement was not stopped and is stopped now',
    );
    this.stop(camera).catch((error: unknown) => {
      this.#forget(camera.channel.id);
      this.#deps.logger.warn(
        { err: error, channelId: camera.channel.gbId },
        'a movement could not be stopped',
      );
    });
  }

  async #stopNow(camera: Camera): Promise<void> {
    const movement = this.#moving.get(camera.channel.id);
    // Focus and iris have a stop of their own (GB/T 28181-2016 A.3.3).
    if (movement?.lens === true) await this.#send(camera, { do: 'stop', lens: true });
    await this.#send(camera, { do: 'stop', lens: false });
    this.#forget(camera.channel.id);
  }

  #forget(id: number): void {
    this.#moving.get(id)?.cancelDeadMan();
    this.#moving.delete(id);
  }

  async #send(camera: Camera, order: PtzOrder): Promise<void> {
    await this.#deps.signalling.ptz(camera.device.gbId, camera.channel.gbId, order);
  }
}

const OWN_STOP: ReadonlySet<PtzMove> = new Set<PtzLens>(
  PTZ_LENS.filter((move) => move !== 'zoomIn' && move !== 'zoomOut'),
);

function isLens(move: PtzMove): boolean {
  return OWN_STOP.has(move);
}
