import { writeUint24 } from '../es/bytes.ts';
import type { VideoCodec } from '../es/frame.ts';
import type { VideoConfig } from '../es/parameter-sets.ts';
import { type Amf0Value, encodeAmf0Event } from './amf0.ts';
import { encodeDecoderConfig } from './decoder-config.ts';
import {
  FLV_TAG_HEADER_BYTES,
  frameFlvTag,
  type FlvTag,
  makeFlvTag,
  PREVIOUS_TAG_SIZE_BYTES,
} from './flv-tag.ts';

/** FrameType, upper nibble of a video tag's first byte (FLV 10.1, E.4.3.1). */
const KEY_FRAME = 0x10;
const INTER_FRAME = 0x20;
/** CodecID: 7 = AVC (FLV 10.1), 12 = HEVC as WeChat and most Chinese players take it. */
const CODEC_ID: Readonly<Record<VideoCodec, number>> = { h264: 7, h265: 12 };
const SEQUENCE_HEADER = 0;
const NAL_UNITS = 1;
const VIDEO_HEADER_BYTES = 5;
/** AAC, "44 kHz, 16 bit, stereo": the fields are fixed for AAC, whatever its real form (E.4.2.1). */
const AAC_SOUND = 0xaf;
const AAC_RAW = 1;
const AUDIO_HEADER_BYTES = 2;
const MAX_COMPOSITION_MS = 0x7fffff;
const CONFIG = { keyFrame: false, config: true } as const;

/** What `onMetaData` tells of a live stream; undefined = not told. */
export interface FlvMetaData {
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly videoCodec: VideoCodec | undefined;
  readonly audioSampleRateHz: number | undefined;
  readonly audioChannels: number | undefined;
}

/** Script tag with `onMetaData` (FLV 10.1, E.5). */
export function metaDataTag(meta: FlvMetaData, timestampMs: number): FlvTag {
  const properties = new Map<string, Amf0Value>([['duration', 0]]);
  if (meta.width !== undefined) properties.set('width', meta.width);
  if (meta.height !== undefined) properties.set('height', meta.height);
  if (meta.videoCodec) properties.set('videocodecid', CODEC_ID[meta.videoCodec]);
  if (meta.audioSampleRateHz !== undefined) {
    properties.set('audiocodecid', AAC_SOUND >> 4);
    properties.set('audiosamplerate', meta.audioSampleRateHz);
    properties.set('audiosamplesize', 16);
    properties.set('stereo', meta.audioChannels === 2);
  }
  return makeFlvTag('script', timestampMs, CONFIG, [encodeAmf0Event('onMetaData', properties)]);
}

/** Sequence header tag of the video. */
export function videoConfigTag(config: VideoConfig, timestampMs: number): FlvTag {
  const head = Uint8Array.of(KEY_FRAME | CODEC_ID[config.codec], SEQUENCE_HEADER, 0, 0, 0);
  return makeFlvTag('video', timestampMs, { keyFrame: true, config: true }, [
    head,
    encodeDecoderConfig(config),
  ]);
}

/** Sequence header tag of the audio: its AudioSpecificConfig. */
export function audioConfigTag(audioSpecificConfig: Uint8Array, timestampMs: number): FlvTag {
  return makeFlvTag('audio', timestampMs, CONFIG, [
    Uint8Array.of(AAC_SOUND, SEQUENCE_HEADER),
    audioSpecificConfig,
  ]);
}

/** Tag of one raw AAC frame, which is copied. */
export function audioFrameTag(frame: Uint8Array, timestampMs: number): FlvTag {
  const bytes = Buffer.allocUnsafe(
    FLV_TAG_HEADER_BYTES + AUDIO_HEADER_BYTES + frame.length + PREVIOUS_TAG_SIZE_BYTES,
  );
  bytes[FLV_TAG_HEADER_BYTES] = AAC_SOUND;
  bytes[FLV_TAG_HEADER_BYTES + 1] = AAC_RAW;
  bytes.set(frame, FLV_TAG_HEADER_BYTES + AUDIO_HEADER_BYTES);
  frameFlvTag(bytes, 'audio', timestampMs);
  return { kind: 'audio', timestampMs, keyFrame: false, config: false, bytes };
}

/** When a video frame is decoded, and how much later it is shown. */
export interface VideoTimes {
  readonly timestampMs: number;
  readonly compositionMs: number;
}

/**
 * Tag of one video frame, written around the frame's bytes where they stand: the frame must have its head- and
 * tailroom (es/frame.ts) and belongs to the tag from now on.
 */
export function videoFrameTag(
  codec: VideoCodec,
  frame: { readonly keyFrame: boolean; readonly data: Uint8Array },
  { timestampMs, compositionMs }: VideoTimes,
): FlvTag {
  const { data, keyFrame } = frame;
  const before = FLV_TAG_HEADER_BYTES + VIDEO_HEADER_BYTES;
  const bytes = new Uint8Array(
    data.buffer,
    data.byteOffset - before,
    before + data.length + PREVIOUS_TAG_SIZE_BYTES,
  );
  bytes[FLV_TAG_HEADER_BYTES] = (keyFrame ? KEY_FRAME : INTER_FRAME) | CODEC_ID[codec];
  bytes[FLV_TAG_HEADER_BYTES + 1] = NAL_UNITS;
  writeUint24(
    bytes,
    FLV_TAG_HEADER_BYTES + 2,
    Math.max(-MAX_COMPOSITION_MS, Math.min(MAX_COMPOSITION_MS, compositionMs)),
  );
  frameFlvTag(bytes, 'video', timestampMs);
  return { kind: 'video', timestampMs, keyFrame, config: false, bytes };
}
