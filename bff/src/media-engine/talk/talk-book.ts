import { randomBytes } from 'node:crypto';
import type { Clock } from '../../kernel/index.ts';
import type { PortPool } from '../receive/port-pool.ts';
import { type ClipFile, openSound } from './sound/open-sound.ts';
import { pcm16 } from './sound/pcm.ts';
import { MAX_RATE_HZ, MIN_RATE_HZ, SoundFault } from './sound/sound.ts';
import { VoicePacer } from './voice-pacer.ts';
import { type VoiceCodec, VoicePackets } from './voice-packets.ts';
import { ClipSource, LiveSource } from './voice-source.ts';
import { openVoiceWay, type VoiceAddress, type VoiceWay, type WayOrder } from './voice-way.ts';

const PORT_ATTEMPTS = 8;

/** What is said: a clip in a file, or PCM chunks as they come (16 bits, little-endian, one channel). */
export type TalkSource =
  { readonly kind: 'clip'; readonly clip: ClipFile } | { readonly kind: 'live'; readonly rateHz: number };

/** How it is said, as the device wants it. */
export interface TalkWay extends WayOrder {
  readonly codec: VoiceCodec;
  readonly payloadType: number;
  readonly ssrc: number;
}

/** Why a talk ended by itself before all was said. */
export type TalkLoss = 'sound' | 'transport';

/** How far a talk is. */
export interface TalkState {
  readonly saidMs: number;
  /** Of a live feed: what came faster than it could be said. */
  readonly droppedMs: number;
  /** Packets that came from the device. */
  readonly heard: number;
}

/** Why a talk does not do what it is told. */
export class TalkRefusal extends Error {
  readonly code:
    'CONFLICT' | 'QUOTA_EXCEEDED' | 'STREAM_NOT_FOUND' | 'INVALID_ARGUMENT' | 'MEDIA_UNAVAILABLE';

  constructor(code: TalkRefusal['code'], message: string) {
    super(message);
    this.code = code;
  }
}

interface Deps {
  readonly clock: Clock;
  readonly ports: PortPool;
  readonly localHost: string;
  readonly maxTalks: number;
  /** All was said. */
  readonly onEnd: (talkId: string) => void;
  readonly onLost: (talkId: string, why: TalkLoss) => void;
}

interface Talk {
  readonly rateHz: number;
  source: ClipSource | LiveSource | undefined;
  way: VoiceWay | undefined;
  lentPort: number | undefined;
  pacer: VoicePacer | undefined;
  packets: VoicePackets | undefined;
}

/** Every talk of the engine: opened with its source, bound to a way, started, and closed. */
export class TalkBook {
  readonly #deps: Deps;
  readonly #talks = new Map<string, Talk>();
  #packetsOfPast = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#talks.size;
  }

  /** Voice packets sent since the engine exists. */
  get packets(): number {
    let packets = this.#packetsOfPast;
    for (const { pacer } of this.#talks.values()) packets += pacer?.sent ?? 0;
    return packets;
  }

  /** Opens the source: a clip's begin is decoded at once, so that what cannot be said is refused here. */
  async open(talkId: string, order: TalkSource): Promise<void> {
    if (this.#talks.has(talkId)) throw new TalkRefusal('CONFLICT', 'the talk is open already');
    if (this.#talks.size >= this.#deps.maxTalks) throw new TalkRefusal('QUOTA_EXCEEDED', 'too many talks');
    const rateHz = order.kind === 'live' ? order.rateHz : order.clip.rateHz;
    if (!Number.isInteger(rateHz) || rateHz < MIN_RATE_HZ || rateHz > MAX_RATE_HZ)
      throw new TalkRefusal('INVALID_ARGUMENT', 'no such sampling rate');
    const talk: Talk = {
      rateHz,
      source: undefined,
      way: undefined,
      lentPort: undefined,
      pacer: undefined,
      packets: undefined,
    };
    this.#talks.set(talkId, talk);
    let source;
    try {
      source = order.kind === 'live' ? new LiveSource() : await this.#clip(talkId, order.clip);
    } catch (error) {
      this.#talks.delete(talkId);
      throw refusalOf(error);
    }
    if (this.#talks.get(talkId) !== talk) {
      source.close();
      throw new TalkRefusal('CONFLICT', 'the talk was closed meanwhile');
    }
    talk.source = source;
  }

  /** Opens the way; a way of before is given up. Resolves with the port that the device is told. */
  async bind(talkId: string, order: TalkWay): Promise<number> {
    const talk = this.#talk(talkId);
    if (talk.pacer !== undefined) throw new TalkRefusal('CONFLICT', 'the talk has begun already');
    this.#unbind(talk);
    const { ports, localHost, clock } = this.#deps;
    const dials = order.transport === 'tcp-active';
    for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt += 1) {
      const lent = dials ? undefined : ports.take();
      if (lent === undefined && !dials) break;
      const way = await openVoiceWay(
        order,
        { host: localHost, port: lent ?? 0 },
        {
          clock,
          onGone: () => {
            if (talk.way === way) this.#lose(talkId, talk, 'transport');
          },
        },
      ).catch(() => undefined);
      if (way === undefined || this.#talks.get(talkId) !== talk) {
        way?.close();
        if (lent !== undefined) ports.giveBack(lent);
        if (way === undefined) continue;
        throw new TalkRefusal('CONFLICT', 'the talk was closed meanwhile');
      }
      talk.way = way;
      talk.lentPort = lent;
      const random = randomBytes(6);
      talk.packets = new VoicePackets({
        codec: order.codec,
        payloadType: order.payloadType,
        ssrc: order.ssrc,
        firstSequence: random.readUInt16BE(0),
        firstTimestamp: random.readUInt32BE(2),
      });
      return way.port;
    }
    throw new TalkRefusal('QUOTA_EXCEEDED', 'no port is free for the talk');
  }

  /** Begins to speak; `remote` where the device was not known to listen before. */
  start(talkId: string, remote: VoiceAddress | undefined): void {
    const talk = this.#talk(talkId);
    const { source, way, packets } = talk;
    if (source === undefined || way === undefined || packets === undefined)
      throw new TalkRefusal('CONFLICT', 'the talk is not ready');
    if (remote !== undefined) way.aim(remote);
    talk.pacer ??= new VoicePacer({
      source,
      way,
      packets,
      clock: this.#deps.clock,
      onEnd: () => {
        this.close(talkId);
        this.#deps.onEnd(talkId);
      },
    });
    talk.pacer.start();
  }

  /** One chunk of a live feed. */
  feed(talkId: string, pcm: Uint8Array): void {
    const { source, rateHz } = this.#talk(talkId);
    if (!(source instanceof LiveSource)) throw new TalkRefusal('CONFLICT', 'the talk takes no feed');
    source.feed({ rateHz, samples: pcm16(pcm) });
  }

  /** The live feed is over: what waits is still said. */
  finish(talkId: string): void {
    const { source } = this.#talk(talkId);
    if (source instanceof LiveSource) source.finish();
  }

  /** Undefined when there is no such talk. */
  state(talkId: string): TalkState | undefined {
    const talk = this.#talks.get(talkId);
    if (talk === undefined) return undefined;
    const { pacer, source, way } = talk;
    return {
      saidMs: (pacer?.sent ?? 0) * 20,
      droppedMs: (source?.dropped ?? 0) * 20,
      heard: way?.heard ?? 0,
    };
  }

  /** Ends without telling; idempotent. */
  close(talkId: string): void {
    const talk = this.#talks.get(talkId);
    if (talk === undefined) return;
    this.#talks.delete(talkId);
    talk.pacer?.stop();
    this.#packetsOfPast += talk.pacer?.sent ?? 0;
    talk.source?.close();
    this.#unbind(talk);
  }

  closeAll(): void {
    for (const talkId of [...this.#talks.keys()]) this.close(talkId);
  }

  async #clip(talkId: string, clip: ClipFile): Promise<ClipSource> {
    return await ClipSource.open(openSound(clip), () => {
      const talk = this.#talks.get(talkId);
      if (talk !== undefined) this.#lose(talkId, talk, 'sound');
    });
  }

  #lose(talkId: string, talk: Talk, why: TalkLoss): void {
    if (this.#talks.get(talkId) !== talk) return;
    this.close(talkId);
    this.#deps.onLost(talkId, why);
  }

  #unbind(talk: Talk): void {
    const { way, lentPort } = talk;
    talk.way = undefined;
    talk.lentPort = undefined;
    talk.packets = undefined;
    way?.close();
    if (lentPort !== undefined) this.#deps.ports.giveBack(lentPort);
  }

  #talk(talkId: string): Talk {
    const talk = this.#talks.get(talkId);
    if (talk === undefined) throw new TalkRefusal('STREAM_NOT_FOUND', 'no such talk');
    return talk;
  }
}

function refusalOf(error: unknown): unknown {
  if (error instanceof SoundFault)
    return new TalkRefusal(
      error.why === 'unreadable' ? 'INVALID_ARGUMENT' : 'MEDIA_UNAVAILABLE',
      error.message,
    );
  // The file cannot be opened: it is gone, or the disk fails.
  return error;
}
