import type { Context, Next } from 'koa';

const HOST_NAME = /^([A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])$/;

/** X-Forwarded-For and -Host count only when a proxy that we know has written them. */
export function behindProxies(
  trustedProxies: readonly string[],
): (ctx: Context, next: Next) => Promise<void> {
  const trusted = new Set(trustedProxies);
  return async (ctx, next) => {
    const peer = bare(ctx.req.socket.remoteAddress);
    const isTrusted = trusted.has(peer);
    const forwardedFor = isTrusted ? lastOf(ctx.get('x-forwarded-for')) : '';
    ctx.request.ip = forwardedFor === '' ? peer : bare(forwardedFor);
    const forwardedHost = isTrusted ? lastOf(ctx.get('x-forwarded-host')) : '';
    if (forwardedHost !== '') ctx.req.headers.host = forwardedHost;
    await next();
  };
}

/** Host name under which the client reached us, without port; our own address when it names none that can be one. */
export function hostOf(ctx: Context): string {
  const name = ctx.hostname;
  if (HOST_NAME.test(name)) return name;
  const own = bare(ctx.req.socket.localAddress);
  return own.includes(':') ? `[${own}]` : own;
}

/** Whether the call comes from the machine that the server runs on, and not through a proxy. */
export function isFromHere(ctx: Context): boolean {
  const source = ctx.ip;
  return source === '::1' || source.startsWith('127.') || source === bare(ctx.req.socket.localAddress);
}

/** An IPv4 address that came in through an IPv6 socket, as IPv4. */
function bare(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
}

/** The nearest proxy has written the last one. */
function lastOf(list: string): string {
  return list.split(',').at(-1)?.trim() ?? '';
}
