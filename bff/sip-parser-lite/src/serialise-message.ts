import { isMadeOf, TOKEN, URI } from './char-class.ts';
import type { SerialiseResult, SipMessageInit } from './message.ts';
import { encodeText } from './octets.ts';
import { strayNul } from './stray-control.ts';

const LENGTH_NAME = /^(?:content-length|l)$/i;
const LINE_BREAK = /[\r\n]/;

function refused(reason: string): SerialiseResult {
  return { ok: false, error: { reason } };
}

/**
 * Writes a message (RFC 3261 §7). Content-Length is set from the body, in the place of the first one given or at
 * the end. CR, LF and NUL in a value, a name that is no token and a text that has no octets are refused, so that
 * nothing can be injected; NUL may stand escaped, as in a quoted string that was received.
 */
export function serialiseMessage(init: SipMessageInit): SerialiseResult {
  const startLine = writeStartLine(init);
  if (startLine === undefined) return refused('start line cannot be written');
  const bodyLength = init.body?.length ?? 0;
  let text = `${startLine}\r\n`;
  let lengthWritten = false;
  for (const { name, value } of init.headers) {
    if (!isMadeOf(TOKEN, name)) return refused('header name is no token');
    if (LENGTH_NAME.test(name)) {
      if (!lengthWritten) text += `${name}: ${bodyLength}\r\n`;
      lengthWritten = true;
      continue;
    }
    if (!isLine(value)) return refused(`line break or NUL in ${name}`);
    text += `${name}: ${value}\r\n`;
  }
  text += lengthWritten ? '\r\n' : `Content-Length: ${bodyLength}\r\n\r\n`;
  const head = encodeText(text);
  if (head === undefined) return refused('text is not well-formed');
  if (init.body === undefined || bodyLength === 0) return { ok: true, bytes: head };
  const bytes = new Uint8Array(head.length + bodyLength);
  bytes.set(head);
  bytes.set(init.body, head.length);
  return { ok: true, bytes };
}

interface StartLine {
  readonly method: string;
  readonly requestUri: string;
  readonly status: number;
  readonly reason: string;
}

function writeStartLine(init: SipMessageInit): string | undefined {
  // A message that was read has all of these names, whichever kind it is.
  const { method, requestUri, status, reason } = init as Partial<StartLine>;
  if (method !== undefined && requestUri !== undefined)
    return isMadeOf(TOKEN, method) && isUri(requestUri) ? `${method} ${requestUri} SIP/2.0` : undefined;
  if (status === undefined || reason === undefined) return undefined;
  if (!Number.isInteger(status) || status < 100 || status > 699 || !isLine(reason)) return undefined;
  return `SIP/2.0 ${status} ${reason}`;
}

/** Nothing that ends a URI: characters beyond Latin-1 do not. */
function isUri(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) < 0x80 && !isMadeOf(URI, text.charAt(i))) return false;
  }
  return text.length > 0;
}

function isLine(text: string): boolean {
  return !LINE_BREAK.test(text) && strayNul(text, 0, text.length) < 0;
}
