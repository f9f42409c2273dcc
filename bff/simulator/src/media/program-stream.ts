const PACK = 0xba;
const SYSTEM_HEADER = 0xbb;
const PROGRAM_STREAM_MAP = 0xbc;
const VIDEO = 0xe0;
const AUDIO = 0xc0;
const STREAM_TYPE_H264 = 0x1b;
const STREAM_TYPE_G711A = 0x90;
/** Largest PES payload that its 16-bit length can name with our 8-byte extension header. */
const MAX_PES_PAYLOAD = 65_535 - 13;

/** Writes MPEG program stream packs as GB28181 cameras do (ISO/IEC 13818-1 §2.5, GB/T 28181-2016 annex C). */
export class ProgramStreamWriter {
  /** A picture: pack header, before key pictures system header and map, then the PES packets. */
  picture(bytes: Buffer, key: boolean, timestamp90k: number): Buffer[] {
    const parts = [packHeader(timestamp90k)];
    if (key) parts.push(systemHeader(), programStreamMap());
    for (let at = 0; at < bytes.length; at += MAX_PES_PAYLOAD) {
      const piece = bytes.subarray(at, at + MAX_PES_PAYLOAD);
      parts.push(pesHeader(VIDEO, piece.length, at === 0 ? timestamp90k : undefined), piece);
    }
    return parts;
  }

  /** A piece of sound: one PES packet behind a pack header. */
  sound(bytes: Buffer, timestamp90k: number): Buffer[] {
    return [packHeader(timestamp90k), pesHeader(AUDIO, bytes.length, timestamp90k), bytes];
  }
}

/** §2.5.3.4: SCR in 33 + 9 bits, mux rate, no stuffing. */
function packHeader(timestamp90k: number): Buffer {
  const high = Math.floor(timestamp90k / 2 ** 30) & 0x7;
  const low = timestamp90k % 2 ** 30;
  const middle = Math.floor(low / 2 ** 15);
  const bottom = low % 2 ** 15;
  const muxRate = 20_000;
  const bytes = startCode(PACK, 14);
  bytes[4] = 0x44 | (high << 3) | (middle >>> 13);
  bytes[5] = middle >>> 5;
  bytes[6] = 0x04 | ((middle & 0x1f) << 3) | (bottom >>> 13);
  bytes[7] = bottom >>> 5;
  bytes[8] = 0x04 | ((bottom & 0x1f) << 3);
  bytes[9] = 0x01;
  bytes[10] = muxRate >>> 14;
  bytes[11] = muxRate >>> 6;
  bytes[12] = ((muxRate & 0x3f) << 2) | 0x03;
  bytes[13] = 0xf8;
  return bytes;
}

/** §2.5.3.5: bounds for one video and one audio stream. */
function systemHeader(): Buffer {
  const bytes = startCode(SYSTEM_HEADER, 18);
  bytes.writeUInt16BE(12, 4);
  bytes.set([0x80, 0x9c, 0x41, 0x04, 0xe1, 0x7f], 6);
  bytes.set([VIDEO, 0xe0, 0x80, AUDIO, 0xc0, 0x20], 12);
  return bytes;
}

/** §2.5.4.1: H.264 as 0xE0, G.711 A-law as 0xC0. The CRC is left zero, as most cameras do. */
function programStreamMap(): Buffer {
  const bytes = startCode(PROGRAM_STREAM_MAP, 24);
  bytes.writeUInt16BE(18, 4);
  bytes.set([0xe0, 0xff, 0, 0], 6);
  bytes.writeUInt16BE(8, 10);
  bytes.set([STREAM_TYPE_H264, VIDEO, 0, 0, STREAM_TYPE_G711A, AUDIO, 0, 0], 12);
  return bytes;
}

/** §2.4.3.6, with a presentation time stamp when one is given. */
function pesHeader(streamId: number, payloadBytes: number, timestamp90k: number | undefined): Buffer {
  const stampBytes = timestamp90k === undefined ? 0 : 5;
  const bytes = startCode(streamId, 9 + stampBytes);
  bytes.writeUInt16BE(3 + stampBytes + payloadBytes, 4);
  bytes[6] = 0x80;
  bytes[7] = timestamp90k === undefined ? 0 : 0x80;
  bytes[8] = stampBytes;
  if (timestamp90k !== undefined) {
    const high = Math.floor(timestamp90k / 2 ** 30) & 0x7;
    const low = timestamp90k % 2 ** 30;
    bytes[9] = 0x21 | (high << 1);
    bytes.writeUInt16BE((Math.floor(low / 2 ** 15) << 1) | 1, 10);
    bytes.writeUInt16BE(((low % 2 ** 15) << 1) | 1, 12);
  }
  return bytes;
}

function startCode(id: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.set([0, 0, 1, id]);
  return bytes;
}
