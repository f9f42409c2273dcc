/** NAL units for tests: parameter sets as x264 and x265 wrote them, and slices of made-up bytes. */

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/** 1280×720, High, no B-frames. */
export const H264_SPS = hex('6764001facb200a00b760220000003002000000641e30649');
export const H264_PPS = hex('68ebc3cb22c0');
/** 1920×1080, High, two frames of reordering. */
export const H264_SPS_1080P = hex('67640028acd940780227e5c044000003000400000300c83c60c658');
export const H264_PPS_1080P = hex('68ebe3cb22c0');
/** 1280×720, Main. */
export const H265_VPS = hex('40010c01ffff01600000030090000003000003005d928090');
export const H265_SPS = hex(
  '42010101600000030090000003000003005da00280802d16592a4932bc05a02000000300200000030321',
);
export const H265_PPS = hex('4401c172b46240');

/** Bytes that look like chance, the same for the same seed, in which no start code stands and that end in no zero. */
export function bodyBytes(count: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(count);
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  for (let i = 0; i < count; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const value = state >>> 24;
    const afterZeros = i >= 2 && bytes[i - 1] === 0 && bytes[i - 2] === 0;
    bytes[i] = (afterZeros && value < 4) || (i === count - 1 && value === 0) ? 0x80 : value;
  }
  return bytes;
}

/** Puts a start code before each NAL unit; of three bytes, or of four where `long` says so. */
export function annexB(nals: readonly Uint8Array[], long: (index: number) => boolean = () => true): Buffer {
  return Buffer.concat(
    nals.flatMap((nal, index) => [Buffer.from(long(index) ? [0, 0, 0, 1] : [0, 0, 1]), nal]),
  );
}

/** What {@link h264Nals} and {@link h265Nals} make. */
export interface PictureShape {
  readonly key?: boolean;
  readonly bytes?: number;
  readonly seed?: number;
  readonly slices?: number;
  readonly delimiter?: boolean;
  readonly sei?: boolean;
  /** Parameter sets before a key picture. */
  readonly sets?: readonly Uint8Array[];
}

/** The NAL units of one H.264 picture. */
export function h264Nals(shape: PictureShape = {}): Buffer[] {
  const { key = false, bytes = 200, seed = 1, slices = 1, delimiter = false, sei = false } = shape;
  const sets = shape.sets ?? (key ? [H264_SPS, H264_PPS] : []);
  const nals: Uint8Array[] = [];
  if (delimiter) nals.push(hex('09f0'));
  nals.push(...sets);
  if (sei) nals.push(hex('0605028000000380'));
  for (let slice = 0; slice < slices; slice += 1) {
    // first_mb_in_slice: `1` is 0, `010` is 1; then slice_type 7 (I) or 5 (P), whole picture.
    const head = key ? [0x65, slice === 0 ? 0x88 : 0x42] : [0x41, slice === 0 ? 0x9a : 0x46];
    nals.push(Buffer.concat([Buffer.from(head), bodyBytes(Math.ceil(bytes / slices), seed + slice)]));
  }
  return nals.map((nal) => Buffer.from(nal));
}

/** The NAL units of one H.265 picture. */
export function h265Nals(shape: PictureShape = {}): Buffer[] {
  const { key = false, bytes = 200, seed = 1, slices = 1, delimiter = false, sei = false } = shape;
  const sets = shape.sets ?? (key ? [H265_VPS, H265_SPS, H265_PPS] : []);
  const nals: Uint8Array[] = [];
  if (delimiter) nals.push(hex('460150'));
  nals.push(...sets);
  if (sei) nals.push(hex('4e01050180'));
  for (let slice = 0; slice < slices; slice += 1) {
    const head = [key ? 0x26 : 0x02, 0x01, slice === 0 ? 0xd0 : 0x50];
    nals.push(Buffer.concat([Buffer.from(head), bodyBytes(Math.ceil(bytes / slices), seed + slice)]));
  }
  return nals.map((nal) => Buffer.from(nal));
}

/** Divides a length-prefixed unit (ISO/IEC 14496-15 §5.3.2); throws when the lengths do not add up. */
export function lengthPrefixed(data: Uint8Array): Buffer[] {
  const bytes = Buffer.from(data);
  const nals: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = bytes.readUInt32BE(at);
    if (length === 0 || at + 4 + length > bytes.length)
      throw new Error(`a length of ${String(length)} at ${String(at)}`);
    nals.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return nals;
}
