import type { Head } from './head.ts';
import { HEADER } from './header-names.ts';
import { firstBeyondPadding, startLineAt } from './start-line-search.ts';
import type { UsualHead } from './usual-head.ts';

const LESS = 0x3c;

/** Where the body of a datagram ends, and what had to be repaired to say so. */
export interface BodyEnd {
  readonly end: number;
  readonly repair: string | undefined;
}

/** Where the body ends that is not as long as its Content-Length says (RFC 3261 §18.3). */
export function repairedBodyEnd(head: UsualHead | Head): BodyEnd {
  const { bytes, bodyStart, contentLength } = head;
  const end = bytes.length;
  const available = end - bodyStart;
  if (head.lengthsDiffer) return { end, repair: 'content-length-differs' };
  if (contentLength === undefined)
    return { end, repair: available === 0 ? undefined : 'content-length-missing' };
  if (contentLength > available) return { end, repair: 'content-length-too-big' };
  // Devices that count wrong mean the whole rest; what is no part of the body follows by mistake.
  return goesOn(head, bodyStart + contentLength)
    ? { end, repair: 'content-length-too-small' }
    : { end: bodyStart + contentLength, repair: 'octets-behind-body' };
}

/** Whether what stands behind the stated end is more of the body: not padding, not another message. */
function goesOn(head: UsualHead | Head, statedEnd: number): boolean {
  const { bytes, bodyStart } = head;
  if (!head.has(HEADER.contentType) && bytes[firstBeyondPadding(bytes, bodyStart)] !== LESS) return false;
  const next = firstBeyondPadding(bytes, statedEnd);
  return next < bytes.length && typeof startLineAt(bytes, next) === 'string';
}
