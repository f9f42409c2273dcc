import type { MediaTransport } from './signalling.ts';

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

/** Why a source ended or never came up. */
export type SourceLoss = 'no-rtp' | 'no-track' | 'rtp-timeout' | 'transport' | 'closed';

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
}

export interface MediaEvents {
  /** The first decodable track set is known: viewers will get a picture. */
  readonly sourceUp: [sessionId: string, tracks: TrackFacts];
  readonly sourceLost: [sessionId: string, why: SourceLoss];
  readonly viewerJoined: [sessionId: string, tag: string];
  readonly viewerLeft: [sessionId: string, tag: string];
}

export interface MediaSessionStats {
  readonly sessionId: string;
  readonly viewers: number;
  readonly bytesIn: number;
  readonly packetsIn: number;
  readonly packetsLost: number;
  readonly foreignSsrcPackets: number;
  readonly tracks: TrackFacts | undefined;
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
  /** Ends the source and its viewers and gives the port back; idempotent. */
  close(sessionId: string): Promise<void>;
  /** Cuts one viewer, or all with that tag. */
  kick(tag: string): Promise<void>;
  stats(): Promise<readonly MediaSessionStats[]>;
  /** Where viewers connect. `undefined` = the host name under which the caller reached us. */
  readonly delivery: { readonly flvPort: number; readonly publicUrl: string | undefined };
}
