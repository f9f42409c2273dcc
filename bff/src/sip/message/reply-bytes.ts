import type { SipRequest } from 'sip-parser-lite';
import type { Flow, ReplyOptions } from '../types.ts';
import { headerText, onOneLine } from './header-text.ts';
import { messageBytes } from './message-bytes.ts';
import { reasonPhrase } from './reason-phrase.ts';
import { stampVia } from './via-stamp.ts';

const TAG = /;\s*tag\s*=/i;

/** The fields of a request that every response copies (RFC 3261 §8.2.6.2). */
export interface Replyable {
  readonly request: SipRequest;
  readonly flow: Flow;
}

/**
 * A response by one concatenation: Via, From, To, Call-ID and CSeq as they came, the top Via stamped with the
 * source; what the request lacks is left out. `toTag` goes behind a To that has none. Throws RangeError when
 * what the caller adds would break a line.
 */
export function replyBytes(
  { request, flow }: Replyable,
  status: number,
  toTag: string,
  options: ReplyOptions | undefined,
): Buffer {
  const to = request.header('To');
  const tag = toTag === '' || to === undefined || hasTag(request, to) ? '' : `;tag=${toTag}`;
  const body = options?.body;
  const head =
    `SIP/2.0 ${String(status)} ${options?.reason === undefined ? reasonPhrase(status) : onOneLine(options.reason)}\r\n` +
    viaText(request, flow) +
    line('From', request.header('From')) +
    (to === undefined ? '' : `To: ${to}${tag}\r\n`) +
    line('Call-ID', request.callId) +
    line('CSeq', request.header('CSeq')) +
    (request.method === 'INVITE' ? inviteFields(request, status) : '') +
    (options?.headers === undefined ? '' : headerText(options.headers)) +
    `Content-Length: ${String(body?.length ?? 0)}\r\n\r\n`;
  return messageBytes(head, body);
}

function line(name: string, value: string | undefined): string {
  return value === undefined ? '' : `${name}: ${value}\r\n`;
}

/** What answers to an INVITE copy beside: Timestamp in a 100 (§8.2.6.1), the route where a dialog is made (§12.1.1). */
function inviteFields(request: SipRequest, status: number): string {
  if (status === 100) return line('Timestamp', request.header('Timestamp'));
  if (status >= 300) return '';
  return request
    .headerValues('Record-Route')
    .map((route) => line('Record-Route', route))
    .join('');
}

/** Whether To carries a tag; most initial requests are answered by the look for the letters alone. */
export function hasTag(request: SipRequest, to: string): boolean {
  return TAG.test(to) && request.to?.tag !== undefined;
}

function viaText(request: SipRequest, flow: Flow): string {
  const via = request.topVia;
  if (via === undefined) return '';
  // Nearly every request comes from its maker itself: no list of values is made then.
  if (request.vias.length === 1) return `Via: ${stampVia(request.header('Via') ?? '', via, flow)}\r\n`;
  const [top = '', ...others] = request.headerValues('Via');
  let text = `Via: ${stampVia(top, via, flow)}\r\n`;
  for (const other of others) text += `Via: ${other}\r\n`;
  return text;
}
