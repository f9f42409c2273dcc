import { byteAt, readUint16 } from '../es/bytes.ts';

const FIXED_BYTES = 6;
const MPEG2_FIXED_BYTES = 9;
const STUFFING = 0xff;
const MPEG1_MAX_STUFFING = 16;
const TWO_TO_30 = 0x4000_0000;
const PTS_FLAG = 0x80;
const DTS_FLAG = 0x40;
const STAMP_BYTES = 5;

/** Head of a PES packet (ISO/IEC 13818-1 §2.4.3.6). */
export interface PesHeader {
  readonly psStreamId: number;
  readonly headerBytes: number;
  /** Bytes of data after the header; undefined = PES_packet_length 0, until the next start code. */
  readonly dataBytes: number | undefined;
  readonly ptsTicks90k: number | undefined;
  readonly dtsTicks90k: number | undefined;
}

/**
 * How many bytes the header takes as far as `available` bytes tell: a number above `available` = that many are
 * needed to know more.
 */
export function pesHeaderBytes(bytes: Uint8Array, at: number, available: number): number {
  if (available < FIXED_BYTES + 1) return FIXED_BYTES + 1;
  if ((byteAt(bytes, at + FIXED_BYTES) & 0xc0) !== 0x80) return mpeg1HeaderBytes(bytes, at, available);
  if (available < MPEG2_FIXED_BYTES) return MPEG2_FIXED_BYTES;
  return MPEG2_FIXED_BYTES + byteAt(bytes, at + MPEG2_FIXED_BYTES - 1);
}

/** Reads a header that stands whole at `at`; undefined = it is longer than its packet. */
export function parsePesHeader(bytes: Uint8Array, at: number, headerBytes: number): PesHeader | undefined {
  const packetLength = readUint16(bytes, at + 4);
  const dataBytes = packetLength === 0 ? undefined : packetLength - (headerBytes - FIXED_BYTES);
  if (dataBytes !== undefined && dataBytes < 0) return undefined;
  const { ptsTicks90k, dtsTicks90k } = stampsOf(bytes, at, headerBytes);
  return { psStreamId: byteAt(bytes, at + 3), headerBytes, dataBytes, ptsTicks90k, dtsTicks90k };
}

type Stamps = Pick<PesHeader, 'ptsTicks90k' | 'dtsTicks90k'>;
const NO_STAMPS: Stamps = { ptsTicks90k: undefined, dtsTicks90k: undefined };

function stampsOf(bytes: Uint8Array, at: number, headerBytes: number): Stamps {
  if ((byteAt(bytes, at + FIXED_BYTES) & 0xc0) !== 0x80) return mpeg1Stamps(bytes, at, headerBytes);
  const flags = byteAt(bytes, at + 7);
  const stampBytes = headerBytes - MPEG2_FIXED_BYTES;
  if ((flags & PTS_FLAG) === 0 || stampBytes < STAMP_BYTES) return NO_STAMPS;
  const hasDts = (flags & DTS_FLAG) !== 0 && stampBytes >= 2 * STAMP_BYTES;
  return {
    ptsTicks90k: readStamp(bytes, at + MPEG2_FIXED_BYTES),
    dtsTicks90k: hasDts ? readStamp(bytes, at + MPEG2_FIXED_BYTES + STAMP_BYTES) : undefined,
  };
}

/** 33 bits in five bytes with three marker bits; the markers are not checked, devices forget them. */
function readStamp(bytes: Uint8Array, at: number): number {
  const high = (byteAt(bytes, at) >> 1) & 0x07;
  const low =
    (byteAt(bytes, at + 1) << 22) |
    ((byteAt(bytes, at + 2) >> 1) << 15) |
    (byteAt(bytes, at + 3) << 7) |
    (byteAt(bytes, at + 4) >> 1);
  return high * TWO_TO_30 + low;
}

/** ISO/IEC 11172-1 §2.4.4.3: stuffing, STD buffer, then stamps marked by the upper nibble. */
function mpeg1HeaderBytes(bytes: Uint8Array, at: number, available: number): number {
  let size = FIXED_BYTES;
  while (
    size < available &&
    size < FIXED_BYTES + MPEG1_MAX_STUFFING &&
    byteAt(bytes, at + size) === STUFFING
  ) {
    size += 1;
  }
  if (size >= available) return size + 1;
  if ((byteAt(bytes, at + size) & 0xc0) === 0x40) size += 2;
  if (size >= available) return size + 1;
  const nibble = byteAt(bytes, at + size) >> 4;
  if (nibble === 2) return size + STAMP_BYTES;
  if (nibble === 3) return size + 2 * STAMP_BYTES;
  return size + 1;
}

function mpeg1Stamps(bytes: Uint8Array, at: number, headerBytes: number): Stamps {
  const twoAt = at + headerBytes - 2 * STAMP_BYTES;
  if (headerBytes >= FIXED_BYTES + 2 * STAMP_BYTES && byteAt(bytes, twoAt) >> 4 === 3) {
    return { ptsTicks90k: readStamp(bytes, twoAt), dtsTicks90k: readStamp(bytes, twoAt + STAMP_BYTES) };
  }
  const oneAt = at + headerBytes - STAMP_BYTES;
  if (headerBytes >= FIXED_BYTES + STAMP_BYTES && byteAt(bytes, oneAt) >> 4 === 2) {
    return { ptsTicks90k: readStamp(bytes, oneAt), dtsTicks90k: undefined };
  }
  return NO_STAMPS;
}
