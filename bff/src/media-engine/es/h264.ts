import { BitReader, unescapeRbsp } from './bit-reader.ts';

const MAX_SPS_BYTES = 1024;
const MAX_SIDE = 16384;
const EXTENDED_SAR = 255;
const MAX_REORDER_FRAMES = 16;
const PROFILE_BASELINE = 66;
/** Profiles whose SPS names chroma format and bit depth (ITU-T H.264 §7.3.2.1.1). */
const HIGH_PROFILES: ReadonlySet<number> = new Set([
  100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135,
]);

/** What is wanted from a sequence parameter set (ITU-T H.264 §7.3.2.1.1). */
export interface H264Sps {
  readonly profileIdc: number;
  readonly constraintFlags: number;
  readonly levelIdc: number;
  readonly spsId: number;
  readonly chromaFormatIdc: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  readonly width: number;
  readonly height: number;
  /** How many frames may stand before a frame in decoding order and after it in output order; undefined = not told. */
  readonly maxNumReorderFrames: number | undefined;
}

/** Reads an SPS NAL unit, header byte included; undefined = not a valid one. */
export function parseH264Sps(nal: Uint8Array): H264Sps | undefined {
  const reader = new BitReader(unescapeRbsp(nal, 1, MAX_SPS_BYTES));
  const profileIdc = reader.bits(8);
  const constraintFlags = reader.bits(8);
  const levelIdc = reader.bits(8);
  const spsId = reader.ue();
  const chroma = HIGH_PROFILES.has(profileIdc)
    ? readHighProfile(reader)
    : { chromaFormatIdc: 1, bitDepthLuma: 8, bitDepthChroma: 8 };
  reader.ue(); // log2_max_frame_num_minus4
  skipPicOrderCount(reader);
  reader.ue(); // max_num_ref_frames
  reader.skip(1);
  const size = readSize(reader, chroma.chromaFormatIdc);
  if (spsId > 31 || reader.exhausted || size.width <= 0 || size.height <= 0) return undefined;
  if (size.width > MAX_SIDE || size.height > MAX_SIDE) return undefined;
  const told = reader.flag() ? readVuiReorder(reader) : undefined;
  const maxNumReorderFrames = profileIdc === PROFILE_BASELINE ? 0 : told;
  return { profileIdc, constraintFlags, levelIdc, spsId, ...chroma, ...size, maxNumReorderFrames };
}

/** The id of a PPS NAL unit, and of the SPS it builds on (§7.3.2.2). */
export function parseH264PpsIds(nal: Uint8Array): { readonly ppsId: number; readonly spsId: number } {
  const reader = new BitReader(unescapeRbsp(nal, 1, 16));
  return { ppsId: reader.ue(), spsId: reader.ue() };
}

function readHighProfile(
  reader: BitReader,
): Pick<H264Sps, 'chromaFormatIdc' | 'bitDepthLuma' | 'bitDepthChroma'> {
  const chromaFormatIdc = Math.min(3, reader.ue());
  if (chromaFormatIdc === 3) reader.skip(1);
  const bitDepthLuma = 8 + (reader.ue() & 7);
  const bitDepthChroma = 8 + (reader.ue() & 7);
  reader.skip(1);
  if (reader.flag()) skipScalingMatrix(reader, chromaFormatIdc === 3 ? 12 : 8);
  return { chromaFormatIdc, bitDepthLuma, bitDepthChroma };
}

function skipScalingMatrix(reader: BitReader, lists: number): void {
  for (let list = 0; list < lists; list += 1) {
    if (!reader.flag()) continue;
    let last = 8;
    let next = 8;
    const size = list < 6 ? 16 : 64;
    for (let i = 0; i < size && !reader.exhausted; i += 1) {
      if (next !== 0) next = (last + reader.se() + 256) % 256;
      last = next === 0 ? last : next;
    }
  }
}

function skipPicOrderCount(reader: BitReader): void {
  const type = reader.ue();
  if (type === 0) reader.ue();
  if (type !== 1) return;
  reader.skip(1);
  reader.se();
  reader.se();
  const cycle = Math.min(255, reader.ue());
  for (let i = 0; i < cycle; i += 1) reader.se();
}

function readSize(reader: BitReader, chromaFormatIdc: number): { width: number; height: number } {
  const widthInMbs = reader.ue() + 1;
  const heightInMapUnits = reader.ue() + 1;
  const frameMbsOnly = reader.flag();
  if (!frameMbsOnly) reader.skip(1);
  reader.skip(1);
  const fieldFactor = frameMbsOnly ? 1 : 2;
  let width = widthInMbs * 16;
  let height = heightInMapUnits * 16 * fieldFactor;
  if (reader.flag()) {
    const cropX = chromaFormatIdc === 1 || chromaFormatIdc === 2 ? 2 : 1;
    const cropY = (chromaFormatIdc === 1 ? 2 : 1) * fieldFactor;
    width -= (reader.ue() + reader.ue()) * cropX;
    height -= (reader.ue() + reader.ue()) * cropY;
  }
  return { width, height };
}

/** Walks the VUI (annex E.1.1) to max_num_reorder_frames. */
function readVuiReorder(reader: BitReader): number | undefined {
  if (reader.flag() && reader.bits(8) === EXTENDED_SAR) reader.skip(32);
  if (reader.flag()) reader.skip(1);
  if (reader.flag()) {
    reader.skip(4);
    if (reader.flag()) reader.skip(24);
  }
  if (reader.flag()) {
    reader.ue();
    reader.ue();
  }
  if (reader.flag()) reader.skip(65);
  const nalHrd = reader.flag();
  if (nalHrd) skipHrd(reader);
  const vclHrd = reader.flag();
  if (vclHrd) skipHrd(reader);
  if (nalHrd || vclHrd) reader.skip(1);
  reader.skip(1);
  if (!reader.flag()) return undefined;
  reader.skip(1);
  for (let i = 0; i < 4; i += 1) reader.ue();
  const frames = reader.ue();
  return reader.exhausted || frames > MAX_REORDER_FRAMES ? undefined : frames;
}

function skipHrd(reader: BitReader): void {
  const count = Math.min(32, reader.ue() + 1);
  reader.skip(8);
  for (let i = 0; i < count; i += 1) {
    reader.ue();
    reader.ue();
    reader.skip(1);
  }
  reader.skip(20);
}
