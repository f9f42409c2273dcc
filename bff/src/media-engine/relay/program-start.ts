import { byteAt } from '../es/bytes.ts';
import { parseRtpPacket } from '../rtp/rtp-packet.ts';

const PACK_HEADER_BYTES = 14;
const STUFFING_MASK = 0x07;
const PACK = 0xba;
const SYSTEM_HEADER = 0xbb;
const PROGRAM_MAP = 0xbc;

/**
 * What begins with a packet of a program stream over RTP (GB/T 28181-2016 annex C.1.1): a group of pictures has system
 * header or program stream map behind its pack header, any other picture has a pack header alone.
 */
export function programStartOf(packet: Uint8Array): 'group' | 'picture' | undefined {
  const rtp = parseRtpPacket(packet);
  if (rtp === undefined) return undefined;
  const { payloadStart: at, payloadEnd: end } = rtp;
  if (end - at < PACK_HEADER_BYTES || startCode(packet, at) !== PACK) return undefined;
  const next = at + PACK_HEADER_BYTES + (byteAt(packet, at + PACK_HEADER_BYTES - 1) & STUFFING_MASK);
  const code = next + 4 <= end ? startCode(packet, next) : undefined;
  return code === SYSTEM_HEADER || code === PROGRAM_MAP ? 'group' : 'picture';
}

function startCode(bytes: Uint8Array, at: number): number | undefined {
  const isPrefix = byteAt(bytes, at) === 0 && byteAt(bytes, at + 1) === 0 && byteAt(bytes, at + 2) === 1;
  return isPrefix ? byteAt(bytes, at + 3) : undefined;
}
