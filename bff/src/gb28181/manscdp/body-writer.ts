import type { BodyCharset } from '@yimu/shared';
import iconv from 'iconv-lite';
import { GbFailure } from '../types.ts';
import type { DeviceEntry } from '../registrar/device-entry.ts';
import type { ManscdpRoot } from './document.ts';

/** One element of a body: its name, then its text or its own elements, then attributes (`Num` of lists). */
export type BodyNode = readonly [
  name: string,
  content: string | readonly BodyNode[],
  attributes?: Readonly<Record<string, string>>,
];

/** Whose body it is: a device as it registered, or the X-GB-Ver of somebody else. */
export type BodyReader = Pick<DeviceEntry, 'gbVersion' | 'profile'> | string | undefined;

/** Octets of one body: what still goes into a datagram beside the heads of a MESSAGE. */
const MAX_BODY = 60_000;

const MARKUP = /[&<>"']/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
/** Controls, halves of pairs and non-characters: XML 1.0 §2.2 has no place for them. */
const NO_TEXT = /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu;
const BEYOND_ASCII = /[^\0-\x7f]/u;

/**
 * A body whose values may be text of users: escaped (XML 1.0 §2.4), without control characters, and encoded for the
 * device's edition as it claims it in X-GB-Ver, unless its profile names a charset. `3.0` is told and sent GB 18030 (GB/T 28181-2022 §6.10);
 * all others GB2312 (-2016 §6.10) with what GBK adds, and a character reference for characters beyond that. Names of
 * elements and attributes are the caller's own. Throws GbFailure `exhausted` for a body that no datagram holds.
 */
export function writeBody(root: ManscdpRoot, reader: BodyReader, tree: readonly BodyNode[]): Uint8Array {
  const charset = charsetFor(reader);
  const head = `<?xml version="1.0" encoding="${charset.toUpperCase()}"?>\r\n`;
  const text = `${head}<${root}>\r\n${nodesOf(tree)}</${root}>\r\n`;
  const body = BEYOND_ASCII.test(text) ? encoded(text, charset) : Buffer.from(text, 'latin1');
  if (body.length > MAX_BODY) throw new GbFailure('exhausted', 'the body is too long to be sent');
  return body;
}

function charsetFor(reader: BodyReader): Exclude<BodyCharset, 'auto'> {
  const gbVersion = typeof reader === 'object' ? reader.gbVersion : reader;
  const chosen = typeof reader === 'object' ? reader.profile.charset : 'auto';
  if (chosen !== 'auto') return chosen;
  return gbVersion === '3.0' ? 'gb18030' : 'gb2312';
}

function encoded(text: string, charset: Exclude<BodyCharset, 'auto'>): Buffer {
  if (charset === 'utf-8') return Buffer.from(text, 'utf8');
  return iconv.encode(charset === 'gb18030' ? text : narrowed(text), 'gb18030');
}

function nodesOf(tree: readonly BodyNode[]): string {
  return tree
    .map(([name, content, attributes]) => {
      const start = `<${name}${attributesOf(attributes)}>`;
      const inner = typeof content === 'string' ? escaped(content) : `\r\n${nodesOf(content)}`;
      return `${start}${inner}</${name}>\r\n`;
    })
    .join('');
}

function attributesOf(attributes: Readonly<Record<string, string>> | undefined): string {
  if (attributes === undefined) return '';
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join('');
}

function escaped(text: string): string {
  return text.replace(NO_TEXT, '').replace(MARKUP, (mark) => ESCAPES[mark] ?? '');
}

/** Readers of GB2312 know sequences of two octets, not those of four. */
function narrowed(text: string): string {
  return text.replace(/[^\0-\x7f]/gu, (character) =>
    iconv.encode(character, 'gb18030').length === 2
      ? character
      : `&#${String(character.codePointAt(0) ?? 0)};`,
  );
}
