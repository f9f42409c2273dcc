import {
  type Clock,
  type CounterFamily,
  ExpiringMap,
  type Instruments,
  type Logger,
  type RandomSource,
} from '../../kernel/index.ts';
import { type Camera, requireOnline } from '../devices/device.ts';
import type { ClipStore, StoredClip } from '../ports/clips.ts';
import type { SignallingPort } from '../ports/signalling.ts';
import type { TalkPort, TalkSource } from '../ports/talk.ts';
import type { VoicePort } from '../ports/voice.ts';
import { refuse } from '../refuse.ts';
import type { CoreSettings } from '../settings.ts';
import { clipFormatOf } from './clip-format.ts';
import { DeviceTalk, type TalkOutcome } from './device-talk.ts';
import { LiveVoice } from './live-voice.ts';

const ID_BYTES = 8;
const MIN_RATE_HZ = 4_000;
const MAX_RATE_HZ = 192_000;
/** How a talk ended is remembered so long, for so many devices. */
const REMEMBERED = { lifeMs: 600_000, capacity: 10_000 };

/** How a device is talked to, or was. */
export interface TalkView {
  readonly talkId: string;
  readonly kind: 'clip' | 'live';
  readonly channelGbId: string;
  /** `over` with its outcome. */
  readonly state: 'calling' | 'speaking' | 'over';
  readonly outcome: TalkOutcome | undefined;
  readonly form: 'broadcast' | 'talk' | undefined;
  readonly startedAtMs: number;
  /** Undefined when it is over. */
  readonly saidMs: number | undefined;
}

interface Deps {
  readonly talks: TalkPort;
  readonly voice: VoicePort;
  readonly clips: ClipStore;
  readonly signalling: Pick<SignallingPort, 'presence'>;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly instruments: Instruments;
  readonly settings: Pick<CoreSettings, 'maxTalks' | 'maxTalkMs'>;
}

/** Use-cases on voice: one talk for each device at a time. */
export class Voice {
  readonly #deps: Deps;
  /** By the device's GB ID. */
  readonly #running = new Map<string, DeviceTalk>();
  readonly #past: ExpiringMap<string, DeviceTalk>;
  readonly #outcomes: CounterFamily;
  readonly #offs: (() => void)[];

  constructor(deps: Deps) {
    this.#deps = deps;
    const { talks, clock, instruments } = deps;
    this.#past = new ExpiringMap({ clock, ...REMEMBERED });
    instruments.gauge('yimu_voice_talks', 'talks to devices that run', () => this.#running.size);
    this.#outcomes = instruments.family(
      'yimu_voice_outcomes',
      'talks to devices that ended, by how',
      'outcome',
    );
    this.#offs = [
      talks.on('ended', (talkId) => {
        void this.#find(talkId)?.end('said');
      }),
      talks.on('lost', (talkId, why) => {
        void this.#find(talkId)?.end(why === 'sound' ? 'unreadable' : 'lost');
      }),
    ];
  }

  /** Takes a clip in, for `playClip`; refuses as `ClipStore` says. */
  async takeClip(content: AsyncIterable<Uint8Array>): Promise<StoredClip> {
    return await this.#deps.clips.take(content);
  }

  /**
   * Says a clip through a camera's loudspeaker; resolves when the device listens, and hangs up when all is said. The
   * clip is discarded in the end, whatever becomes of it. Refuses with INVALID_ARGUMENT what is no such sound,
   * DEVICE_BUSY, DEVICE_OFFLINE, CHANNEL_OFFLINE, QUOTA_EXCEEDED and what the device says.
   */
  async playClip(
    camera: Camera,
    clip: StoredClip,
    { mediaType, rateHz = 8_000 }: { readonly mediaType?: string | undefined; readonly rateHz?: number } = {},
  ): Promise<TalkView> {
    try {
      const format = clipFormatOf(clip.head, mediaType);
      if (format === undefined) throw refuse('INVALID_ARGUMENT', { field: 'format' });
      requireRate(rateHz);
      const talk = await this.#begin(camera, { kind: 'clip', clip: { path: clip.path, format, rateHz } });
      void talk.over.then(() => clip.discard());
      return this.#view(talk, 0);
    } catch (error) {
      await clip.discard();
      throw error;
    }
  }

  /** Says PCM (16 bits, little-endian, one channel) as it comes; resolves when the device listens. Refuses as above. */
  async startTalk(camera: Camera, rateHz: number): Promise<LiveVoice> {
    requireRate(rateHz);
    const talk = await this.#begin(camera, { kind: 'live', rateHz });
    return new LiveVoice(talk, this.#deps.talks);
  }

  /** Ends the talk to the camera's device; harmless when there is none. */
  async stop(camera: Camera): Promise<void> {
    await this.#running.get(camera.device.gbId)?.end('stopped');
  }

  /** The talk to the camera's device that runs, or the last one; undefined when there was none lately. */
  async state(camera: Camera): Promise<TalkView | undefined> {
    const { gbId } = camera.device;
    const talk = this.#running.get(gbId);
    if (talk === undefined) {
      const past = this.#past.get(gbId);
      return past === undefined ? undefined : this.#view(past, undefined);
    }
    const progress = await this.#deps.talks.progress(talk.id);
    return this.#view(talk, progress?.saidMs);
  }

  /** Ends them all. */
  async close(): Promise<void> {
    for (const off of this.#offs.splice(0)) off();
    await Promise.all([...this.#running.values()].map((talk) => talk.end('stopped')));
  }

  async #begin(camera: Camera, source: TalkSource): Promise<DeviceTalk> {
    const { settings, random, signalling } = this.#deps;
    const { gbId } = camera.device;
    requireOnline({ ...camera.device, online: signalling.presence(gbId).online });
    if (!camera.channel.online) throw refuse('CHANNEL_OFFLINE');
    if (this.#running.has(gbId)) throw refuse('DEVICE_BUSY');
    if (this.#running.size >= settings.maxTalks) throw refuse('QUOTA_EXCEEDED');
    const talk = new DeviceTalk(random.hex(ID_BYTES), camera, source.kind, {
      ...this.#deps,
      maxTalkMs: settings.maxTalkMs,
      onOver: (over) => {
        this.#onOver(over);
      },
    });
    this.#running.set(gbId, talk);
    await talk.begin(source);
    return talk;
  }

  #onOver(talk: DeviceTalk): void {
    const { gbId } = talk.camera.device;
    this.#running.delete(gbId);
    this.#past.set(gbId, talk);
    this.#outcomes.of(talk.outcome ?? 'failed').value += 1;
    const { id: talkId, kind, form, outcome, camera } = talk;
    this.#deps.logger.info(
      { talkId, kind, form, outcome, deviceId: gbId, channelId: camera.channel.gbId },
      'a talk to a device is over',
    );
  }

  #find(talkId: string): DeviceTalk | undefined {
    for (const talk of this.#running.values()) if (talk.id === talkId) return talk;
    return undefined;
  }

  #view(talk: DeviceTalk, saidMs: number | undefined): TalkView {
    const { id: talkId, kind, camera, state, outcome, form, startedAtMs } = talk;
    return {
      ...{ talkId, kind, channelGbId: camera.channel.gbId, state, outcome, form, startedAtMs },
      saidMs: state === 'over' ? undefined : saidMs,
    };
  }
}

function requireRate(rateHz: number): void {
  if (!Number.isInteger(rateHz) || rateHz < MIN_RATE_HZ || rateHz > MAX_RATE_HZ)
    throw refuse('INVALID_ARGUMENT', { field: 'rateHz' });
}
