import { formatVia, type Via } from 'sip-parser-lite';
import type { Flow } from '../types.ts';

/**
 * The top Via as a response carries it: `received` (RFC 3261 §18.2.1) and, where the client asked for it,
 * `rport` (RFC 3581 §4). Both tell the source of the packet, whatever the client wrote there itself.
 */
export function stampVia(text: string, via: Via, flow: Flow): string {
  if (via.received !== undefined || typeof via.rport === 'number') return restamp(text, via, flow);
  if (via.rport === undefined)
    return via.host === flow.remoteAddress ? text : `${text};received=${flow.remoteAddress}`;
  const at = text.indexOf(';rport');
  const behind = at + 6;
  const plain = at >= 0 && (behind === text.length || text.charCodeAt(behind) === 0x3b);
  if (!plain) return restamp(text, via, flow);
  return `${text.slice(0, behind)}=${String(flow.remotePort)};received=${flow.remoteAddress}${text.slice(behind)}`;
}

/** The long way: written anew without what the client claimed. */
function restamp(text: string, via: Via, flow: Flow): string {
  const params = [...via.params].filter(([name]) => name !== 'received' && name !== 'rport');
  if (via.rport !== undefined) params.push(['rport', String(flow.remotePort)]);
  params.push(['received', flow.remoteAddress]);
  const { transport, host, port } = via;
  return formatVia({ transport, host, params, ...(port === undefined ? {} : { port }) }) ?? text;
}
