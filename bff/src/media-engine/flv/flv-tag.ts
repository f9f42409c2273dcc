import { writeUint24, writeUint32 } from '../es/bytes.ts';

const TAG_HEADER_BYTES = 11;
/** Bytes of PreviousTagSize behind each tag. */
export const PREVIOUS_TAG_SIZE_BYTES = 4;
const FILE_HEADER_BYTES = 9;
const FLAG_AUDIO = 0x04;
const FLAG_VIDEO = 0x01;
const TAG_TYPE = { audio: 8, video: 9, script: 18 } as const;

/** Bytes of the tag header that stand before its data (FLV 10.1, E.4.1). */
export const FLV_TAG_HEADER_BYTES = TAG_HEADER_BYTES;

/** One FLV tag, made once and shared by all viewers. */
export interface FlvTag {
  readonly kind: 'video' | 'audio' | 'script';
  readonly timestampMs: number;
  readonly keyFrame: boolean;
  /** True for the script tag and for sequence headers: what a new viewer needs before frames. */
  readonly config: boolean;
  /** The whole tag: 11-byte header, data, PreviousTagSize. Never modified. */
  readonly bytes: Uint8Array;
}

/** FLV file header for the tracks that really exist, with the first PreviousTagSize (FLV 10.1, E.2). */
export function flvFileHeader(tracks: {
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
}): Uint8Array {
  const bytes = new Uint8Array(FILE_HEADER_BYTES + PREVIOUS_TAG_SIZE_BYTES);
  bytes.set([0x46, 0x4c, 0x56, 1]);
  bytes[4] = (tracks.hasAudio ? FLAG_AUDIO : 0) | (tracks.hasVideo ? FLAG_VIDEO : 0);
  bytes[8] = FILE_HEADER_BYTES;
  return bytes;
}

/** Writes tag header and PreviousTagSize around data that already stands at `start + 11` (FLV 10.1, E.4.1). */
export function frameFlvTag(bytes: Uint8Array, kind: FlvTag['kind'], timestampMs: number): void {
  const dataBytes = bytes.length - TAG_HEADER_BYTES - PREVIOUS_TAG_SIZE_BYTES;
  bytes[0] = TAG_TYPE[kind];
  writeUint24(bytes, 1, dataBytes);
  writeUint24(bytes, 4, timestampMs);
  bytes[7] = timestampMs >>> 24;
  writeUint24(bytes, 8, 0);
  const trailer = TAG_HEADER_BYTES + dataBytes;
  writeUint32(bytes, trailer, trailer);
}

/** A tag around data that is copied. */
export function makeFlvTag(
  kind: FlvTag['kind'],
  timestampMs: number,
  flags: { readonly keyFrame: boolean; readonly config: boolean },
  parts: readonly Uint8Array[],
): FlvTag {
  const dataBytes = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(TAG_HEADER_BYTES + dataBytes + PREVIOUS_TAG_SIZE_BYTES);
  let at = TAG_HEADER_BYTES;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  frameFlvTag(bytes, kind, timestampMs);
  return { kind, timestampMs, ...flags, bytes };
}
