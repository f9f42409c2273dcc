import { GbFailure } from '../gb-failure.ts';
import { wholeNumber } from './document.ts';
import type { XmlElement } from './xml-element.ts';

const DECIMAL = /^[+-]?\d{1,9}(?:\.\d{1,12})?$/;
const TRUE = /^(?:1|true|on|yes)$/i;
const FALSE = /^(?:0|false|off|no)$/i;
const MAX_REASON = 200;

/** A number with or without fraction; undefined for anything else. */
export function decimalOf(element: XmlElement | undefined, name: string): number | undefined {
  const text = element?.textOf(name);
  return text !== undefined && DECIMAL.test(text) ? Number(text) : undefined;
}

/** A whole number, not negative; undefined for anything else. */
export function wholeOf(element: XmlElement | undefined, name: string): number | undefined {
  return wholeNumber(element?.textOf(name));
}

/** A switch: `0` and `1` by rule, words in practice. */
export function flagOf(element: XmlElement | undefined, name: string): boolean | undefined {
  const text = element?.textOf(name);
  if (text === undefined) return undefined;
  return TRUE.test(text) ? true : FALSE.test(text) ? false : undefined;
}

/** Text of at most `length` characters. */
export function shortOf(element: XmlElement | undefined, name: string, length: number): string | undefined {
  return element?.textOf(name)?.slice(0, length);
}

/** Children of this name in the first child called `list`, or in the element itself; at most `limit`. */
export function itemsOf(
  element: XmlElement,
  list: string,
  name: string,
  limit: number,
): readonly XmlElement[] {
  const items: XmlElement[] = [];
  for (const child of (element.child(list) ?? element).children) {
    if (child.name !== name || !child.closed) continue;
    if (items.length >= limit) break;
    items.push(child);
  }
  return items;
}

/**
 * The failure that an answer reports; undefined when it reports none. Vendor: Hikvision puts Result and Reason into
 * answers whose schema has neither, so they are always looked for.
 */
export function reportedFailure(element: XmlElement): GbFailure | undefined {
  const result = element.textOf('Result');
  if (result === undefined || !/^(?:error|fail|failed|false)$/i.test(result)) return undefined;
  const reason = element.textOf('Reason')?.slice(0, MAX_REASON);
  return new GbFailure('rejected', reason ?? 'the device reports an error');
}
