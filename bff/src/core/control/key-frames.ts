import type { ControlResult } from '@yimu/shared';
import { type Cancel, type Clock, CoreError, ExpiringMap, type Logger } from '../../kernel/index.ts';
import type { Camera } from '../devices/device.ts';
import type { Streams } from '../live/streams.ts';
import type { ControlPort } from '../ports/control.ts';
import type { MediaPort } from '../ports/media.ts';
import { requireThere } from './checked.ts';

/** A camera that understood shows a key frame within this. */
const EFFECT_WITHIN_MS = 2_000;
/** What worked is remembered for so long, and of so many cameras. */
const REMEMBERED_MS = 7 * 86_400_000;
const MAX_REMEMBERED = 20_000;

type Spelling = 'own' | 'other';

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
 * -2022 IFrameCmd). What showed one then is what the camera is asked by from then on. Without a live stream there is
 * nothing to see, and one spelling is all.
 */
export class KeyFrames {
  readonly #deps: Deps;
  /** Cameras whose streams are watched, by channel; at most as many as streams run. */
  readonly #watched = new Map<number, Cancel>();
  /** The spelling that worked where the first one did not, by channel. */
  readonly #worked: ExpiringMap<number, Spelling>;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#worked = new ExpiringMap({
      clock: deps.clock,
      lifeMs: REMEMBERED_MS,
      capacity: MAX_REMEMBERED,
    });
  }

  /** Resolves with `sent` when the device took the order. */
  async ask(camera: Camera): Promise<ControlResult> {
    requireThere(camera);
    const before = await this.#shown(camera);
    const spelling = this.#worked.get(camera.channel.id) ?? 'own';
    const result = await this.#send(camera, spelling);
    if (before !== undefined)
      this.#watch(camera, before, () => this.#askBy(spelling === 'own' ? 'other' : 'own', camera));
    return result;
  }

  close(): void {
    for (const cancel of this.#watched.values()) cancel();
    this.#watched.clear();
  }

  /** Does `otherwise` when the camera's live streams show no key frame in time. */
  #watch(camera: Camera, before: number, otherwise: () => Promise<void>, shown?: () => void): void {
    const { id } = camera.channel;
    if (this.#watched.has(id)) return;
    const cancel = this.#deps.clock.after(EFFECT_WITHIN_MS, () => {
      this.#watched.delete(id);
      void this.#judge(camera, before, { otherwise, shown });
    });
    this.#watched.set(id, cancel);
  }

  async #judge(
    camera: Camera,
    before: number,
    then: { readonly otherwise: () => Promise<void>; readonly shown: (() => void) | undefined },
  ): Promise<void> {
    const after = await this.#shown(camera);
    if (after === undefined) return;
    if (after > before) then.shown?.();
    else await then.otherwise();
  }

  /** The second attempt; remembered when it shows a key frame. */
  async #askBy(spelling: Spelling, camera: Camera): Promise<void> {
    const before = await this.#shown(camera);
    try {
      await this.#send(camera, spelling);
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      this.#deps.logger.info(
        { channelId: camera.channel.gbId, error: error.code },
        'camera takes no other spelling of the key frame command',
      );
      return;
    }
    if (before === undefined) return;
    const nothingMore = (): Promise<void> => Promise.resolve();
    this.#watch(camera, before, nothingMore, () => {
      this.#worked.set(camera.channel.id, spelling);
    });
  }

  async #send({ device, channel }: Camera, spelling: Spelling): Promise<ControlResult> {
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
