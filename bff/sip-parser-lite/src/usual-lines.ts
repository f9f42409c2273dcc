import { HEADER } from './header-names.ts';
import type { SipParams } from './message.ts';
import { NO_PARAMS } from './params.ts';

const LETTER_F = 0x46;
const VIA_LENGTH = 'Via: '.length;
/** Lengths of `From: `, `To: `, `Call-ID: `, `CSeq: ` and `Contact: `, by number of the header less that of From. */
const NAME_LENGTHS: readonly number[] = [6, 4, 9, 6, 9];

/** The value of a few digits. */
export function usualNumber(digits: string): number {
  let value = 0;
  for (let i = 0; i < digits.length; i++) value = value * 10 + digits.charCodeAt(i) - 0x30;
  return value;
}

/** `;name=value;name` as the patterns let it through: names in lower case, no blanks, no quotes. */
export function usualParams(text: string): SipParams {
  if (text === '') return NO_PARAMS;
  const params = new Map<string, string>();
  for (const part of text.slice(1).split(';')) {
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    if (!params.has(name)) params.set(name, equals < 0 ? '' : part.slice(equals + 1));
  }
  return params;
}

/** A head of the usual form, and where it starts in its text. */
export interface UsualText {
  readonly text: string;
  readonly start: number;
}

/** The value of Via, From, To, Call-ID, CSeq or Contact in a usual head: as it stands, found anew. */
export function usualValue({ text, start }: UsualText, number: number): string {
  let at = text.indexOf('\n', start) + 1;
  if (number === HEADER.via) return text.slice(at + VIA_LENGTH, text.indexOf('\r', at));
  at = text.indexOf('\n', at) + 1;
  // Lines that may stand between Via and From.
  while (text.charCodeAt(at) !== LETTER_F) at = text.indexOf('\n', at) + 1;
  for (let line: number = HEADER.from; line < number; line++) at = text.indexOf('\n', at) + 1;
  return text.slice(at + (NAME_LENGTHS[number - HEADER.from] ?? 0), text.indexOf('\r', at));
}
