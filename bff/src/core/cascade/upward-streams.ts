import type { KeyFrames } from '../control/key-frames.ts';
import { type Camera, requireOnline } from '../devices/device.ts';
import type { Streams } from '../live/streams.ts';
import type { UpwardMedia, UpwardMediaOrder } from '../ports/cascade.ts';
import { refuse } from '../refuse.ts';
import type { UpwardRelays } from './upward-relays.ts';

interface Deps {
  readonly streams: Pick<Streams, 'demand' | 'hold'>;
  readonly relays: UpwardRelays;
  readonly keyFrames: Pick<KeyFrames, 'ask'>;
}

/**
 * Live pictures for upper platforms: the very stream that viewers have, kept running by a lease and passed on packet
 * by packet. One INVITE to the camera serves all.
 */
export class UpwardStreams {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Rejects with a CoreError that says why there is no picture. */
  async open(camera: Camera, order: UpwardMediaOrder): Promise<UpwardMedia> {
    requireOnline(camera.device);
    if (!camera.channel.online) throw refuse('CHANNEL_OFFLINE');
    const { streams, relays, keyFrames } = this.#deps;
    const sessionId = await streams.demand(camera, order.streamNumber === 1 ? 2 : 1);
    const relay = relays.make();
    try {
      const letGo = streams.hold(sessionId, `relay:${relay.id}`);
      if (letGo === undefined) throw refuse('MEDIA_UNAVAILABLE');
      relay.onClose(letGo);
      await relay.open(sessionId, order.target);
    } catch (error) {
      await relay.close();
      throw error;
    }
    // Whoever comes later need not wait for the camera's next group of pictures.
    keyFrames.ask(camera).catch(() => undefined);
    return relay.as({
      fileSize: undefined,
      // Live pictures cannot be steered (GB/T 28181-2016 §9.8).
      control: () => Promise.reject(refuse('NOT_SUPPORTED_BY_DEVICE')),
    });
  }
}
