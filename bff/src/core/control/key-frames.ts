import type { ControlResult } from '@yimu/shared';
import { type Cancel, type Clock, CoreError, type Logger } from '../../kernel/index.ts';
import type { Camera } from '../devices/device.ts';
import type { Streams } from '../live/streams.ts';
import type { ControlPort } from '../ports/control.ts';
import type { MediaPort } from '../ports/media.ts';
import { requireThere } from './checked.ts';

/** A camera that understood shows a key frame within this. */
const EFFECT_WITHIN_MS = 2_000;

interface Deps {
  readonly port: ControlPort;
  readonly streams: Pick<Streams, 'liveOf'>;
  readonly media: Pick<MediaPort, 'stats'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Asks cameras for a key frame. No answer is defined, the proof is in the stream: a camera whose live stream shows no
 * key frame within two seconds is asked once more in the spelling of the other edition (GB/T 28181-2016 A.2.3 IFameCmd,
 * -2022 IFrameCmd). Without a live stream there is nothing to see, and the own spelling is all.
 */
export class KeyFrames {
  readonly #deps: Deps;
  /** Cameras whose streams are watched, by channel; at most as many as streams run. */
  readonly #watched = new Map<number, Cancel>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Resolves with `sent` when the device took the order. */
  async ask(camera: Camera): Promise<ControlResult> {
    requireThere(camera);
    const before = await this.#shown(camera);
    const result = await this.#send(camera, 'own');
    if (before !== undefined) this.#watch(camera, before);
    return result;
  }

  close(): void {
    for (const cancel of this.#watched.values()) cancel();
    this.#watched.clear();
  }

  #watch(camera: Camera, before: number): void {
    const { id } = camera.channel;
    if (this.#watched.has(id)) return;
    const cancel = this.#deps.clock.after(EFFECT_WITHIN_MS, () => {
      this.#watched.delete(id);
      void this.#askOtherwise(camera, before);
    });
    this.#watched.set(id, cancel);
  }

  async #askOtherwise(camera: Camera, before: number): Promise<void> {
    const after = await this.#shown(camera);
    if (after === undefined || after > before) return;
    try {
      await this.#send(camera, 'other');
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      this.#deps.logger.info(
        { channelId: camera.channel.gbId, error: error.code },
        'camera takes no other spelling of the key frame command',
      );
    }
  }

  async #send({ device, channel }: Camera, spelling: 'own' | 'other'): Promise<ControlResult> {
    return await this.#deps.port.camera(device.gbId, channel.gbId, { do: 'key-frame', spelling });
  }

  /** Key frames that the camera's live streams have shown; undefined when none runs. */
  async #shown({ channel }: Camera): Promise<number | undefined> {
    const sessions = new Set(this.#deps.streams.liveOf(channel.id));
    if (sessions.size === 0) return undefined;
    const stats = await this.#deps.media.stats().catch(() => []);
    const own = stats.filter(({ sessionId }) => sessions.has(sessionId));
    return own.length === 0 ? undefined : own.reduce((sum, { keyFrames }) => sum + keyFrames, 0);
  }
}
