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

/** One access unit, in decoding order. */
export interface VideoFrame {
  readonly kind: 'video';
  readonly codec: VideoCodec;
  /** Ticks of the sender's own clock: 33 bits from a PES, 32 bits from RTP; undefined = the sender gave none. */
  readonly ptsTicks90k: number | undefined;
  readonly dtsTicks90k: number | undefined;
  readonly keyFrame: boolean;
  /** NAL units, each after its length in 4 bytes; access unit delimiters, filler and parameter sets removed. */
  readonly data: Uint8Array;
}

/** Audio as it came: one raw AAC frame (no ADTS header), or any number of G.711 samples. */
export interface AudioFrame {
  readonly kind: 'audio';
  readonly codec: AudioCodec;
  readonly ptsTicks90k: number | undefined;
  readonly data: Uint8Array;
}

/** What the elementary stream level hands up. */
export type MediaFrame = VideoFrame | AudioFrame;
