import type { VideoCodec } from './es/frame.ts';
import type { FlvTag } from './flv/flv-tag.ts';

/** What the stream carries, told once before the first tag. */
export interface PipelineTracks {
  readonly video: VideoCodec | undefined;
  /** The coding that the camera sends; viewers always get AAC. */
  readonly audio: string | undefined;
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
}

/** Options of one pipeline. */
export interface PipelineOptions {
  readonly ssrc: number;
  readonly sink: PipelineSink;
  readonly clock: { monotonicMs(): number };
}

/** The face of `IngestPipeline`: RTP packets of one stream in, FLV tags out. */
export interface RtpIngest {
  /** One RTP packet; a view, copied where kept. */
  pushRtp(packet: Uint8Array): void;
  /** From now on packets of this SSRC are the stream (the device answered with another `y=`). */
  acceptSsrc(ssrc: number): void;
  /** The sender has ended: hands out what is complete. */
  flush(): void;
  readonly stats: PipelineStats;
}
