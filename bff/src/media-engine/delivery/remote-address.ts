import type { IncomingMessage } from 'node:http';

const MAX_ADDRESS_LENGTH = 45;
const ADDRESS = /^[0-9A-Fa-f.:]+$/;
const LOOPBACK = /^(::ffff:)?127\.|^::1$/;

/** True for this machine itself: a proxy that stands here, or a program of the operator. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.test(address);
}

/**
 * Where a viewer is. What comes from this machine or through the operator's proxy is believed: the address that was
 * added last to `X-Forwarded-For`, since everything before that comes from the viewer. `undefined` = such a proxy
 * tells nothing.
 */
export function remoteAddress(request: IncomingMessage, behindProxy: boolean): string | undefined {
  const peer = request.socket.remoteAddress ?? '';
  const local = isLoopback(peer);
  if (!behindProxy && !local) return peer;
  const told = [request.headers['x-forwarded-for']].flat().join(',').split(',').at(-1)?.trim() ?? '';
  if (told.length <= MAX_ADDRESS_LENGTH && ADDRESS.test(told)) return told;
  return local ? peer : undefined;
}
