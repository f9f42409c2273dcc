import type {
  AnsweredList,
  CruiseTrack,
  CruiseTrackHead,
  DeviceStatusAnswer,
  HomePosition,
  Preset,
  PtzPosition,
  SdCard,
} from '@yimu/shared';
import type { Asking, Capabilities } from '../capabilities/capabilities.ts';
import { type Camera, type Device, requireOnline } from '../devices/device.ts';
import type { QueriesPort } from '../ports/queries.ts';
import { refuse } from '../refuse.ts';

const MAX_TRACK = 255;

interface Deps {
  readonly queries: QueriesPort;
  readonly capabilities: Capabilities;
}

/**
 * What devices can be asked. Refuses with DEVICE_OFFLINE, DEVICE_TIMEOUT, DEVICE_REFUSED, DEVICE_BUSY, and with
 * NOT_SUPPORTED_BY_DEVICE without asking when the device is known not to know the question, unless by force.
 */
export class DeviceQuestions {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async status(device: Device, asking?: Asking): Promise<DeviceStatusAnswer> {
    this.#require({ device }, 'DeviceStatus', asking);
    return await this.#deps.queries.deviceStatus(device.gbId);
  }

  async presets(camera: Camera, asking?: Asking): Promise<AnsweredList<Preset>> {
    this.#require(camera, 'PresetQuery', asking);
    return await this.#deps.queries.presets(camera.device.gbId, camera.channel.gbId);
  }

  async homePosition(camera: Camera, asking?: Asking): Promise<HomePosition> {
    this.#require(camera, 'HomePositionQuery', asking);
    return await this.#deps.queries.homePosition(camera.device.gbId, camera.channel.gbId);
  }

  async cruiseTracks(camera: Camera, asking?: Asking): Promise<AnsweredList<CruiseTrackHead>> {
    this.#require(camera, 'CruiseTrackListQuery', asking);
    return await this.#deps.queries.cruiseTracks(camera.device.gbId, camera.channel.gbId);
  }

  /** `number` from 0, as {@link cruiseTracks} names it. */
  async cruiseTrack(camera: Camera, number: number, asking?: Asking): Promise<CruiseTrack> {
    if (!Number.isInteger(number) || number < 0 || number > MAX_TRACK)
      throw refuse('INVALID_ARGUMENT', { field: 'number' });
    this.#require(camera, 'CruiseTrackQuery', asking);
    return await this.#deps.queries.cruiseTrack(camera.device.gbId, camera.channel.gbId, number);
  }

  async ptzPosition(camera: Camera, asking?: Asking): Promise<PtzPosition> {
    this.#require(camera, 'PTZPosition', asking);
    return await this.#deps.queries.ptzPosition(camera.device.gbId, camera.channel.gbId);
  }

  /** Cards of the device itself, or of one camera. */
  async sdCards(target: Device | Camera, asking?: Asking): Promise<AnsweredList<SdCard>> {
    const place = 'channel' in target ? target : { device: target };
    this.#require(place, 'SDCardStatus', asking);
    const targetGbId = 'channel' in target ? target.channel.gbId : target.gbId;
    return await this.#deps.queries.sdCards(place.device.gbId, targetGbId);
  }

  #require(
    { device, channel }: { readonly device: Device; readonly channel?: Camera['channel'] },
    command: string,
    asking: Asking | undefined,
  ): void {
    requireOnline(device);
    this.#deps.capabilities.require({ device, channelGbId: channel?.gbId }, command, asking);
  }
}
