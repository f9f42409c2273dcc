import type { SipHeader } from 'sip-parser-lite';

const NAME = /^[A-Za-z0-9\-.!%*_+`'~]+$/;
const LINE_BREAK = /[\r\n\0]/;

/** Names that were found right: there are a few dozen of our own. */
const goodNames = new Set<string>();
const MAX_GOOD_NAMES = 256;

/** Header lines of our own making. Throws on what would break a line: that is a fault of the caller. */
export function headerText(headers: readonly SipHeader[]): string {
  let text = '';
  for (const { name, value } of headers) {
    if (!isName(name) || LINE_BREAK.test(value)) throw new RangeError(`header ${name} cannot be written`);
    text += `${name}: ${value}\r\n`;
  }
  return text;
}

/** Throws when a text would break the line in which it stands. */
export function onOneLine(text: string): string {
  if (LINE_BREAK.test(text)) throw new RangeError('line break in a header');
  return text;
}

function isName(name: string): boolean {
  if (goodNames.has(name)) return true;
  if (!NAME.test(name)) return false;
  if (goodNames.size < MAX_GOOD_NAMES) goodNames.add(name);
  return true;
}
