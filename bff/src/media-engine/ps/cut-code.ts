import { byteAt } from '../es/bytes.ts';
import { isStartCodePrefix } from '../es/start-code.ts';
import { PACK_HEADER, START_CODE_BYTES } from './start-code.ts';

/** Where the longest tail of `[from, end)` begins that may be the begin of a start code; `end` = none. */
export function cutCodeAt(bytes: Uint8Array, from: number, end: number): number {
  for (let at = Math.max(from, end - 3); at < end; at += 1) {
    const left = end - at;
    if (left === 3 ? isStartCodePrefix(bytes, at) : isZeros(bytes, at, left)) return at;
  }
  return end;
}

function isZeros(bytes: Uint8Array, at: number, count: number): boolean {
  return byteAt(bytes, at) === 0 && (count < 2 || byteAt(bytes, at + 1) === 0);
}

/** Whether the first `count` bytes of `carry` may be those of a start code with an id from `lowestId`. */
export function mayBeginCode(carry: Uint8Array, count: number, lowestId: number): boolean {
  if (byteAt(carry, 0) !== 0) return false;
  if (count > 1 && byteAt(carry, 1) !== 0) return false;
  if (count > 2 && byteAt(carry, 2) !== 1) return false;
  if (count < START_CODE_BYTES) return true;
  const id = byteAt(carry, 3);
  return lowestId === PACK_HEADER ? id === PACK_HEADER : id >= lowestId;
}
