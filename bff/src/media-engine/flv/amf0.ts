import { writeUint16, writeUint32 } from '../es/bytes.ts';

const NUMBER = 0x00;
const BOOLEAN = 0x01;
const STRING = 0x02;
const ECMA_ARRAY = 0x08;
const OBJECT_END = [0, 0, 0x09] as const;

/** Values that an AMF0 property may take here. */
export type Amf0Value = number | boolean | string;

/** A string with its marker, then an ECMA array: the form of a script tag (AMF0 §2.4, §2.10). */
export function encodeAmf0Event(name: string, properties: ReadonlyMap<string, Amf0Value>): Uint8Array {
  const count = new Uint8Array(4);
  writeUint32(count, 0, properties.size);
  const parts: Uint8Array[] = [encodeValue(name), Uint8Array.of(ECMA_ARRAY), count];
  for (const [key, value] of properties) parts.push(encodeText(key), encodeValue(value));
  parts.push(Uint8Array.from(OBJECT_END));
  return join(parts);
}

function encodeText(text: string): Uint8Array {
  const utf8 = new TextEncoder().encode(text);
  const bytes = new Uint8Array(2 + utf8.length);
  writeUint16(bytes, 0, utf8.length);
  bytes.set(utf8, 2);
  return bytes;
}

function encodeValue(value: Amf0Value): Uint8Array {
  if (typeof value === 'boolean') return Uint8Array.of(BOOLEAN, value ? 1 : 0);
  if (typeof value === 'string') return join([Uint8Array.of(STRING), encodeText(value)]);
  const bytes = new Uint8Array(9);
  bytes[0] = NUMBER;
  new DataView(bytes.buffer).setFloat64(1, value);
  return bytes;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
