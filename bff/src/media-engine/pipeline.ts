import type { FrameEncoder } from './audio/g711-track.ts';
import type { VideoCodec } from './es/frame.ts';
import type { FlvTag } from './flv/flv-tag.ts';

/** What the stream carries, told before the first tag and again when it changes. */
export interface PipelineTracks {
  readonly video: VideoCodec | undefined;
  /** The coding that the camera sends; viewers always get AAC. Undefined = viewers get no sound. */
  readonly audio: string | undefined;
  /** Why sound that the camera sends is not carried. */
  readonly audioFault?: string | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
}

/** Where a pipeline's output goes. */
export interface PipelineSink {
  onTracks(tracks: PipelineTracks): void;
  onTag(tag: FlvTag): void;
}

/** What a pipeline has counted since it was made; read at any time. */
export interface PipelineStats {
  readonly packets: number;
  readonly bytes: number;
  readonly lost: number;
  readonly reordered: number;
  readonly duplicates: number;
  readonly late: number;
  readonly foreignSsrc: number;
  readonly malformed: number;
  readonly resyncs: number;
  readonly damagedFrames: number;
  readonly frames: number;
  /** Frames of those that a viewer can begin at. */
  readonly keyFrames: number;
  readonly audioFrames: number;
  /** Pieces of sound without a place in time, of a form that cannot be carried, or too large. */
  readonly audioDropped: number;
  /** How much of a recording was shown, by its stamps, ms. */
  readonly mediaMs: number;
}

/** Options of one pipeline. */
export interface PipelineOptions {
  readonly ssrc: number;
  readonly sink: PipelineSink;
  readonly clock: { monotonicMs(): number };
  /** Makes the encoder that turns G.711 into AAC; the engine's own by default. */
  readonly makeEncoder?: () => FrameEncoder;
}

/** The face of `IngestPipeline`: RTP packets of one stream in, FLV tags out. */
export interface RtpIngest {
  /** One RTP packet; a view, copied where kept. */
  pushRtp(packet: Uint8Array): void;
  /** Whether this packet is of the negotiated source, of which nothing was seen yet. */
  isAwaited(packet: Uint8Array): boolean;
  /** From now on packets of this SSRC are the stream (the device answered with another `y=`). */
  acceptSsrc(ssrc: number): void;
  /** A recording plays at another pace than its own, or at its own again: pictures are placed as they arrive, without sound. */
  setByArrival(byArrival: boolean): void;
  /** What comes next is of another place or sender: what is half read is dropped, viewers go on at its next key frame. */
  discontinue(): void;
  /** The sender has ended: hands out what is complete. */
  flush(): void;
  readonly stats: PipelineStats;
}
