import type { VideoCodec } from './frame.ts';
import { byteAt } from './bytes.ts';

/** What a NAL unit is to the one who groups them into access units. */
export type NalRole =
  | 'key-slice'
  | 'slice'
  | 'parameter-set'
  /** Ends nothing, shows nothing: delimiter, end of sequence, filler. Left out. */
  | 'dropped'
  /** SEI and its kind: kept, and belongs to the slices after it. */
  | 'prefix'
  /** Kept, and belongs to the slices before it. */
  | 'other';

/** One NAL unit, classified by its first bytes. */
export interface NalClass {
  readonly role: NalRole;
  /** This NAL unit may only stand at the begin of an access unit, once a slice has been seen. */
  readonly startsUnit: boolean;
  /** The picture's first slice is an intra slice of H.264 that is no IDR: with parameter sets, a place to begin. */
  readonly intra: boolean;
}

/** Bytes of a NAL unit that `classifyNal` looks at. */
export const NAL_HEAD_BYTES = 3;

const H264_FIRST_SLICE_BIT = 0x80;
const H265_FIRST_SLICE_BIT = 0x80;
const H265_FIRST_VCL_IRAP = 16;
const H265_LAST_VCL_IRAP = 21;
const H265_LAST_VCL = 31;

/** nuh_layer_id 0; as H.264 it would be the unspecified type 0 with a reference. */
const H265_VPS_HEADER = 0x40;
/** nal_ref_idc 1 to 3; as H.265 they would be reserved types of layer 32 and above. */
const H264_SPS_HEADERS: ReadonlySet<number> = new Set([0x27, 0x47, 0x67]);

const classOf = (role: NalRole, startsUnit: boolean, intra = false): NalClass => ({
  role,
  startsUnit,
  intra,
});
const KEY_SLICE_FIRST = classOf('key-slice', true);
const KEY_SLICE_NEXT = classOf('key-slice', false);
const SLICE_FIRST = classOf('slice', true);
const INTRA_SLICE_FIRST = classOf('slice', true, true);
const SLICE_NEXT = classOf('slice', false);
const PARAMETER_SET = classOf('parameter-set', true);
const DELIMITER = classOf('dropped', true);
const DROPPED = classOf('dropped', false);
const PREFIX = classOf('prefix', true);
const OTHER = classOf('other', false);

/** ITU-T H.264 table 7-1 and §7.4.1.2.3: what may open an access unit. */
const H264_CLASSES: readonly NalClass[] = Array.from({ length: 32 }, (_, type) => {
  if (type === 6 || (type >= 14 && type <= 18)) return PREFIX;
  if (type === 7 || type === 8) return PARAMETER_SET;
  if (type === 9) return DELIMITER;
  if (type === 10 || type === 11 || type === 12) return DROPPED;
  return OTHER;
});

/** ITU-T H.265 table 7-1 and §7.4.2.4.4. */
const H265_CLASSES: readonly NalClass[] = Array.from({ length: 64 }, (_, type) => {
  if (type >= 32 && type <= 34) return PARAMETER_SET;
  if (type === 35) return DELIMITER;
  if (type >= 36 && type <= 38) return DROPPED;
  if (type === 39 || (type >= 41 && type <= 44) || (type >= 48 && type <= 55)) return PREFIX;
  return OTHER;
});

/** nal_unit_type of H.264 (one byte of header). */
export function h264NalType(header: number): number {
  return header & 0x1f;
}

/** nal_unit_type of H.265 (first of two bytes of header). */
export function h265NalType(header: number): number {
  return (header >> 1) & 0x3f;
}

/** Classifies the NAL unit whose header stands at `at`. */
export function classifyNal(codec: VideoCodec, bytes: Uint8Array, at: number): NalClass {
  const header = byteAt(bytes, at);
  if (codec === 'h264') {
    const type = h264NalType(header);
    if (type !== 1 && type !== 5 && type !== 2) return H264_CLASSES[type] ?? OTHER;
    // first_mb_in_slice is ue(v): zero is one bit, 1.
    const sliceHead = byteAt(bytes, at + 1);
    const first = (sliceHead & H264_FIRST_SLICE_BIT) !== 0;
    if (type === 5) return first ? KEY_SLICE_FIRST : KEY_SLICE_NEXT;
    if (!first) return SLICE_NEXT;
    return isIntraSliceHead(sliceHead) ? INTRA_SLICE_FIRST : SLICE_FIRST;
  }
  const type = h265NalType(header);
  if (type > H265_LAST_VCL) return H265_CLASSES[type] ?? OTHER;
  const first = (byteAt(bytes, at + 2) & H265_FIRST_SLICE_BIT) !== 0;
  if (type >= H265_FIRST_VCL_IRAP && type <= H265_LAST_VCL_IRAP)
    return first ? KEY_SLICE_FIRST : KEY_SLICE_NEXT;
  return first ? SLICE_FIRST : SLICE_NEXT;
}

/** slice_type ue(v) 2 or 7 behind a first_mb_in_slice of zero (ITU-T H.264 table 7-6). */
function isIntraSliceHead(head: number): boolean {
  return head >> 4 === 0b1011 || head === 0b1000_1000;
}

/**
 * Tells the coding from one NAL unit, because stream maps lie. Only parameter sets and delimiters are proof; their
 * H.265 headers are no valid H.264 ones and the other way round. Undefined = this NAL unit proves nothing.
 */
export function sniffCodec(bytes: Uint8Array, at: number): VideoCodec | undefined {
  const first = byteAt(bytes, at);
  const second = byteAt(bytes, at + 1);
  if ((first & 0x81) === 0 && second === 1) {
    const type = h265NalType(first);
    if (type >= 32 && type <= 35) return 'h265';
  }
  if ((first & 0x80) !== 0) return undefined;
  const type = h264NalType(first);
  const reference = (first & 0x60) !== 0;
  if ((type === 7 || type === 8) && reference) return 'h264';
  return first === 9 ? 'h264' : undefined;
}

/**
 * Whether a NAL unit in a stream of one coding can only be of the other: a video parameter set of H.265, whose
 * header is no H.264 one, or a sequence parameter set of H.264, whose header is no H.265 one.
 */
export function provesOtherCodec(codec: VideoCodec, bytes: Uint8Array, at: number): boolean {
  const first = byteAt(bytes, at);
  if (codec === 'h264') return first === H265_VPS_HEADER && byteAt(bytes, at + 1) === 1;
  return H264_SPS_HEADERS.has(first);
}
