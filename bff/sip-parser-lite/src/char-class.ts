/** What an octet may be part of. The classes are bits of one table, so that a loop asks one question per octet. */
const ALPHA_LOWER = 'abcdefghijklmnopqrstuvwxyz';
const ALPHA_UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';
const ALPHANUM = ALPHA_LOWER + ALPHA_UPPER + DIGITS;

/** Names of methods, header fields and parameters (RFC 3261 §25.1 token). */
export const TOKEN = 1;
/** Domain names and IPv4 addresses; the underscore is no DNS name but is met in the field. */
export const HOST = 2;
/** Between the brackets of an IPv6 literal: with a zone (RFC 4007) and an embedded IPv4 address. */
export const IPV6 = 4;
/** Unescaped in the user part of a SIP URI (RFC 3261 §25.1 unreserved and user-unreserved). */
export const USER = 8;
/** Unescaped in a parameter of a SIP URI (RFC 3261 §25.1 unreserved and param-unreserved). */
export const URI_PARAM = 16;
/** Anything that cannot end a URI where one is written down: no control character, no blank, none of `<>"`. */
export const URI = 32;
/** SP, HTAB, and the CR and LF that only a folded line has inside a value. */
export const BLANK = 64;
/** What divides a URI: `@`, `:` and `?`. */
export const URI_MARK = 128;
/** Domain names and IPv4 addresses in lower case. */
export const LOWER_HOST = 256;
/** ASCII and no line end: a cut of such octets is the text that they mean. */
export const PLAIN = 512;

const MEMBERS: readonly (readonly [bit: number, characters: string])[] = [
  [TOKEN, `${ALPHANUM}-.!%*_+\`'~`],
  [HOST, `${ALPHANUM}-._`],
  [IPV6, `${ALPHANUM}:.%-_`],
  [USER, `${ALPHANUM}-_.!~*'()&=+$,;?/`],
  [URI_PARAM, `${ALPHANUM}-_.!~*'()[]/:&+$`],
  [BLANK, ' \t\r\n'],
  [URI_MARK, '@:?'],
  [LOWER_HOST, `${ALPHA_LOWER}${DIGITS}-._`],
];

/** Classes by octet. */
export const CLASS: Uint16Array = classTable();

function classTable(): Uint16Array {
  const table = new Uint16Array(256);
  for (const [bit, characters] of MEMBERS) {
    for (let i = 0; i < characters.length; i++) {
      const octet = characters.charCodeAt(i);
      table[octet] = (table[octet] ?? 0) | bit;
    }
  }
  for (let octet = 0; octet < 256; octet++) {
    const character = String.fromCharCode(octet);
    let bits = 0;
    if (octet > 0x20 && !'<>"\x7f'.includes(character)) bits |= URI;
    if (octet < 0x80 && character !== '\n') bits |= PLAIN;
    table[octet] = (table[octet] ?? 0) | bits;
  }
  return table;
}

/** Whether a text is made of characters of one class only, and is not empty. */
export function isMadeOf(bit: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (((CLASS[text.charCodeAt(i)] ?? 0) & bit) === 0) return false;
  }
  return text.length > 0;
}
