import { isMadeOf, TOKEN } from './char-class.ts';
import type { SipParams } from './message.ts';
import { quote } from './quote.ts';
import { closingQuote, cut, cutQuoted, skipBlanks, skipClass, type Source, trimEnd } from './source.ts';

const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;

/** Shared by everything that has no parameters. */
export const NO_PARAMS: SipParams = new Map();

/**
 * Header parameters `;name=value;name="value";name` in `[from, to)` (RFC 3261 §25.1 generic-param). Of a name given
 * twice the first counts. Undefined when they are malformed, e.g. by an empty parameter.
 */
export function readParams(source: Source, from: number, to: number): SipParams | undefined {
  const { bytes } = source;
  let at = skipBlanks(source, from, to);
  if (at === to) return NO_PARAMS;
  const params = new Map<string, string>();
  while (at < to) {
    if (bytes[at] !== SEMICOLON) return undefined;
    const start = skipBlanks(source, at + 1, to);
    const end = skipClass(source, start, to, TOKEN);
    if (end === start) return undefined;
    let value = '';
    at = skipBlanks(source, end, to);
    if (at < to && bytes[at] === EQUALS) {
      at = skipBlanks(source, at + 1, to);
      const close = bytes[at] === QUOTE ? closingQuote(source, at, to) : at;
      if (close < 0) return undefined;
      if (close > at) {
        value = cutQuoted(source, at, close);
        at = skipBlanks(source, close + 1, to);
      } else {
        const valueStart = at;
        const semicolon = source.text.indexOf(';', at);
        at = semicolon < 0 || semicolon > to ? to : semicolon;
        value = cut(source, valueStart, trimEnd(source, valueStart, at));
      }
    }
    const name = source.text.slice(start, end).toLowerCase();
    if (!params.has(name)) params.set(name, value);
  }
  return params;
}

/** Values that stand without quotes beside tokens: hosts with their colons and brackets. */
const BARE = /^[\w.:[\]-]+$/;

/**
 * `;name=value` for each parameter, `;name` for an empty value, quoted where the value is no token or host.
 * Undefined when a name is no token.
 */
export function formatParams(params: Iterable<readonly [string, string]>): string | undefined {
  let text = '';
  for (const [name, value] of params) {
    if (!isMadeOf(TOKEN, name)) return undefined;
    text += `;${name}`;
    if (value !== '') text += `=${isMadeOf(TOKEN, value) || BARE.test(value) ? value : quote(value)}`;
  }
  return text;
}
