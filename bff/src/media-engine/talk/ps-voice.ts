import { FRAME_MS } from './frames.ts';

const TICKS_PER_FRAME = FRAME_MS * 90;
/** How often the map is told again: a device that missed it hears nothing until then. */
const MAP_EVERY = 25;
const PACK_BYTES = 14;
const PES_HEAD_BYTES = 14;
/** One sound under stream_id 0xc0 (ISO/IEC 13818-1 §2.5.3.5, §2.5.4); stream_type 0x90 is G.711A (C.2.3). */
const SYSTEM_HEADER = Buffer.from([
  0, 0, 1, 0xbb, 0, 9, 0x80, 0x04, 0xe1, 0x04, 0xe0, 0x7f, 0xc0, 0xc0, 0x20,
]);
const MAP_BODY = Buffer.from([0, 0, 1, 0xbc, 0, 14, 0xe1, 0xff, 0, 0, 0, 4, 0x90, 0xc0, 0, 0]);
const MAP = withCrc(MAP_BODY);

/** Wraps G.711A into a program stream, for devices that take nothing else. */
export class PsVoice {
  #frames = 0;

  /** The pack of the next 20 ms. */
  pack(codes: Buffer): Buffer {
    const stamp = this.#frames * TICKS_PER_FRAME;
    const isMapDue = this.#frames % MAP_EVERY === 0;
    this.#frames += 1;
    return Buffer.concat([
      packHeader(stamp),
      ...(isMapDue ? [SYSTEM_HEADER, MAP] : []),
      pesHeader(stamp, codes.length),
      codes,
    ]);
  }
}

/** §2.5.3.4; a mux rate of 64 kbit/s with what stands around it. */
function packHeader(stamp: number): Buffer {
  const { high, middle, low } = parts(stamp);
  const bytes = Buffer.from([0, 0, 1, 0xba, 0, 0, 0, 0, 0, 1, 0, 0x03, 0x83, 0xf8]);
  bytes[4] = 0x44 | (high << 3) | (middle >> 13);
  bytes[5] = middle >> 5;
  bytes[6] = ((middle & 0x1f) << 3) | 0x04 | (low >> 13);
  bytes[7] = low >> 5;
  bytes[8] = ((low & 0x1f) << 3) | 0x04;
  return bytes.subarray(0, PACK_BYTES);
}

/** §2.4.3.6, with a PTS. */
function pesHeader(stamp: number, payloadBytes: number): Buffer {
  const { high, middle, low } = parts(stamp);
  const length = PES_HEAD_BYTES - 6 + payloadBytes;
  return Buffer.from([
    ...[0, 0, 1, 0xc0, length >> 8, length & 0xff, 0x80, 0x80, 5],
    ...[0x21 | (high << 1), middle >> 7, ((middle & 0x7f) << 1) | 1, low >> 7, ((low & 0x7f) << 1) | 1],
  ]);
}

/** The 33 bits of a stamp in 3, 15 and 15. */
function parts(stamp: number): { readonly high: number; readonly middle: number; readonly low: number } {
  return {
    high: Math.floor(stamp / 2 ** 30) & 7,
    middle: Math.floor(stamp / 2 ** 15) & 0x7fff,
    low: stamp % 2 ** 15,
  };
}

/** CRC_32 of ISO/IEC 13818-1 annex A behind the section. */
function withCrc(section: Buffer): Buffer {
  let crc = 0xffff_ffff;
  for (const byte of section) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) crc = crc < 0 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1;
  }
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc >>> 0);
  return Buffer.concat([section, bytes]);
}
