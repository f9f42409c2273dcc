import { isGbId } from '@yimu/shared';

const RESPONSE_START = [...Buffer.from('SIP/2.0 ')];
const AT = 0x40;
const ID_LENGTH = 20;
/** Octets in which a header is looked for. */
const MAX_HEAD = 16_384;

/** How nearly every device writes them, found without a regular expression, and how any may. */
const HEADERS = {
  From: {
    usual: Buffer.from('\nFrom: <sip:'),
    any: /^(?:From|f)[ \t]*:[^\r\n]{0,512}?sips?:(\d{1,32})[@;>]/im,
  },
  To: {
    usual: Buffer.from('\nTo: <sip:'),
    any: /^(?:To|t)[ \t]*:[^\r\n]{0,512}?sips?:(\d{1,32})[@;>]/im,
  },
};

/** Whether a SIP message is a response (RFC 3261 §7.2). */
export function isResponse(message: Uint8Array): boolean {
  return RESPONSE_START.every((octet, at) => message[at] === octet);
}

/** The digits of the user in From or To of a SIP message as it came; '' when there are none. */
export function claimedId(message: Uint8Array, name: 'From' | 'To'): string {
  const { usual, any } = HEADERS[name];
  const octets = headOf(message);
  const at = octets.indexOf(usual);
  const from = at + usual.length;
  if (at >= 0 && octets[from + ID_LENGTH] === AT) {
    const id = octets.toString('latin1', from, from + ID_LENGTH);
    if (isGbId(id)) return id;
  }
  return any.exec(octets.toString('latin1'))?.[1] ?? '';
}

function headOf(message: Uint8Array): Buffer {
  if (Buffer.isBuffer(message) && message.length <= MAX_HEAD) return message;
  return Buffer.from(message.buffer, message.byteOffset, Math.min(message.length, MAX_HEAD));
}
