import { byteAt, readUint16, readUint32 } from '../es/bytes.ts';

const FIXED_HEADER_BYTES = 12;
const VERSION_MASK = 0xc0;
const VERSION_2 = 0x80;
const PADDING_BIT = 0x20;
const EXTENSION_BIT = 0x10;
const CSRC_COUNT_MASK = 0x0f;
const CSRC_BYTES = 4;
const EXTENSION_HEADER_BYTES = 4;
const MARKER_BIT = 0x80;
const PAYLOAD_TYPE_MASK = 0x7f;

/** The shortest RTP packet there can be. */
export const RTP_HEADER_BYTES = FIXED_HEADER_BYTES;

/** RTP packets fit a UDP datagram and a 16-bit length (RFC 4571 §2). */
export const MAX_RTP_PACKET_BYTES = 0xffff;

/**
 * A view over one RTP packet (RFC 3550 §5.1):
 * ```
 *  0                   1                   2                   3
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * |                           timestamp                           |
 * |                             SSRC                              |
 * ```
 */
export interface RtpPacket {
  readonly bytes: Uint8Array;
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly rtpTimestamp: number;
  readonly ssrc: number;
  readonly payloadStart: number;
  readonly payloadEnd: number;
}

/** Reads the header; undefined = not an RTP version 2 packet, or its lengths contradict its size. */
export function parseRtpPacket(bytes: Uint8Array): RtpPacket | undefined {
  const size = bytes.length;
  if (size < FIXED_HEADER_BYTES || size > MAX_RTP_PACKET_BYTES) return undefined;
  const first = byteAt(bytes, 0);
  if ((first & VERSION_MASK) !== VERSION_2) return undefined;
  let payloadStart = FIXED_HEADER_BYTES;
  let payloadEnd = size;
  if (first !== VERSION_2) {
    payloadStart += (first & CSRC_COUNT_MASK) * CSRC_BYTES;
    if ((first & EXTENSION_BIT) !== 0) {
      if (payloadStart + EXTENSION_HEADER_BYTES > size) return undefined;
      const words = readUint16(bytes, payloadStart + 2);
      payloadStart += EXTENSION_HEADER_BYTES + words * 4;
    }
    if ((first & PADDING_BIT) !== 0) payloadEnd -= paddingBytes(bytes);
    if (payloadStart > payloadEnd) return undefined;
  }
  const second = byteAt(bytes, 1);
  return {
    bytes,
    marker: (second & MARKER_BIT) !== 0,
    payloadType: second & PAYLOAD_TYPE_MASK,
    sequenceNumber: readUint16(bytes, 2),
    rtpTimestamp: readUint32(bytes, 4),
    ssrc: readUint32(bytes, 8),
    payloadStart,
    payloadEnd,
  };
}

/** The SSRC field alone, for a packet known to be long enough. */
export function ssrcOf(bytes: Uint8Array, at = 0): number {
  return readUint32(bytes, at + 8);
}

function paddingBytes(bytes: Uint8Array): number {
  const count = byteAt(bytes, bytes.length - 1);
  // §5.1: the count includes itself; some devices set the bit and pad nothing.
  return count <= bytes.length - FIXED_HEADER_BYTES ? count : 0;
}
