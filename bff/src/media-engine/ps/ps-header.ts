import { byteAt, readUint16 } from '../es/bytes.ts';
import { isStartCodePrefix } from '../es/start-code.ts';
import { pesHeaderBytes } from './pes-packet.ts';
import {
  PACK_HEADER,
  PROGRAM_END,
  PROGRAM_STREAM_MAP,
  START_CODE_BYTES,
  SYSTEM_HEADER,
  trackOf,
} from './start-code.ts';

const LENGTH_END_BYTES = 6;
const MPEG2_PACK_BYTES = 14;
const MPEG1_PACK_BYTES = 12;
const EMPTY_PACK_PEEK_BYTES = START_CODE_BYTES + 3;
/** program_stream_map_length is at most 1018 (§2.5.4); no other header is longer. */
export const MAX_PS_HEADER_BYTES = 1024;

/** No header stands here. */
export const NOT_A_HEADER = -1;

/**
 * How many bytes the header at `at` takes, as far as `available` bytes tell (ISO/IEC 13818-1 §2.5.3): a number
 * above `available` = that many are needed to know more; `NOT_A_HEADER` = the stream is out of step here.
 */
export function psHeaderBytes(bytes: Uint8Array, at: number, available: number): number {
  if (available < START_CODE_BYTES) return START_CODE_BYTES;
  if (!isStartCodePrefix(bytes, at)) return NOT_A_HEADER;
  const id = byteAt(bytes, at + 3);
  if (id === PACK_HEADER) return packHeaderBytes(bytes, at, available);
  if (id === PROGRAM_END) return START_CODE_BYTES;
  if (id < PROGRAM_END) return NOT_A_HEADER;
  if (trackOf(id)) return pesHeaderBytes(bytes, at, available);
  if (available < LENGTH_END_BYTES) return LENGTH_END_BYTES;
  // Everything else is skipped by its length; only the map and the system header are wanted whole.
  if (id !== PROGRAM_STREAM_MAP && id !== SYSTEM_HEADER) return LENGTH_END_BYTES;
  const size = LENGTH_END_BYTES + readUint16(bytes, at + 4);
  return size <= MAX_PS_HEADER_BYTES ? size : NOT_A_HEADER;
}

function packHeaderBytes(bytes: Uint8Array, at: number, available: number): number {
  if (available < START_CODE_BYTES + 1) return START_CODE_BYTES + 1;
  const first = byteAt(bytes, at + START_CODE_BYTES);
  if ((first & 0xc0) === 0x40) {
    if (available < MPEG2_PACK_BYTES) return MPEG2_PACK_BYTES;
    return MPEG2_PACK_BYTES + (byteAt(bytes, at + MPEG2_PACK_BYTES - 1) & 0x07);
  }
  if ((first & 0xf0) === 0x20) return MPEG1_PACK_BYTES;
  // Hikvision sends packs that are a start code only.
  if (available < EMPTY_PACK_PEEK_BYTES) return first === 0 ? EMPTY_PACK_PEEK_BYTES : NOT_A_HEADER;
  return isStartCodePrefix(bytes, at + START_CODE_BYTES) ? START_CODE_BYTES : NOT_A_HEADER;
}
