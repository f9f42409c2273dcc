import { byteAt, writeUint16 } from '../es/bytes.ts';
import type { VideoConfig } from '../es/parameter-sets.ts';

type AvcConfig = Extract<VideoConfig, { codec: 'h264' }>;
type HevcConfig = Extract<VideoConfig, { codec: 'h265' }>;

const LENGTH_SIZE_MINUS_ONE = 3;
const AVC_RESERVED_6 = 0xfc;
const AVC_RESERVED_3 = 0xe0;
const RESERVED_5 = 0xf8;
/** Profiles after which the record goes on with chroma format and bit depths (ISO/IEC 14496-15 §5.3.3.1.2). */
const AVC_EXTENDED_PROFILES: ReadonlySet<number> = new Set([100, 110, 122, 144]);
const HEVC_ARRAY_COMPLETE = 0x80;
const HEVC_NAL_TYPES = { vps: 32, sps: 33, pps: 34 } as const;

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1) or HEVCDecoderConfigurationRecord (§8.3.3.1). */
export function encodeDecoderConfig(config: VideoConfig): Uint8Array {
  return Uint8Array.from(config.codec === 'h264' ? encodeAvc(config) : encodeHevc(config));
}

function encodeAvc(config: AvcConfig): number[] {
  const { profileIdc, constraintFlags, levelIdc, chromaFormatIdc, bitDepthLuma, bitDepthChroma } =
    config.parsed;
  const record = [1, profileIdc, constraintFlags, levelIdc, AVC_RESERVED_6 | LENGTH_SIZE_MINUS_ONE];
  record.push(AVC_RESERVED_3 | config.sps.length);
  for (const sps of config.sps) pushNal(record, sps);
  record.push(config.pps.length);
  for (const pps of config.pps) pushNal(record, pps);
  if (AVC_EXTENDED_PROFILES.has(profileIdc)) {
    record.push(
      AVC_RESERVED_6 | chromaFormatIdc,
      RESERVED_5 | (bitDepthLuma - 8),
      RESERVED_5 | (bitDepthChroma - 8),
      0,
    );
  }
  return record;
}

function encodeHevc(config: HevcConfig): number[] {
  const { generalProfile, generalLevelIdc, chromaFormatIdc, bitDepthLuma, bitDepthChroma } = config.parsed;
  const { maxSubLayers, temporalIdNested } = config.parsed;
  const record = [1, ...generalProfile, generalLevelIdc];
  // min_spatial_segmentation 0, parallelismType 0: not told.
  record.push(0xf0, 0, 0xfc, 0xfc | chromaFormatIdc, RESERVED_5 | (bitDepthLuma - 8));
  record.push(RESERVED_5 | (bitDepthChroma - 8), 0, 0);
  record.push((maxSubLayers << 3) | (temporalIdNested ? 4 : 0) | LENGTH_SIZE_MINUS_ONE);
  record.push(3);
  for (const kind of ['vps', 'sps', 'pps'] as const) {
    const nals = config[kind];
    record.push(HEVC_ARRAY_COMPLETE | HEVC_NAL_TYPES[kind], nals.length >> 8, nals.length & 0xff);
    for (const nal of nals) pushNal(record, nal);
  }
  return record;
}

function pushNal(record: number[], nal: Uint8Array): void {
  const length = new Uint8Array(2);
  writeUint16(length, 0, nal.length);
  record.push(byteAt(length, 0), byteAt(length, 1), ...nal);
}
