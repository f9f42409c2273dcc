import { type Principal, sees } from '../access/principal.ts';
import { refuse } from '../refuse.ts';
import type { Camera, Channel, Device, Page, PageRequest } from './device.ts';
import type { Devices } from './devices.ts';

/** The devices as one principal sees them: what it may not see does not exist. */
export class DevicesInSight {
  readonly #devices: Devices;
  readonly #principal: Principal;

  constructor(devices: Devices, principal: Principal) {
    this.#devices = devices;
    this.#principal = principal;
  }

  /** `ref` is a serial, in any case, or a 20-digit gbId. Refuses with DEVICE_NOT_FOUND. */
  get(ref: string): Device {
    const device = this.#devices.get(ref);
    if (!sees(this.#principal, device.gbId)) throw refuse('DEVICE_NOT_FOUND');
    return device;
  }

  list(page: PageRequest): Page<Device> {
    const own = this.#own();
    return own ? pageOf(own, page) : this.#devices.list(page);
  }

  channels(device: Device): readonly Channel[] {
    const { channelNo } = this.#principal;
    const channels = this.#devices.channels(device);
    return channelNo === undefined ? channels : channels.filter(({ no }) => no === channelNo);
  }

  listCameras(page: PageRequest): Page<Camera> {
    const own = this.#own();
    if (!own) return this.#devices.listCameras(page);
    const cameras = own.flatMap((device) =>
      this.channels(device).map((channel): Camera => ({ device, channel })),
    );
    return pageOf(cameras, page);
  }

  /** One camera, by number or by the channel's gbId. Refuses with DEVICE_NOT_FOUND or CHANNEL_NOT_FOUND. */
  camera(ref: string, which: { readonly no: number } | { readonly gbId: string }): Camera {
    this.get(ref);
    const camera = this.#devices.camera(ref, which);
    const { channelNo } = this.#principal;
    if (channelNo !== undefined && camera.channel.no !== channelNo) throw refuse('CHANNEL_NOT_FOUND');
    return camera;
  }

  /** `undefined`: everything. */
  #own(): readonly Device[] | undefined {
    const { devices } = this.#principal;
    return devices && [...devices].flatMap((gbId) => this.#devices.find(gbId) ?? []);
  }
}

function pageOf<T>(all: readonly T[], { offset, limit }: PageRequest): Page<T> {
  return { items: all.slice(offset, offset + limit), total: all.length };
}
