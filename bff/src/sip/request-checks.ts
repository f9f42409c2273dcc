import type { SipRequest } from 'sip-parser-lite';
import { hasTag } from './message/reply-bytes.ts';
import type { ReplyOptions } from './types.ts';

/** A request that is refused before anybody is asked. */
export interface EarlyRefusal {
  readonly status: number;
  readonly options?: ReplyOptions;
}

/**
 * Methods that name a dialog that is gone when they have a To tag. Others with an unknown one are taken as new: devices
 * send MESSAGE with tags of dialogs that are over, e.g. the notice that a recording has been played.
 */
const DIALOG_ONLY: ReadonlySet<string> = new Set(['INVITE', 'PRACK', 'REFER', 'SUBSCRIBE', 'UPDATE']);

/** What RFC 3261 §8.2 has refused before the method is looked at; for requests of no known dialog. */
export function earlyRefusal(request: SipRequest): EarlyRefusal | undefined {
  const { method, requestUri } = request;
  // §15.1.2, RFC 6086 §4.2.2: they are of a dialog or of nothing, whatever tags they have.
  if (method === 'BYE' || method === 'INFO') return { status: 481 };
  if (DIALOG_ONLY.has(method) && hasTag(request, request.header('To') ?? '')) return { status: 481 };
  if (!requestUri.startsWith('sip:') && !/^sips?:/i.test(requestUri)) return { status: 416 };
  return unsupportedExtension(request);
}

/** No extension is supported here (RFC 3261 §8.2.2.3). */
export function unsupportedExtension(request: SipRequest): EarlyRefusal | undefined {
  if (request.header('Require') === undefined) return undefined;
  const value = request.headerValues('Require').join(', ');
  return { status: 420, options: { headers: [{ name: 'Unsupported', value }] } };
}
