import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));

/** A file of tests/fixtures. */
export function fixture(path: string): Buffer {
  return readFileSync(FIXTURES + path);
}

/** What follows the headers of a raw SIP message. */
export function bodyOf(message: Buffer): Buffer {
  return message.subarray(message.indexOf('\r\n\r\n') + 4);
}
