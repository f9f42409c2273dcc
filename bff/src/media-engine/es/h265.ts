import { BitReader, unescapeRbsp } from './bit-reader.ts';

const MAX_SPS_BYTES = 1024;
const NAL_HEADER_BYTES = 2;
const GENERAL_PROFILE_BYTES = 11;
const MAX_SIDE = 16384;
const SUB_LAYER_PROFILE_BITS = 88;
const SUB_LAYER_LEVEL_BITS = 8;

/** What is wanted from a sequence parameter set (ITU-T H.265 §7.3.2.2). */
export interface H265Sps {
  /** general_profile_space … general_constraint flags: the 11 bytes that the configuration record repeats. */
  readonly generalProfile: Uint8Array;
  readonly generalLevelIdc: number;
  readonly maxSubLayers: number;
  readonly temporalIdNested: boolean;
  readonly chromaFormatIdc: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  readonly width: number;
  readonly height: number;
  readonly maxNumReorderFrames: number | undefined;
}

/** Reads an SPS NAL unit, header included; undefined = not a valid one. */
export function parseH265Sps(nal: Uint8Array): H265Sps | undefined {
  const rbsp = unescapeRbsp(nal, NAL_HEADER_BYTES, MAX_SPS_BYTES);
  if (rbsp.length < 1 + GENERAL_PROFILE_BYTES + 1) return undefined;
  const reader = new BitReader(rbsp);
  reader.skip(4);
  const maxSubLayers = reader.bits(3) + 1;
  const temporalIdNested = reader.flag();
  const generalProfile = rbsp.slice(1, 1 + GENERAL_PROFILE_BYTES);
  const generalLevelIdc = rbsp[1 + GENERAL_PROFILE_BYTES] ?? 0;
  reader.skip((GENERAL_PROFILE_BYTES + 1) * 8);
  skipSubLayers(reader, maxSubLayers);
  reader.ue(); // sps_seq_parameter_set_id
  const picture = readPicture(reader);
  if (reader.exhausted || picture.width <= 0 || picture.height <= 0) return undefined;
  if (picture.width > MAX_SIDE || picture.height > MAX_SIDE) return undefined;
  return {
    generalProfile,
    generalLevelIdc,
    maxSubLayers,
    temporalIdNested,
    ...picture,
    maxNumReorderFrames: readReorder(reader, maxSubLayers),
  };
}

function skipSubLayers(reader: BitReader, maxSubLayers: number): void {
  const presence: (readonly [boolean, boolean])[] = [];
  for (let i = 1; i < maxSubLayers; i += 1) presence.push([reader.flag(), reader.flag()]);
  if (maxSubLayers > 1) reader.skip((9 - maxSubLayers) * 2);
  for (const [profile, level] of presence) {
    reader.skip((profile ? SUB_LAYER_PROFILE_BITS : 0) + (level ? SUB_LAYER_LEVEL_BITS : 0));
  }
}

function readPicture(
  reader: BitReader,
): Pick<H265Sps, 'chromaFormatIdc' | 'bitDepthLuma' | 'bitDepthChroma' | 'width' | 'height'> {
  const chromaFormatIdc = Math.min(3, reader.ue());
  if (chromaFormatIdc === 3) reader.skip(1);
  let width = reader.ue();
  let height = reader.ue();
  if (reader.flag()) {
    const cropX = chromaFormatIdc === 1 || chromaFormatIdc === 2 ? 2 : 1;
    const cropY = chromaFormatIdc === 1 ? 2 : 1;
    width -= (reader.ue() + reader.ue()) * cropX;
    height -= (reader.ue() + reader.ue()) * cropY;
  }
  const bitDepthLuma = 8 + (reader.ue() & 7);
  const bitDepthChroma = 8 + (reader.ue() & 7);
  return { chromaFormatIdc, bitDepthLuma, bitDepthChroma, width, height };
}

function readReorder(reader: BitReader, maxSubLayers: number): number | undefined {
  reader.ue(); // log2_max_pic_order_cnt_lsb_minus4
  const perLayer = reader.flag();
  let reorder = 0;
  for (let i = perLayer ? 0 : maxSubLayers - 1; i < maxSubLayers; i += 1) {
    reader.ue();
    reorder = reader.ue();
    reader.ue();
  }
  return reader.exhausted || reorder > 16 ? undefined : reorder;
}
