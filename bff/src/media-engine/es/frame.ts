/** Video codings that are carried on; their bytes are never re-encoded. */
export type VideoCodec = 'h264' | 'h265';

/** Audio codings that the GB/T 28181 stream types and RTP payload types name. */
export type AudioCodec = 'aac' | 'pcma' | 'pcmu';

/**
 * Bytes that stay free in the same buffer before and after the data of a video frame, so that a container's
 * header and trailer are written around it without a copy.
 */
export const FRAME_HEADROOM_BYTES = 64;
export const FRAME_TAILROOM_BYTES = 8;

/** What a PES packet says of time; undefined = the sender does not say. */
export interface VideoStamps {
  /** 33 bits of the sender's own 90 kHz clock. */
  readonly ptsTicks90k: number | undefined;
  readonly dtsTicks90k: number | undefined;
  /** 32 bits, of the RTP packet in which the PES began. */
  readonly rtpTimestamp: number | undefined;
}

/** One access unit, in decoding order. */
export interface VideoFrame extends VideoStamps {
  readonly codec: VideoCodec;
  readonly keyFrame: boolean;
  /** NAL units, each after its length in 4 bytes; access unit delimiters, filler and parameter sets removed. */
  readonly data: Uint8Array;
}
