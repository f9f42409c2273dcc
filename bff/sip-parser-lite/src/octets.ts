/** How texts and octets map onto each other, one to one in the direction that matters: octets → text → the same octets. */

/** What Node's Buffers bring beyond plain arrays, looked for on the value itself. */
interface NativeSlice {
  latin1Slice(start: number, end: number): string;
}

const CHUNK = 4096;
const TO_UTF8 = new TextEncoder();

/** One character per octet, U+0000 to U+00FF. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  const candidate = bytes as Uint8Array & Partial<NativeSlice>;
  if (typeof candidate.latin1Slice === 'function') return candidate.latin1Slice(start, end);
  let text = '';
  for (let at = start; at < end; at += CHUNK) {
    // `apply` takes any array-like; its declaration asks for an array.
    const chunk = bytes.subarray(at, Math.min(end, at + CHUNK)) as unknown as number[];
    text += String.fromCharCode.apply(null, chunk);
  }
  return text;
}

/** Length of the well-formed UTF-8 sequence that starts at `at` (Unicode 15 table 3-7), 0 when there is none. */
function sequenceLength(octets: string, at: number): number {
  const lead = octets.charCodeAt(at);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (at + length > octets.length) return 0;
  const second = octets.charCodeAt(at + 1);
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let i = 2; i < length; i++) {
    if ((octets.charCodeAt(at + i) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

function codePoint(octets: string, at: number, length: number): number {
  let value = octets.charCodeAt(at) & (length === 2 ? 0x1f : length === 3 ? 0x0f : 0x07);
  for (let i = 1; i < length; i++) value = (value << 6) | (octets.charCodeAt(at + i) & 0x3f);
  return value;
}

/**
 * Text of octets held as one character each. UTF-8 is decoded; an octet that is no UTF-8 (GB 18030 names in headers)
 * becomes U+DC00 plus the octet, a lone surrogate that `encodeText` turns back into that octet.
 */
export function textOfLatin1(octets: string): string {
  let text = '';
  let copied = 0;
  for (let at = 0; at < octets.length;) {
    if (octets.charCodeAt(at) < 0x80) {
      at++;
      continue;
    }
    text += octets.slice(copied, at);
    const length = sequenceLength(octets, at);
    if (length === 0) {
      text += String.fromCharCode(0xdc00 + octets.charCodeAt(at));
      at++;
    } else {
      text += String.fromCodePoint(codePoint(octets, at, length));
      at += length;
    }
    copied = at;
  }
  return copied === 0 ? octets : text + octets.slice(copied);
}

function isOctet(code: number): boolean {
  return code >= 0xdc80 && code <= 0xdcff;
}

/** Octets that a text takes, or -1 when it holds a lone surrogate that stands for no octet. */
function encodedLength(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) length += 1;
    else if (code < 0x800) length += 2;
    else if (code < 0xd800 || code > 0xdfff) length += 3;
    else if ((text.codePointAt(i) ?? 0) > 0xffff) {
      length += 4;
      i++;
    } else if (isOctet(code)) length += 1;
    else return -1;
  }
  return length;
}

function writeText(target: Uint8Array, text: string): void {
  let to = 0;
  let copied = 0;
  for (let i = 0; i <= text.length; i++) {
    const code = text.charCodeAt(i);
    if (i < text.length && !isLoneOctet(text, i, code)) continue;
    to += TO_UTF8.encodeInto(text.slice(copied, i), target.subarray(to)).written;
    if (i < text.length) target[to++] = code - 0xdc00;
    copied = i + 1;
  }
}

function isLoneOctet(text: string, at: number, code: number): boolean {
  if (!isOctet(code)) return false;
  const before = text.charCodeAt(at - 1);
  return !(before >= 0xd800 && before <= 0xdbff);
}

/** The octets that a text came from; undefined when it holds a lone surrogate that stands for no octet. */
export function encodeText(text: string): Uint8Array | undefined {
  const utf8 = TO_UTF8.encode(text);
  // As many octets as characters: ASCII throughout.
  if (utf8.length === text.length) return utf8;
  const length = encodedLength(text);
  if (length < 0) return undefined;
  const bytes = new Uint8Array(length);
  writeText(bytes, text);
  return bytes;
}

/**
 * A copy that stands alone. Values of a message may share the memory of its whole head; keep them for long
 * (an identifier in a table of devices) only through this.
 */
export function detach(text: string): string {
  return ` ${text}`.slice(1);
}
