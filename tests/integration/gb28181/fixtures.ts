import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Received } from './sip-peer.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));

/** A file of tests/fixtures. */
export function fixture(path: string): Buffer {
  return readFileSync(FIXTURES + path);
}

/** What follows the headers of a raw SIP message. */
export function bodyOf(message: Buffer): Buffer {
  return message.subarray(message.indexOf('\r\n\r\n') + 4);
}

/** A body with the SN of what it answers. */
export function withSn(body: Buffer, sn: string): Buffer {
  return Buffer.from(body.toString('latin1').replace(/<SN>\d+/, `<SN>${sn}`), 'latin1');
}

/** A response as the answer to a request: what identifies the transaction is the request's, all else its own. */
export function asAnswer(response: Buffer, request: Received): Buffer {
  const text = response
    .toString('latin1')
    .replace(
      /^(Via|From|Call-ID|CSeq): .*\r$/gm,
      (_line, name: string) => `${name}: ${request.header(name) ?? ''}\r`,
    )
    .replace(/^To: .*?(;tag=\w+)?\r$/m, (_line, tag = '') => {
      const to = request.header('To') ?? '';
      return `To: ${to}${to.includes(';tag=') ? '' : String(tag)}\r`;
    });
  return Buffer.from(text, 'latin1');
}
