import { byteAt } from './bytes.ts';

const PREFIX = Buffer.of(0, 0, 1);
/** So many bytes are searched here before a call into the runtime, which is faster once it runs, pays. */
const NEAR_BYTES = 96;

/** Whether `00 00 01` stands at `at`. */
export function isStartCodePrefix(bytes: Uint8Array, at: number): boolean {
  return byteAt(bytes, at) === 0 && byteAt(bytes, at + 1) === 0 && byteAt(bytes, at + 2) === 1;
}

/** First `00 00 01` that lies whole in `[from, end)`, or −1. */
export function indexOfStartCodePrefix(bytes: Uint8Array, from: number, end: number): number {
  const nearEnd = Math.min(end, from + NEAR_BYTES);
  let at = from + 2;
  while (at < nearEnd) {
    const third = byteAt(bytes, at);
    if (third > 1) at += 3;
    else if (third === 0) at += 1;
    else if (byteAt(bytes, at - 1) === 0 && byteAt(bytes, at - 2) === 0) return at - 2;
    else at += 3;
  }
  return at >= end ? -1 : indexOfFarPrefix(bytes, at - 2, end);
}

function indexOfFarPrefix(bytes: Uint8Array, from: number, end: number): number {
  const found = Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from).indexOf(PREFIX);
  return found < 0 ? -1 : from + found;
}
