/** Values of header lines that are read by their grammars. */
import type { Head } from './head.ts';
import { headerNumber, longName } from './header-names.ts';
import type { SipHeader } from './message.ts';
import { type Reader, sourceOf } from './source.ts';

/** What a grammar makes of the first line of a numbered header; undefined when the head does not note its place. */
export function firstLine<T>(head: Head | undefined, number: number, read: Reader<T>): T | undefined {
  if (head === undefined) return undefined;
  const start = head.place(number);
  return start < 0 ? undefined : read(head, start, head.valueEnd(start));
}

/** The values of all lines of a header as they stand, its name given in any form. */
export function textsOf(headers: readonly SipHeader[], name: string): readonly string[] {
  const long = longName(name);
  return headers.filter((header) => longName(header.name) === long).map(({ value }) => value);
}

/** What a grammar makes of each line of a numbered header; the only line, as a rule, is read where it stands. */
export function eachLine<T>(head: Head, name: string, read: Reader<T>): readonly T[] {
  const number = headerNumber(name);
  if (!head.isRepeated(number)) {
    const value = firstLine(head, number, read);
    return value === undefined ? [] : [value];
  }
  const values: T[] = [];
  for (const text of textsOf(head.headers, name)) {
    const source = sourceOf(text);
    const value = source && read(source, 0, source.bytes.length);
    if (value !== undefined) values.push(value);
  }
  return values;
}
