import { type Charset, textOf } from './charset.ts';
import { resolveReferences } from './xml-references.ts';

/** Octets and characters of a text node that are kept. */
const MAX_TEXT_OCTETS = 8_192;
const MAX_TEXT = 2_048;
const CONTROL = /\p{Cc}/u;
const CONTROLS = /\p{Cc}/gu;

/** The body that the elements are views over. */
export interface XmlSource {
  /** One character per octet. */
  readonly latin1: string;
  readonly body: Buffer;
  readonly charset: Charset;
}

/** One element: its children, or its text, read when asked for. Valid as long as the body's buffer is not reused. */
export class XmlElement {
  readonly name: string;
  readonly children: XmlElement[] = [];
  /** Whether its own end tag was there. */
  closed = false;
  /** Its content holds comments or CDATA sections. */
  marked = false;
  readonly #source: XmlSource;
  readonly #start: number;
  #end: number;

  /** `start`: offset behind the start tag. */
  constructor(source: XmlSource, name: string, start: number) {
    this.name = name;
    this.#source = source;
    this.#start = start;
    this.#end = start;
  }

  /** Sets where the content ends. */
  endAt(offset: number): void {
    this.#end = offset;
  }

  child(name: string): XmlElement | undefined {
    for (const child of this.children) if (child.name === name) return child;
    return undefined;
  }

  /** Text of the first child of this name, without blanks around it; undefined when absent or empty. */
  textOf(name: string): string | undefined {
    const text = this.child(name)?.text;
    return text === '' ? undefined : text;
  }

  /**
   * Character data without blanks around it and without control characters; `''` for an element with children. Vendor:
   * what looks like the start of a child and is never ended is text, as in `<Name>gate <B></Name>` (Q27).
   */
  get text(): string {
    if (this.children.length > 0 && !(this.closed && this.children.every(isStray))) return '';
    const { latin1, body, charset } = this.#source;
    const end = Math.min(this.#end, this.#start + MAX_TEXT_OCTETS);
    if (this.marked) return cleaned(unmarked(textOf(latin1, body, this.#start, end, charset)));
    let from = this.#start;
    let to = end;
    while (from < to && latin1.charCodeAt(from) <= 0x20) from += 1;
    while (to > from && latin1.charCodeAt(to - 1) <= 0x20) to -= 1;
    return from === to ? '' : cleaned(resolveReferences(textOf(latin1, body, from, to, charset)));
  }
}

/** Whether nothing in it was ever ended. */
function isStray({ closed, children }: XmlElement): boolean {
  return !closed && children.every(isStray);
}

function cleaned(text: string): string {
  const plain = CONTROL.test(text) ? text.replace(CONTROLS, '') : text;
  return (plain.length > MAX_TEXT ? plain.slice(0, MAX_TEXT) : plain).trim();
}

const COMMENT = { begin: '<!--', end: '-->' };
const CDATA = { begin: '<![CDATA[', end: ']]>' };

/**
 * Takes comments out, and CDATA sections as they are. One that does not end is text. Each end is looked for once: text
 * that is full of begins costs no more than its length.
 */
function unmarked(text: string): string {
  let plain = '';
  let from = 0;
  let at = text.indexOf('<!');
  for (; at >= 0; at = text.indexOf('<!', at)) {
    const kind = [COMMENT, CDATA].find(({ begin }) => text.startsWith(begin, at));
    const end = kind === undefined ? -1 : text.indexOf(kind.end, at + kind.begin.length);
    if (kind === undefined) {
      at += 2;
      continue;
    }
    // Neither of this kind nor of the other ends behind it, in what the reader has marked.
    if (end < 0) break;
    plain += resolveReferences(text.slice(from, at));
    if (kind === CDATA) plain += text.slice(at + CDATA.begin.length, end);
    from = at = end + kind.end.length;
  }
  return plain + resolveReferences(text.slice(from));
}
