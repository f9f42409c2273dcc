/** Where a message starts in octets that begin with something else (GB/T 28181 devices behind broken proxies). */
import { CLASS, TOKEN } from './char-class.ts';
import { withoutLineEnd } from './head.ts';
import { latin1, textOfLatin1 } from './octets.ts';
import { sourceOf } from './source.ts';
import { readStartLine, type StartLine } from './start-line.ts';

const HTAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const DEL = 0x7f;
const PADDING: ReadonlySet<number> = new Set([0x00, LF, CR, 0x20]);
/** Junk before a message is looked through so far. */
const MAX_JUNK_BYTES = 512;
/** A start line without an end is looked at so far, to say what is wrong with it. */
const MAX_START_LINE_BYTES = 8192;

/** The first place that is neither CR, LF, SP nor NUL. */
export function firstBeyondPadding(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && PADDING.has(bytes[at] ?? -1)) at++;
  return at;
}

/** The start line at a place where anything may stand; a text is the reason why it is none. */
export function startLineAt(bytes: Uint8Array, start: number): StartLine | string {
  const lineEnd = bytes.indexOf(LF, start);
  const end =
    lineEnd < 0 ? Math.min(bytes.length, start + MAX_START_LINE_BYTES) : withoutLineEnd(bytes, lineEnd);
  const source = sourceOf(textOfLatin1(latin1(bytes, start, end)));
  return source === undefined ? 'start line is no text' : readStartLine(source, 0, source.bytes.length);
}

/** A start line within reach, -1 without: at `from` or a later line, or behind what can begin no line. */
export function startBehindJunk(bytes: Uint8Array, from: number): number {
  const reach = Math.min(bytes.length, from + MAX_JUNK_BYTES);
  for (let at = from; at < reach;) {
    const start = behindControls(bytes, at, reach);
    if (typeof startLineAt(bytes, start) !== 'string') return start;
    const lineEnd = bytes.indexOf(LF, start);
    if (lineEnd < 0) return -1;
    at = lineEnd + 1;
  }
  return -1;
}

/** Behind the last control octet of the line at `from`, and behind what cannot begin a method. */
function behindControls(bytes: Uint8Array, from: number, reach: number): number {
  let start = from;
  for (let at = from; at < reach && bytes[at] !== LF; at++) {
    const octet = bytes[at] ?? 0;
    if ((octet < 0x20 && octet !== CR && octet !== HTAB) || octet === DEL) start = at + 1;
  }
  while (start < reach && bytes[start] !== LF && ((CLASS[bytes[start] ?? 0] ?? 0) & TOKEN) === 0) start++;
  return start;
}
