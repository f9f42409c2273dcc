const NO_BODY = new Uint8Array(0);
const UTF8 = new TextEncoder();
/** An octet that is no UTF-8 stands in parsed texts as U+DC00 plus the octet: a lone surrogate. */
const RAW_OCTET = /([\udc80-\udcff])/u;
const RAW_OCTET_BASE = 0xdc00;

/** A message's octets from the text of its head, which ends with the empty line, and its body. */
export function messageBytes(head: string, body: Uint8Array = NO_BODY): Buffer {
  const { length } = head;
  const bytes = Buffer.allocUnsafe(length + body.length);
  const { read, written } = UTF8.encodeInto(head, bytes);
  // All of it in as many octets as characters: plain ASCII, as nearly every head is.
  if (read !== length || written !== length) return Buffer.concat([encodeMixed(head), body]);
  if (body.length > 0) bytes.set(body, length);
  return bytes;
}

/** UTF-8, and raw octets as they came, e.g. a display name in GB 18030. */
function encodeMixed(text: string): Buffer {
  const parts = text.split(RAW_OCTET).map((part) => {
    const raw = part.length === 1 && RAW_OCTET.test(part);
    return raw ? Buffer.from([part.charCodeAt(0) - RAW_OCTET_BASE]) : Buffer.from(part, 'utf8');
  });
  return Buffer.concat(parts);
}
