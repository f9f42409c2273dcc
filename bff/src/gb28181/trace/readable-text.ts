import { detectCharset, textOf } from '../manscdp/charset.ts';

const HEAD_END = '\r\n\r\n';
const DECLARATION = 120;

/** A SIP message as text: its head is UTF-8 (RFC 3261 §7), its body what the octets show it to be. */
export function readableText(message: Buffer): string {
  const headEnd = message.indexOf(HEAD_END);
  if (headEnd < 0) return message.toString('utf8');
  const bodyAt = headEnd + HEAD_END.length;
  const body = message.subarray(bodyAt);
  const latin1 = body.toString('latin1');
  const charset = detectCharset(body, latin1.slice(0, DECLARATION));
  return message.toString('utf8', 0, bodyAt) + textOf(latin1, body, 0, body.length, charset);
}
