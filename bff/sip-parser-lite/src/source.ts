import { BLANK, CLASS, PLAIN } from './char-class.ts';
import { encodeText, latin1, textOfLatin1 } from './octets.ts';

const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LESS = 0x3c;
const GREATER = 0x3e;

/** Where only octets are looked at. */
export interface Octets {
  readonly bytes: Uint8Array;
}

/**
 * Octets under reading, and their text: one character per octet, so that places in one are places in the other.
 * The grammars walk over the octets, which is fast, and cut the values out of the text, which costs no copy.
 */
export interface Source extends Octets {
  /** Of `bytes` from 0 on, at least as far as anything is read. */
  readonly text: string;
}

/** A grammar that reads the value in `[from, to)`; undefined when it is malformed. */
export type Reader<T> = (source: Source, from: number, to: number) => T | undefined;

/** A source of a text that does not stand in a message; undefined when the text has no octets. */
export function sourceOf(text: string): Source | undefined {
  const bytes = encodeText(text);
  if (bytes === undefined) return undefined;
  return { bytes, text: latin1(bytes, 0, bytes.length) };
}

/** The value in `[from, to)`: what was folded stands on one line, UTF-8 is decoded, other octets are kept. */
export function cut({ text, bytes }: Source, from: number, to: number): string {
  const raw = text.slice(from, to);
  for (let at = from; at < to; at++) {
    if (((CLASS[bytes[at] ?? 0] ?? 0) & PLAIN) === 0) return textOfLatin1(unfold(raw));
  }
  return raw;
}

/** A line end and the blanks around it become one SP (RFC 3261 §7.3.1). */
function unfold(raw: string): string {
  let lineEnd = raw.indexOf('\n');
  if (lineEnd < 0) return raw;
  let text = '';
  let copied = 0;
  while (lineEnd >= 0) {
    let before = lineEnd;
    while (before > copied && isBlankCode(raw.charCodeAt(before - 1))) before--;
    text += `${raw.slice(copied, before)} `;
    copied = lineEnd + 1;
    while (copied < raw.length && isBlankCode(raw.charCodeAt(copied))) copied++;
    lineEnd = raw.indexOf('\n', copied);
  }
  return text + raw.slice(copied);
}

function isBlankCode(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}

/** The same without blanks around. */
export function trimmedCut(source: Source, from: number, to: number): string {
  const start = skipBlanks(source, from, to);
  return cut(source, start, trimEnd(source, start, to));
}

/** The first place in `[from, to]` with no blank. */
export function skipBlanks({ bytes }: Octets, from: number, to: number): number {
  let at = from;
  while (at < to && ((CLASS[bytes[at] ?? 0] ?? 0) & BLANK) !== 0) at++;
  return at;
}

/** The place behind the last octet in `[from, to)` that is no blank. */
export function trimEnd({ bytes }: Octets, from: number, to: number): number {
  let at = to;
  while (at > from && ((CLASS[bytes[at - 1] ?? 0] ?? 0) & BLANK) !== 0) at--;
  return at;
}

/** The first place in `[from, to]` whose octet is not of the class. */
export function skipClass({ bytes }: Octets, from: number, to: number, bit: number): number {
  let at = from;
  while (at < to && ((CLASS[bytes[at] ?? 0] ?? 0) & bit) !== 0) at++;
  return at;
}

/** The place of the quote that closes the string opened at `open` (RFC 3261 §25.1 quoted-string), -1 when none does. */
export function closingQuote(source: Octets, open: number, to: number): number {
  const { bytes } = source;
  for (let at = open + 1; at < to; at++) {
    const octet = bytes[at];
    if (octet === QUOTE) return at;
    if (octet === BACKSLASH) at++;
  }
  return -1;
}

/** What stands between the quotes at `open` and `close`, escapes taken off. */
export function cutQuoted(source: Source, open: number, close: number): string {
  const inner = cut(source, open + 1, close);
  let slash = inner.indexOf('\\');
  if (slash < 0) return inner;
  let text = '';
  let copied = 0;
  while (slash >= 0) {
    text += inner.slice(copied, slash);
    copied = slash + 1;
    slash = inner.indexOf('\\', slash + 2);
  }
  return text + inner.slice(copied);
}

/**
 * The end of the list element that starts at `from`: its top-level comma, not inside quotes, not inside `<>`
 * (RFC 3261 §7.3.1), or `to`. A quote or bracket that never closes takes the rest.
 */
export function elementEnd(source: Octets, from: number, to: number): number {
  const { bytes } = source;
  let inBrackets = false;
  for (let at = from; at < to; at++) {
    const octet = bytes[at];
    if (octet === COMMA && !inBrackets) return at;
    if (octet === LESS) inBrackets = true;
    else if (octet === GREATER) inBrackets = false;
    else if (octet === QUOTE && !inBrackets) {
      const close = closingQuote(source, at, to);
      if (close < 0) return to;
      at = close;
    }
  }
  return to;
}
