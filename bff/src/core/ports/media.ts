import type { MediaTransport } from './signalling.ts';
import type { TalkPort } from './talk.ts';

/** A viewer at the door of the media server. Everything in it is hostile until the grant is checked. */
export interface ViewerRequest {
  /** `app/stream` as asked for, without suffix, e.g. `v3/openlive/Q00000001_1_1`. */
  readonly publicName: string;
  /** Raw query string without `?`. */
  readonly query: string;
  readonly protocol: 'http-flv' | 'ws-flv' | 'hls' | 'fmp4' | 'rtmp' | 'rtsp';
  readonly remoteAddress: string;
}

/** The verdict on a viewer. `tag` comes back in `viewerLeft`, and `kick` takes it. */
export type ViewerDecision =
  | { readonly allow: true; readonly sessionId: string; readonly tag: string }
  | {
      readonly allow: false;
      /** A stable reason: a CoreErrorCode. */
      readonly code: string;
      /** Short text in Chinese that may be shown to the viewer. */
      readonly message: string;
    };

/** Why a source ended or never came up; `storage`: its file could not be written. */
export type SourceLoss = 'no-rtp' | 'no-track' | 'rtp-timeout' | 'transport' | 'storage' | 'closed';

export interface TrackFacts {
  /** e.g. `h264`, `h265`; undefined without video. */
  readonly video: string | undefined;
  /** As received, e.g. `g711a`, `aac`; undefined without audio. */
  readonly audio: string | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
}

export interface OpenRtpOrder {
  readonly sessionId: string;
  readonly transport: MediaTransport;
  /** RTP packets of another SSRC are counted and dropped. */
  readonly ssrc: number;
  /** Without a first RTP packet in this time: `sourceLost('no-rtp')`. */
  readonly firstPacketTimeoutMs: number;
  /** Silence after which a running source is lost. */
  readonly silenceTimeoutMs: number;
  /** A recording: its sender closing the connection is its silence, which is borne for a while. */
  readonly isHistory?: boolean;
  /** Path of a new file that all of it is written to, too, as FLV. */
  readonly recordTo?: string;
}

/** How a recording plays from now on. */
export interface Steering {
  /** Nothing will come until it is resumed: silence is no loss. */
  readonly paused: boolean;
  /** It plays at another pace than its own: its stamps are not to be believed. */
  readonly byArrival: boolean;
  /** What comes next is of another place. */
  readonly jumps: boolean;
}

/** Where a running stream is passed on to, as another platform's offer says (GB/T 28181-2016 §9.2, annex C). */
export interface RelayOrder {
  readonly relayId: string;
  readonly sessionId: string;
  readonly target: {
    /** `tcp-active`: the media server dials the receiver; `tcp-passive`: it is dialled. */
    readonly transport: MediaTransport;
    readonly address: string;
    readonly port: number;
    readonly ssrc: number;
    readonly payloadType: number;
  };
}

/** Why a relay ended by itself: its stream did, its connection broke for good, or its receiver took nothing. */
export type RelayLoss = 'source' | 'transport' | 'slow' | 'closed';

export interface MediaEvents {
  /** The first decodable track set is known: viewers will get a picture. */
  readonly sourceUp: [sessionId: string, tracks: TrackFacts];
  readonly sourceLost: [sessionId: string, why: SourceLoss];
  readonly viewerJoined: [sessionId: string, tag: string];
  readonly viewerLeft: [sessionId: string, tag: string];
  readonly relayLost: [relayId: string, why: RelayLoss];
}

export interface MediaSessionStats {
  readonly sessionId: string;
  readonly viewers: number;
  readonly bytesIn: number;
  readonly packetsIn: number;
  readonly packetsLost: number;
  readonly foreignSsrcPackets: number;
  readonly tracks: TrackFacts | undefined;
  /** Frames so far that a viewer can begin at. */
  readonly keyFrames: number;
  /** How much of a recording has come, by its stamps, ms. */
  readonly mediaMs: number;
  /** Bytes of the file that it is written to. */
  readonly fileBytes: number;
}

/** The core's door to the media server, embedded or ZLMediaKit. Refusals are CoreErrors. */
export interface MediaPort {
  on<Name extends keyof MediaEvents>(name: Name, listener: (...args: MediaEvents[Name]) => void): () => void;
  /** The core's answer to every viewer, asked before a byte of media is sent. May take as long as an INVITE takes. */
  authoriseViewers(decide: (request: ViewerRequest) => Promise<ViewerDecision>): void;
  /** Opens a receiving port. Refuses with QUOTA_EXCEEDED when the pool is empty. */
  openRtp(order: OpenRtpOrder): Promise<{ readonly address: string; readonly port: number }>;
  /** tcp-active: dials the device after its 200. */
  connectRtp(sessionId: string, address: string, port: number): Promise<void>;
  /** The device answered with another SSRC than the one offered. */
  acceptSsrc(sessionId: string, ssrc: number): Promise<void>;
  /** The next part of a recording comes by another call, at the port that this resolves with; its viewers stay. */
  reopenRtp(order: OpenRtpOrder): Promise<{ readonly address: string; readonly port: number }>;
  steer(sessionId: string, steering: Steering): Promise<void>;
  /** Resolves with true when nothing has come for `quietMs`, with false when it still comes after `limitMs`. */
  drain(sessionId: string, quietMs: number, limitMs: number): Promise<boolean>;
  /** Ends the source and its viewers and gives the port back; idempotent. Its file is whole when this resolves. */
  close(sessionId: string): Promise<void>;
  /**
   * Passes the RTP of a running session on, from its next group of pictures on; resolves with the local address for
   * the answer. Refuses with STREAM_NOT_FOUND and QUOTA_EXCEEDED.
   */
  openRelay(order: RelayOrder): Promise<{ readonly address: string; readonly port: number }>;
  /** Idempotent. */
  closeRelay(relayId: string): Promise<void>;
  readonly talks: TalkPort;
  /** Cuts one viewer, or all with that tag. */
  kick(tag: string): Promise<void>;
  stats(): Promise<readonly MediaSessionStats[]>;
  /** Where viewers connect. `undefined` = the host name under which the caller reached us. */
  readonly delivery: { readonly flvPort: number; readonly publicUrl: string | undefined };
}
