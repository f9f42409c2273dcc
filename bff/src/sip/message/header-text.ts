import type { SipHeader } from 'sip-parser-lite';

const NAME = /^[A-Za-z0-9\-.!%*_+`'~]+$/;
const LINE_BREAK = /[\r\n\0]/;

/** Header lines of our own making. Throws on what would break a line: that is a fault of the caller. */
export function headerText(headers: readonly SipHeader[]): string {
  let text = '';
  for (const { name, value } of headers) {
    if (!NAME.test(name) || LINE_BREAK.test(value)) throw new RangeError(`header ${name} cannot be written`);
    text += `${name}: ${value}\r\n`;
  }
  return text;
}

/** Throws when a text would break the line in which it stands. */
export function onOneLine(text: string): string {
  if (LINE_BREAK.test(text)) throw new RangeError('line break in a header');
  return text;
}
