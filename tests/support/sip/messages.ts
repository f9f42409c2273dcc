import assert from 'node:assert/strict';
import {
  parseMessage,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from '../../../bff/sip-parser-lite/src/index.ts';
import type { Flow } from '../../../bff/src/sip/index.ts';

/** A peer's flow, of a device behind a NAT. */
export function aFlow(over: Partial<Omit<Flow, 'key'>> = {}): Flow {
  const { transport = 'udp', remoteAddress = '198.51.100.7', remotePort = 31_044 } = over;
  return { transport, remoteAddress, remotePort, key: `${transport}:${remoteAddress}:${String(remotePort)}` };
}

/** Lines of a message as text: header lines that are given replace or add to what every request has. */
export interface RequestText {
  readonly method?: string;
  readonly uri?: string;
  readonly via?: string;
  readonly from?: string;
  readonly to?: string;
  readonly callId?: string;
  readonly cSeq?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

const PLATFORM = '<sip:34020000002000000001@3402000000>';

/** A request of a device as it stands on the wire. */
export function requestText(over: RequestText = {}): string {
  const { method = 'MESSAGE', body = '' } = over;
  return [
    `${method} ${over.uri ?? 'sip:34020000002000000001@3402000000'} SIP/2.0`,
    `Via: ${over.via ?? 'SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK1'}`,
    `From: ${over.from ?? '<sip:34020000001180000001@3402000000>;tag=d1'}`,
    `To: ${over.to ?? PLATFORM}`,
    `Call-ID: ${over.callId ?? '1@192.168.1.64'}`,
    `CSeq: ${over.cSeq ?? `20 ${method}`}`,
    ...(over.headers ?? []),
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    '',
    body,
  ].join('\r\n');
}

export function aRequest(over: RequestText = {}): SipRequest {
  return asRequest(requestText(over));
}

/** A device's response to a request of ours: what has to be copied is copied. */
export function responseText(
  request: Uint8Array | string | SipMessage,
  status: number,
  over: { readonly toTag?: string; readonly headers?: readonly string[]; readonly body?: string } = {},
): string {
  const asked = typeof request === 'object' && 'kind' in request ? request : asRequest(request);
  const { toTag = 'd1', body = '' } = over;
  const to = asked.header('To') ?? '';
  return [
    `SIP/2.0 ${String(status)} Any`,
    ...asked.headerValues('Via').map((via) => `Via: ${via}`),
    `From: ${asked.header('From') ?? ''}`,
    `To: ${to}${toTag === '' || to.includes(';tag=') ? '' : `;tag=${toTag}`}`,
    `Call-ID: ${asked.callId ?? ''}`,
    `CSeq: ${asked.header('CSeq') ?? ''}`,
    ...(over.headers ?? []),
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    '',
    body,
  ].join('\r\n');
}

export function aResponse(
  request: Uint8Array | string,
  status: number,
  over: Parameters<typeof responseText>[2] = {},
): SipResponse {
  return asResponse(responseText(request, status, over));
}

export function asMessage(bytes: Uint8Array | string): SipMessage {
  const parsed = parseMessage(Buffer.from(bytes));
  assert.ok(parsed.ok, `no message: ${parsed.ok ? '' : parsed.error.reason}`);
  return parsed.message;
}

export function asRequest(bytes: Uint8Array | string): SipRequest {
  const message = asMessage(bytes);
  assert.ok(message.kind === 'request', 'a request was expected');
  return message;
}

export function asResponse(bytes: Uint8Array | string): SipResponse {
  const message = asMessage(bytes);
  assert.ok(message.kind === 'response', 'a response was expected');
  return message;
}
