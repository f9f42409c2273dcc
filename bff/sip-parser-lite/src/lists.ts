import { elementEnd, type Reader, type Source, sourceOf, trimmedCut } from './source.ts';

const COMMA = 0x2c;

/** As `elementEnd`; where there is no comma, which is usual, nothing is walked over. */
function firstElementEnd(source: Source, from: number, to: number): number {
  const comma = source.text.indexOf(',', from);
  return comma < 0 || comma >= to ? to : elementEnd(source, from, to);
}

/** A reader of the first element of a list. */
export function firstOf<T>(read: Reader<T>): Reader<T> {
  return (source, from, to) => read(source, from, firstElementEnd(source, from, to));
}

/** A reader of all elements of a list (RFC 3261 §7.3.1), malformed ones left out. */
export function listOf<T>(read: Reader<T>): Reader<readonly T[]> {
  return (source, from, to) => {
    const values: T[] = [];
    for (let at = from; at < to;) {
      const end = firstElementEnd(source, at, to);
      const value = read(source, at, end);
      if (value !== undefined) values.push(value);
      at = source.bytes[end] === COMMA ? end + 1 : to;
    }
    return values;
  };
}

const readTexts = listOf(trimmedCut);

/** The elements of a list as texts, empty ones left out. */
export function splitList(text: string): readonly string[] {
  const source = sourceOf(text);
  if (source === undefined) return [text];
  return (readTexts(source, 0, source.bytes.length) ?? []).filter((value) => value !== '');
}
