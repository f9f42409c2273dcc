import type { MediaTransport } from './signalling.ts';

/** Codings of clips that can be spoken. `pcm`: 16 bits, little-endian, one channel. */
export type ClipFormat = 'mp3' | 'aac' | 'm4a' | 'wav' | 'pcm';

/** A clip on this machine. */
export interface ClipFile {
  readonly path: string;
  readonly format: ClipFormat;
  /** Of `pcm`, which does not say it, Hz. */
  readonly rateHz: number;
}

/** What is said: a clip, or PCM as it comes (16 bits, little-endian, one channel). */
export type TalkSource =
  { readonly kind: 'clip'; readonly clip: ClipFile } | { readonly kind: 'live'; readonly rateHz: number };

/** What the device takes: G.711 as it is, or (vendor) inside a program stream. */
export type VoiceCodec = 'pcma' | 'pcmu' | 'ps';

/** How a voice goes to a device. */
export interface TalkWay {
  /** `tcp-active`: we dial; `tcp-passive`: the device dials. */
  readonly transport: MediaTransport;
  /** Where the device listens; undefined when it says so later. */
  readonly remote: { readonly address: string; readonly port: number } | undefined;
  /** The address by which the device is known: nobody else may dial. */
  readonly trustedAddress: string;
  readonly codec: VoiceCodec;
  /** RTP payload type, as the device names it. */
  readonly payloadType: number;
  readonly ssrc: number;
}

/** Why a talk ended before all was said: the sound cannot be read on, the connection broke, or the engine is gone. */
export type TalkLoss = 'sound' | 'transport' | 'closed';

export interface TalkEvents {
  /** All was said. */
  readonly ended: [talkId: string];
  readonly lost: [talkId: string, why: TalkLoss];
}

/** How far a talk is. */
export interface TalkProgress {
  readonly saidMs: number;
  /** Of a live feed: what came faster than it could be said. */
  readonly droppedMs: number;
  /** Packets that came from the device. */
  readonly heard: number;
}

/** The media server's part in talking to devices: 20 ms of G.711 in each RTP packet. Refusals are CoreErrors. */
export interface TalkPort {
  on<Name extends keyof TalkEvents>(name: Name, listener: (...args: TalkEvents[Name]) => void): () => void;
  /**
   * Opens what is to be said. Refuses with INVALID_ARGUMENT what is no such sound, with MEDIA_UNAVAILABLE what
   * nothing here decodes, with QUOTA_EXCEEDED too many.
   */
  open(talkId: string, source: TalkSource): Promise<void>;
  /** Opens the way, in place of one of before; resolves with the local address for the description. */
  bind(talkId: string, way: TalkWay): Promise<{ readonly address: string; readonly port: number }>;
  /** Begins to speak as soon as somebody is there to hear. */
  start(
    talkId: string,
    remote: { readonly address: string; readonly port: number } | undefined,
  ): Promise<void>;
  /** One chunk of a live feed; what comes too fast is dropped, the oldest first. */
  feed(talkId: string, pcm: Uint8Array): Promise<void>;
  /** The live feed is over: what waits is still said, then `ended`. */
  finish(talkId: string): Promise<void>;
  /** Undefined when it is over. */
  progress(talkId: string): Promise<TalkProgress | undefined>;
  /** Ends at once and tells nobody; idempotent. */
  close(talkId: string): Promise<void>;
}
