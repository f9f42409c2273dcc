/** The head of a message: checked once, its lines noted by place, no value cut out before it is asked for. */
import { TOKEN } from './char-class.ts';
import { trimmedDecimal } from './decimal.ts';
import { HEADER, headerNumber, NUMBERED_HEADERS, UNNUMBERED } from './header-names.ts';
import type { SipHeader, SipLimits, SipParseError } from './message.ts';
import { skipClass, type Source, trimmedCut } from './source.ts';
import { readStartLine, type StartLine } from './start-line.ts';
import { strayCr, strayNul } from './stray-control.ts';
import type { UsualHead } from './usual-head.ts';

const HTAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SP = 0x20;
const COLON = 0x3a;
const NOWHERE: readonly number[] = new Array<number>(NUMBERED_HEADERS).fill(-1);

/** The place behind the last octet of a line whose LF is known. */
export function withoutLineEnd(bytes: Uint8Array, lineEnd: number): number {
  return bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
}

/** One head. What `read` finds has meaning only without a fault. */
export class Head implements Source {
  readonly bytes: Uint8Array;
  readonly text: string;
  /** First octet of the start line. */
  readonly start: number;
  /** The beginning, when it has the usual form. */
  readonly usual: UsualHead | undefined;
  /** Why this is no head. */
  fault: SipParseError | undefined = undefined;
  /** Undefined when there is none, and where `usual` holds it. */
  startLine: StartLine | undefined = undefined;
  /** First octet behind the empty line. */
  bodyStart = -1;
  /** The first Content-Length. */
  contentLength: number | undefined;
  /** Two Content-Length lines say different things. */
  lengthsDiffer = false;
  /** A line ended with LF alone. */
  bareLf = false;
  /** The empty line is missing, all lines being whole. */
  open = false;
  /** Where the value of each numbered header's first line starts, -1 where `usual` holds it or there is none. */
  readonly #places: number[] = NOWHERE.slice();
  /** Bits of the numbered headers that have further lines. */
  #repeated = 0;
  #headers: readonly SipHeader[] | undefined;
  #nextCr = -1;
  #nextNul = -1;

  constructor(bytes: Uint8Array, text: string, start: number, usual: UsualHead | undefined) {
    this.bytes = bytes;
    this.text = text;
    this.start = start;
    this.usual = usual;
    this.contentLength = usual?.contentLength;
  }

  /** Whether this is a message at all, whatever its `fault`. */
  get hasStartLine(): boolean {
    return this.usual !== undefined || this.startLine !== undefined;
  }

  /** Goes over all lines that `usual` does not hold. */
  read(limits: SipLimits): void {
    const { bytes } = this;
    const limit = this.start + limits.maxHeaderBytes;
    let room = limits.maxHeaders - this.#usualLines();
    let at = this.usual === undefined ? this.#readStartLine() : this.usual.end;
    while (at >= 0 && !this.#isEmptyLine(at)) {
      if (room === 0) at = this.#refuse(at, 'too many header lines');
      else at = this.#readLine(at);
      room--;
    }
    if (at < 0) return;
    this.bodyStart = this.open ? at : bytes[at] === CR ? at + 2 : at + 1;
    if (this.bodyStart > limit) this.#refuse(limit, 'head too long');
  }

  /** Where the value of a numbered header's first line starts, -1 where `usual` holds it or there is none. */
  place(number: number): number {
    return this.#places[number] ?? -1;
  }

  /** Whether there is a line of a numbered header. */
  has(number: number): boolean {
    return this.place(number) >= 0 || this.usual?.has(number) === true;
  }

  /** Whether a numbered header has further lines. */
  isRepeated(number: number): boolean {
    return (this.#repeated & (1 << number)) !== 0;
  }

  /** Where the value ends that starts at `from`. */
  valueEnd(from: number): number {
    return Math.max(from, withoutLineEnd(this.bytes, this.#lineEnd(from)));
  }

  /** Every header line in order. */
  get headers(): readonly SipHeader[] {
    this.#headers ??= this.#allHeaders();
    return this.#headers;
  }

  #allHeaders(): readonly SipHeader[] {
    const { bytes, text } = this;
    const headers: SipHeader[] = [];
    for (let at = text.indexOf('\n', this.start) + 1; !this.#isEmptyLine(at);) {
      const lineEnd = this.#lineEnd(at);
      const nameEnd = skipClass(this, at, lineEnd, TOKEN);
      const value = trimmedCut(this, text.indexOf(':', nameEnd) + 1, withoutLineEnd(bytes, lineEnd));
      headers.push({ name: text.slice(at, nameEnd), value });
      at = lineEnd + 1;
    }
    return headers;
  }

  #readStartLine(): number {
    const { bytes, text, start } = this;
    const lineEnd = text.indexOf('\n', start);
    if (lineEnd < 0) return this.#cutOff();
    if (bytes[lineEnd - 1] !== CR) this.bareLf = true;
    if (!this.#isClean(start, lineEnd)) return -1;
    const line = readStartLine(this, start, withoutLineEnd(bytes, lineEnd));
    if (typeof line === 'string') return this.#refuse(start, line);
    this.startLine = line;
    return lineEnd + 1;
  }

  /** How many header lines `usual` holds. */
  #usualLines(): number {
    if (this.usual === undefined) return 0;
    const { text, usual } = this;
    let lines = -1;
    for (let at = usual.start; at < usual.end; at = text.indexOf('\n', at) + 1) lines++;
    return lines;
  }

  /** The empty line, or what stands in for it at the end of the input. */
  #isEmptyLine(at: number): boolean {
    const { bytes } = this;
    const first = bytes[at];
    if (first === CR) return bytes[at + 1] === LF;
    if (first === LF) this.bareLf = true;
    else if (at >= bytes.length) this.open = true;
    else return false;
    return true;
  }

  /** Notes the header line at `at`; the place behind it, -1 after a fault. */
  #readLine(at: number): number {
    const { bytes } = this;
    const nameEnd = skipClass(this, at, bytes.length, TOKEN);
    let colon = nameEnd;
    while (bytes[colon] === SP || bytes[colon] === HTAB) colon++;
    if (nameEnd === at || bytes[colon] !== COLON)
      return this.#refuse(at, 'header line without a name and a colon');
    const lineEnd = this.#lineEnd(colon + 1);
    if (lineEnd < 0) return this.#cutOff();
    if (!this.#isClean(at, lineEnd)) return -1;
    const number = headerNumber(this.text.slice(at, nameEnd));
    if (number === UNNUMBERED) return lineEnd + 1;
    const valueStart = bytes[colon + 1] === SP ? colon + 2 : colon + 1;
    if (number === HEADER.contentLength && !this.#readLength(valueStart, withoutLineEnd(bytes, lineEnd)))
      return -1;
    if (this.has(number)) this.#repeated |= 1 << number;
    else this.#places[number] = valueStart;
    return lineEnd + 1;
  }

  /** The LF that ends a line and what is folded below it, -1 when there is none. */
  #lineEnd(from: number): number {
    const { bytes, text } = this;
    let lineEnd = text.indexOf('\n', from);
    while (lineEnd >= 0) {
      if (bytes[lineEnd - 1] !== CR) this.bareLf = true;
      const next = bytes[lineEnd + 1];
      if (next !== SP && next !== HTAB) break;
      lineEnd = text.indexOf('\n', lineEnd + 1);
    }
    return lineEnd;
  }

  #readLength(from: number, to: number): boolean {
    const length = trimmedDecimal(this, from, to);
    if (length < 0) this.#refuse(from, 'Content-Length is no number');
    else if (this.contentLength === undefined) this.contentLength = length;
    else if (this.contentLength !== length) this.lengthsDiffer = true;
    return length >= 0;
  }

  /** Whether the line has no CR but those of its line ends, and no NUL that is not escaped. */
  #isClean(from: number, lineEnd: number): boolean {
    const { text } = this;
    // Each octet is looked for once, not in every line again.
    if (this.#nextCr < from) this.#nextCr = placeOf(text, '\r', from);
    if (this.#nextNul < from) this.#nextNul = placeOf(text, '\0', from);
    const cr = this.#nextCr < lineEnd - 1 ? strayCr(text, from, lineEnd) : -1;
    if (cr >= 0) this.#refuse(cr, 'CR without LF in the head');
    const nul = this.#nextNul < lineEnd ? strayNul(text, from, lineEnd) : -1;
    if (nul >= 0) this.#refuse(nul, 'NUL in the head');
    return cr < 0 && nul < 0;
  }

  /** No line end within what was given or may be looked at. */
  #cutOff(): -1 {
    const { bytes, text } = this;
    return text.length < bytes.length
      ? this.#refuse(text.length, 'head too long')
      : this.#refuse(bytes.length, 'head is cut off');
  }

  #refuse(offset: number, reason: string): -1 {
    this.fault = { offset, reason };
    return -1;
  }
}

/** `Infinity` when it is nowhere. */
function placeOf(text: string, octet: string, from: number): number {
  const at = text.indexOf(octet, from);
  return at < 0 ? Infinity : at;
}
