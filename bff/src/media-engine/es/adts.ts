import { SAMPLING_RATES_HZ } from './sampling-rates.ts';
import { byteAt } from './bytes.ts';

const HEADER_BYTES = 7;
const CRC_BYTES = 2;

/** Head of one ADTS frame (ISO/IEC 14496-3 §1.A.3.2). */
export interface AdtsHeader {
  /** 7, or 9 with a CRC. */
  readonly headerBytes: number;
  readonly frameBytes: number;
  /** Audio object type: 1 Main, 2 LC, 3 SSR, 4 LTP. */
  readonly objectType: number;
  readonly rateIndex: number;
  /** 0 = told inside the frame. */
  readonly channels: number;
  /** raw_data_blocks in the frame. */
  readonly blocks: number;
}

/** Reads a header that stands whole at `at`; undefined = there is none. */
export function parseAdtsHeader(bytes: Uint8Array, at: number): AdtsHeader | undefined {
  if (!isAdtsSync(bytes, at)) return undefined;
  const third = byteAt(bytes, at + 2);
  const fourth = byteAt(bytes, at + 3);
  const headerBytes = (byteAt(bytes, at + 1) & 1) === 0 ? HEADER_BYTES + CRC_BYTES : HEADER_BYTES;
  const frameBytes = ((fourth & 3) << 11) | (byteAt(bytes, at + 4) << 3) | (byteAt(bytes, at + 5) >> 5);
  const rateIndex = (third >> 2) & 0x0f;
  if (frameBytes <= headerBytes || SAMPLING_RATES_HZ[rateIndex] === undefined) return undefined;
  return {
    headerBytes,
    frameBytes,
    objectType: (third >> 6) + 1,
    rateIndex,
    channels: ((third & 1) << 2) | (fourth >> 6),
    blocks: (byteAt(bytes, at + 6) & 3) + 1,
  };
}

/** Twelve ones and a layer of zero: the begin of an ADTS frame and of little else. */
function isAdtsSync(bytes: Uint8Array, at: number): boolean {
  return byteAt(bytes, at) === 0xff && (byteAt(bytes, at + 1) & 0xf6) === 0xf0;
}

/** Whether `bytes` are whole ADTS frames from the first byte to the last. */
export function isAdts(bytes: Uint8Array): boolean {
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const header = parseAdtsHeader(bytes, at);
    if (!header) return false;
    at += header.frameBytes;
    // The last frame may go on in the next packet; the first may not, or nothing is proved.
    if (at > bytes.length) return at > header.frameBytes;
  }
  return at > 0 && at === bytes.length;
}

/** AudioSpecificConfig of what an ADTS header tells (ISO/IEC 14496-3 §1.6.2.1). */
export function audioSpecificConfig({
  objectType,
  rateIndex,
  channels,
}: Pick<AdtsHeader, 'objectType' | 'rateIndex' | 'channels'>): Uint8Array {
  return Uint8Array.of((objectType << 3) | (rateIndex >> 1), ((rateIndex & 1) << 7) | (channels << 3));
}
