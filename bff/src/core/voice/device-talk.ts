import type { Cancel, Clock, Logger } from '../../kernel/index.ts';
import type { Camera } from '../devices/device.ts';
import type { TalkPort, TalkSource } from '../ports/talk.ts';
import type { Listener, VoicePort } from '../ports/voice.ts';
import { refuse } from '../refuse.ts';

/**
 * How a talk ended: all was said; somebody stopped it; the device hung up, or its connection broke; its sound could
 * not be read on; it took too long; or the device never listened.
 */
export type TalkOutcome = 'said' | 'stopped' | 'hung-up' | 'lost' | 'unreadable' | 'time-limit' | 'failed';

interface Deps {
  readonly talks: TalkPort;
  readonly voice: VoicePort;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxTalkMs: number;
  /** Nothing is left of it. */
  readonly onOver: (talk: DeviceTalk) => void;
}

/** One talk to one device, from the first word about it until both the device and the media have hung up. */
export class DeviceTalk {
  readonly id: string;
  readonly camera: Camera;
  readonly kind: 'clip' | 'live';
  readonly startedAtMs: number;
  /** Resolves when nothing is left of it. */
  readonly over: Promise<void>;
  readonly #deps: Deps;
  readonly #abort = new AbortController();
  #listener: Listener | undefined;
  #speaking = false;
  #outcome: TalkOutcome | undefined;
  #cancelLimit: Cancel | undefined;
  #finish: () => void = () => undefined;

  constructor(id: string, camera: Camera, kind: 'clip' | 'live', deps: Deps) {
    this.id = id;
    this.camera = camera;
    this.kind = kind;
    this.#deps = deps;
    this.startedAtMs = deps.clock.nowMs();
    this.over = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  get form(): Listener['form'] | undefined {
    return this.#listener?.form;
  }

  get state(): 'calling' | 'speaking' | 'over' {
    if (this.#outcome !== undefined) return 'over';
    return this.#speaking ? 'speaking' : 'calling';
  }

  get outcome(): TalkOutcome | undefined {
    return this.#outcome;
  }

  /** Resolves when the device listens and is spoken to; rejects with the CoreError that says why not. */
  async begin(source: TalkSource): Promise<void> {
    const { talks, voice, clock, maxTalkMs } = this.#deps;
    this.#cancelLimit = clock.after(maxTalkMs, () => {
      void this.end('time-limit');
    });
    try {
      // What cannot be said is refused before the device is troubled.
      await talks.open(this.id, source);
      this.#requireWanted();
      const listener = await voice.call({
        deviceGbId: this.camera.device.gbId,
        targetGbId: this.camera.channel.gbId,
        bind: (way) => talks.bind(this.id, way),
        signal: this.#abort.signal,
      });
      this.#listener = listener;
      listener.onEnded((by) => {
        void this.end(by === 'remote' ? 'hung-up' : 'lost');
      });
      this.#requireWanted();
      await talks.start(this.id, listener.remote);
      this.#requireWanted();
      this.#speaking = true;
    } catch (error) {
      await this.end('failed');
      throw error;
    }
  }

  /** Ends it, and resolves when nothing is left; the first reason counts. */
  async end(outcome: TalkOutcome): Promise<void> {
    if (this.#outcome === undefined) {
      this.#outcome = outcome;
      this.#cancelLimit?.();
      this.#abort.abort();
      await this.#clean();
      this.#deps.onOver(this);
      this.#finish();
    }
    await this.over;
  }

  async #clean(): Promise<void> {
    const { talks, logger } = this.#deps;
    try {
      await talks.close(this.id);
    } catch (error) {
      logger.error({ err: error, talkId: this.id }, 'a talk could not be closed');
    }
    await this.#listener?.close();
  }

  /** It was ended while something of it was being set up. */
  #requireWanted(): void {
    const outcome = this.#outcome;
    if (outcome === undefined) return;
    // What was set up meanwhile is given up again.
    void this.#clean();
    throw refuse(outcome === 'hung-up' ? 'DEVICE_REFUSED' : 'MEDIA_UNAVAILABLE', { outcome });
  }
}
