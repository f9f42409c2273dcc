import type { Clock } from '../../kernel/index.ts';
import { CoreError } from '../../kernel/index.ts';
import type { Principal } from '../access/principal.ts';
import { type Camera, requireOnline } from '../devices/device.ts';
import type { Devices } from '../devices/devices.ts';
import type { Grants } from '../grants/grants.ts';
import type { MediaPort, ViewerDecision, ViewerRequest } from '../ports/media.ts';
import { refuse } from '../refuse.ts';
import { liveName, type LiveQuality, parseLiveName } from './live-name.ts';
import type { Streams } from './streams.ts';

/** What an address is asked for. */
export interface AddressOrder {
  readonly camera: Camera;
  readonly quality: LiveQuality;
  readonly principal: Principal;
  /** Seconds; absent: the default. */
  readonly ttlS: number | undefined;
  /** Host name under which the caller reached us, without port. */
  readonly host: string;
}

/** A play address. */
export interface LiveAddress {
  readonly id: string;
  readonly url: string;
  readonly expiresAtMs: number;
}

interface Deps {
  readonly devices: Devices;
  readonly grants: Grants;
  readonly streams: Streams;
  readonly media: MediaPort;
  readonly clock: Clock;
  /** Knows names that are not live; resolves with undefined for those that it does not know either. */
  readonly admitOther: (
    request: ViewerRequest,
  ) => Promise<{ readonly sessionId: string; readonly tag: string } | undefined>;
}

/** Use-cases on live pictures. An address costs the camera nothing; a viewer starts the stream. */
export class Live {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
    deps.media.authoriseViewers((request) => this.admit(request));
  }

  /**
   * A signed HTTP-FLV address. Refuses with DEVICE_OFFLINE, DEVICE_PASSWORD_WRONG, CHANNEL_OFFLINE or
   * INVALID_ARGUMENT (ttl).
   */
  issueAddress({ camera, quality, principal, ttlS, host }: AddressOrder): LiveAddress {
    const { device, channel } = camera;
    requireOnline(device);
    if (!channel.online) throw refuse('CHANNEL_OFFLINE');
    const target = { serial: device.serial, channelNo: channel.no, quality };
    const grant = this.#deps.grants.issue(target, principal, ttlS);
    const { flvPort, publicUrl } = this.#deps.media.delivery;
    const base = publicUrl ?? `http://${host}:${String(flvPort)}`;
    return {
      id: grant.id,
      url: `${base}/${liveName(target)}.flv?${grant.query}&ev=100`,
      expiresAtMs: grant.expiresAtMs,
    };
  }

  /** Makes one address (or, without id, all of the channel) void and cuts who plays by it. */
  async cancelAddress({ device, channel }: Camera, id: string | undefined): Promise<void> {
    await this.#deps.grants.cancel({ serial: device.serial, channelNo: channel.no }, id);
    await this.#deps.streams.cutViewers(channel.id, id);
  }

  /** The answer to a viewer at the door of the media server; starts the stream if none runs. Never rejects. */
  async admit(request: ViewerRequest): Promise<ViewerDecision> {
    try {
      const target = parseLiveName(request.publicName);
      if (!target) return { allow: true, ...(await this.#admitOther(request)) };
      const grant = this.#deps.grants.check(target, request.query);
      const camera = this.#deps.devices.camera(target.serial, { no: target.channelNo });
      const sessionId = await this.#deps.streams.demand(camera, target.quality);
      return { allow: true, sessionId, tag: grant.id };
    } catch (error) {
      const known = error instanceof CoreError ? error : refuse('INTERNAL', {}, error);
      return { allow: false, code: known.code, message: known.message };
    }
  }

  async #admitOther(request: ViewerRequest): Promise<{ readonly sessionId: string; readonly tag: string }> {
    const admitted = await this.#deps.admitOther(request);
    if (admitted === undefined) throw refuse('STREAM_NOT_FOUND');
    return admitted;
  }
}
