import { Head } from './head.ts';
import type { SipLimits } from './message.ts';
import { latin1 } from './octets.ts';
import { readUsualHead, type UsualHead } from './usual-head.ts';

/** Most heads are shorter, whatever the length of the body. */
const FEW_OCTETS = 2048;

/** The head that starts at `start`: of the usual form throughout, or any other; its `fault` tells whether it is one. */
export function readHead(bytes: Uint8Array, start: number, limits: SipLimits): UsualHead | Head {
  const usual = readUsualHead(bytes, start, limits);
  if (usual?.isWhole === true) return usual;
  const most = Math.min(bytes.length, start + limits.maxHeaderBytes);
  const few = Math.min(most, start + FEW_OCTETS);
  const head = new Head(bytes, latin1(bytes, 0, few), start, usual);
  head.read(limits);
  if (few === most || (head.fault === undefined && head.bodyStart <= few)) return head;
  // It was not seen whole: once more, from all that may belong to it.
  const whole = new Head(bytes, latin1(bytes, 0, most), start, usual);
  whole.read(limits);
  return whole;
}
