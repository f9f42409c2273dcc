import { type Octets, skipBlanks, trimEnd } from './source.ts';

/** The largest value that a 32-bit field such as CSeq can have (RFC 3261 §8.1.1.5, §20.19). */
export const MAX_UINT32 = 4_294_967_295;
export const MAX_PORT = 65_535;

/**
 * The digits in `[from, to)` as a number: -1 when there is none or another character stands among them,
 * `Infinity` above 2^53 - 1, so that no overlarge value ever wraps around into a small one.
 */
export function decimal({ bytes }: Octets, from: number, to: number): number {
  if (from >= to) return -1;
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value <= Number.MAX_SAFE_INTEGER ? value : Infinity;
}

/** The same with blanks around: -1 when there is no number. */
export function trimmedDecimal(source: Octets, from: number, to: number): number {
  const start = skipBlanks(source, from, to);
  return decimal(source, start, trimEnd(source, start, to));
}
