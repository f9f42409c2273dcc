import { detectCharset } from './charset.ts';
import { XmlElement, type XmlSource } from './xml-element.ts';

/** Bounds of one body. */
export const XML_LIMITS = { maxBytes: 4_194_304, maxDepth: 16, maxElements: 250_000, maxTagBytes: 1_024 };

/** Why a body is no document. */
export type XmlFaultReason =
  'empty' | 'too-long' | 'too-deep' | 'too-many-elements' | 'document-type' | 'no-root';

/** What was put right while reading, in the words of the counters. */
export type XmlRepair = 'stray-end-tag' | 'missing-end-tag' | 'junk-before-root' | 'stray-less-than';

export interface XmlFault {
  readonly reason: XmlFaultReason;
  /** Octets from the start of the body. */
  readonly offset: number;
}

export type XmlResult =
  | { readonly ok: true; readonly root: XmlElement; readonly repairs: ReadonlySet<XmlRepair> }
  | { readonly ok: false; readonly fault: XmlFault };

const LESS_THAN = 0x3c;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;

/**
 * Reads the subset of XML 1.0 that MANSCDP needs: elements, character data, CDATA; attributes, comments and
 * processing instructions are passed over, a document type is refused. Works on octets: in GB 18030 no trailing
 * octet is `<`, `>` or `&`, so that text is decoded only where it is asked for. Never throws. Tolerant of what real
 * devices do wrong: end tags too many or missing, stray `<` and `&`, junk around the root.
 */
export function readXml(bytes: Uint8Array): XmlResult {
  if (bytes.length === 0) return fault('empty', 0);
  if (bytes.length > XML_LIMITS.maxBytes) return fault('too-long', XML_LIMITS.maxBytes);
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const latin1 = body.toString('latin1');
  const charset = detectCharset(body, latin1.slice(0, 120));
  return new Reader({ latin1, body, charset }).read();
}

function fault(reason: XmlFaultReason, offset: number): XmlResult {
  return { ok: false, fault: { reason, offset } };
}

class Reader {
  readonly #source: XmlSource;
  readonly #repairs = new Set<XmlRepair>();
  readonly #open: XmlElement[] = [];
  #root: XmlElement | undefined;
  #elements = 0;
  #at = 0;
  #refusal: XmlFaultReason | undefined;

  constructor(source: XmlSource) {
    this.#source = source;
  }

  read(): XmlResult {
    const { latin1 } = this.#source;
    for (;;) {
      const from = this.#at;
      const tag = latin1.indexOf('<', from);
      if (tag < 0) break;
      if (this.#root === undefined && hasJunk(latin1, from, tag)) this.#repairs.add('junk-before-root');
      this.#at = tag;
      this.#readMarkup(latin1, tag);
      if (this.#refusal !== undefined) return fault(this.#refusal, tag);
      if (this.#root !== undefined && this.#open.length === 0) break;
    }
    if (this.#root === undefined) return fault('no-root', latin1.length);
    this.#closeDownTo(0, latin1.length);
    return { ok: true, root: this.#root, repairs: this.#repairs };
  }

  #readMarkup(latin1: string, tag: number): void {
    const next = latin1.charCodeAt(tag + 1);
    if (next === SLASH) this.#readEndTag(latin1, tag);
    else if (next === QUESTION) this.#skip(latin1, tag, '?>');
    else if (next === BANG) this.#readDeclaration(latin1, tag);
    else this.#readStartTag(latin1, tag);
  }

  #readStartTag(latin1: string, tag: number): void {
    const nameEnd = nameEndFrom(latin1, tag + 1);
    const close = nameEnd === tag + 1 ? -1 : tagEndFrom(latin1, nameEnd);
    if (close < 0) {
      // No tag begins here: the character is text.
      this.#repairs.add('stray-less-than');
      this.#at = tag + 1;
      return;
    }
    if (this.#elements >= XML_LIMITS.maxElements) {
      this.#refusal = 'too-many-elements';
      return;
    }
    if (this.#open.length >= XML_LIMITS.maxDepth) {
      this.#refusal = 'too-deep';
      return;
    }
    this.#elements += 1;
    const element = new XmlElement(this.#source, latin1.slice(tag + 1, nameEnd), close + 1);
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = element;
    else parent.children.push(element);
    if (latin1.charCodeAt(close - 1) === SLASH) element.closed = true;
    else this.#open.push(element);
    this.#at = close + 1;
  }

  #readEndTag(latin1: string, tag: number): void {
    const nameEnd = nameEndFrom(latin1, tag + 2);
    const close = latin1.indexOf('>', nameEnd);
    this.#at = close < 0 ? latin1.length : close + 1;
    const name = latin1.slice(tag + 2, nameEnd);
    for (let depth = this.#open.length - 1; depth >= 0; depth -= 1) {
      const element = this.#open[depth];
      if (element?.name !== name) continue;
      this.#closeDownTo(depth + 1, tag);
      element.endAt(tag);
      element.closed = true;
      this.#open.length = depth;
      return;
    }
    this.#repairs.add('stray-end-tag');
  }

  #readDeclaration(latin1: string, tag: number): void {
    const parent = this.#open.at(-1);
    if (latin1.startsWith('<!--', tag)) {
      if (parent !== undefined) parent.marked = true;
      this.#skip(latin1, tag + 4, '-->');
    } else if (latin1.startsWith('<![CDATA[', tag)) {
      if (parent !== undefined) parent.marked = true;
      this.#skip(latin1, tag + 9, ']]>');
    } else if (/^<!doctype/i.test(latin1.slice(tag, tag + 9))) {
      this.#refusal = 'document-type';
    } else {
      this.#repairs.add('stray-less-than');
      this.#at = tag + 2;
    }
  }

  #skip(latin1: string, from: number, end: string): void {
    const at = latin1.indexOf(end, from);
    this.#at = at < 0 ? latin1.length : at + end.length;
  }

  /** Ends the elements from `depth` on whose end tags are missing. */
  #closeDownTo(depth: number, offset: number): void {
    for (let at = this.#open.length - 1; at >= depth; at -= 1) {
      this.#open[at]?.endAt(offset);
      this.#repairs.add('missing-end-tag');
    }
    this.#open.length = Math.min(this.#open.length, depth);
  }
}

function hasJunk(latin1: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (latin1.charCodeAt(at) > 0x20) return true;
  return false;
}

/** Behind the name that starts at `at`: ASCII letters and `_`, then also digits, `-`, `.` and `:`. */
function nameEndFrom(latin1: string, at: number): number {
  let end = at;
  for (; end < latin1.length; end += 1) {
    const code = latin1.charCodeAt(end);
    const isLetter = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
    const isInner = (code >= 0x30 && code <= 0x3a) || code === 0x2d || code === 0x2e;
    if (!isLetter && !(isInner && end > at)) break;
  }
  return end;
}

/** The `>` of a start tag, quoted ones passed over; -1 when another tag begins before it or it is too long. */
function tagEndFrom(latin1: string, from: number): number {
  const limit = Math.min(latin1.length, from + XML_LIMITS.maxTagBytes);
  let quote = '';
  for (let at = from; at < limit; at += 1) {
    const char = latin1.charAt(at);
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '>') return at;
    else if (char === '"' || char === "'") quote = char;
    else if (latin1.charCodeAt(at) === LESS_THAN) return -1;
  }
  return -1;
}
