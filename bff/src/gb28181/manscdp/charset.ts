import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';

/** How the octets of a body map to characters. */
export type Charset = 'ascii' | 'utf-8' | 'gb18030';

const DECLARED_UTF8 = /^[^>]{0,100}encoding\s*=\s*["']utf-?8["']/i;
const LEAD_OF_THREE = 0xe0;
const REPLACEMENT = 0xfffd;

/**
 * Finds the charset of a body. GB 18030, of which GB2312 and GBK are parts, is the rule (GB/T 28181-2022 §6.10).
 * A declaration of UTF-8 counts when the octets agree. Vendor: some declare GB2312 and send UTF-8; octets that
 * are UTF-8 throughout and hold a sequence of three, as every Chinese character takes, are taken for it. Two
 * characters of GB2312 can look like sequences of two by accident, hardly like one of three.
 */
export function detectCharset(body: Uint8Array, head: string): Charset {
  if (isAscii(body)) return 'ascii';
  if (!isUtf8(body)) return 'gb18030';
  return DECLARED_UTF8.test(head) || body.some((octet) => octet >= LEAD_OF_THREE) ? 'utf-8' : 'gb18030';
}

/**
 * Text of octets `start` to `end` of a body whose `latin1` form is given: one character per octet. The result
 * shares no memory with the body.
 */
export function textOf(latin1: string, body: Buffer, start: number, end: number, charset: Charset): string {
  if (charset === 'ascii' || isPlain(latin1, start, end)) return body.toString('latin1', start, end);
  return charset === 'utf-8' ? body.toString('utf8', start, end) : gbTextOf(body, start, end);
}

function isPlain(latin1: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (latin1.charCodeAt(at) > 0x7f) return false;
  return true;
}

/** GB 18030 to text; what is no character becomes U+FFFD. */
function gbTextOf(body: Buffer, start: number, end: number): string {
  const table = twoOctetTable();
  let text = '';
  for (let at = start; at < end;) {
    const lead = body[at] ?? 0;
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      at += 1;
      continue;
    }
    const trail = at + 1 < end ? (body[at + 1] ?? 0) : 0;
    // Sequences of four octets are rare: the library reads them, and what comes with them.
    if (trail >= 0x30 && trail <= 0x39) return text + iconv.decode(body.subarray(at, end), 'gb18030');
    const code =
      lead === 0x80 || lead === 0xff || trail < 0x40 ? 0 : (table[((lead - 0x81) << 8) | trail] ?? 0);
    text += String.fromCharCode(code === 0 ? REPLACEMENT : code);
    at += code === 0 ? 1 : 2;
  }
  return text;
}

let made: Uint16Array | undefined;

/** Characters of all sequences of two octets, by lead less 0x81 and trail; 0 where there is none. Made at first use. */
function twoOctetTable(): Uint16Array {
  if (made !== undefined) return made;
  const trails = Array.from({ length: 0xbf }, (_, index) => 0x40 + index).filter((trail) => trail !== 0x7f);
  const table = new Uint16Array(126 << 8);
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    // A blank behind each sequence: every other character of the text is one of the table's.
    const text = iconv.decode(Buffer.from(trails.flatMap((trail) => [lead, trail, 0x20])), 'gb18030');
    trails.forEach((trail, index) => {
      const code = text.charCodeAt(2 * index);
      if (code !== REPLACEMENT) table[((lead - 0x81) << 8) | trail] = code;
    });
  }
  made = table;
  return table;
}
