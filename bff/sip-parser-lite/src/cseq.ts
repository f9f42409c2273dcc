import { TOKEN } from './char-class.ts';
import { decimal, MAX_UINT32 } from './decimal.ts';
import type { CSeq } from './message.ts';
import { skipBlanks, skipClass, type Source, trimEnd } from './source.ts';
import { readMethod } from './start-line.ts';

/** `20 MESSAGE` in `[from, to)`; a number above 2^32 - 1 makes it malformed (RFC 3261 §8.1.1.5, §20.16). */
export function readCSeq(source: Source, from: number, to: number): CSeq | undefined {
  const start = skipBlanks(source, from, to);
  const digitsEnd = skipClass(source, start, to, TOKEN);
  const sequence = decimal(source, start, digitsEnd);
  if (sequence < 0 || sequence > MAX_UINT32) return undefined;
  const method = readMethod(source, skipBlanks(source, digitsEnd, to), trimEnd(source, digitsEnd, to));
  return method === undefined ? undefined : { sequence, method };
}
