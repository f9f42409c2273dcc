import type { Context, Middleware } from 'koa';
import { type Clock, CoreError, type CounterFamily, type Logger } from '../../kernel/index.ts';
import {
  BodyFault,
  type Dialect,
  DialectRefusal,
  type DialectRoute,
  discard,
  ParamFault,
  readParams,
  RouteFault,
} from '../dialect-kit/index.ts';
import { hostOf } from './client-facts.ts';

interface Deps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly calls: CounterFamily;
}

/** Serves a dialect: its routes, and whatever else it claims; every fault leaves in the dialect's own form. */
export function serveDialect(dialect: Dialect, deps: Deps): Middleware {
  const routes = new Map(dialect.routes.map((route) => [route.path.toLowerCase(), route]));
  return async (ctx, next) => {
    const route = routes.get(dialect.canonicalPath(ctx.path).toLowerCase());
    if (route || dialect.claims(ctx.path)) await answer(ctx, dialect, route, deps);
    else await next();
  };
}

async function answer(
  ctx: Context,
  dialect: Dialect,
  route: DialectRoute | undefined,
  deps: Deps,
): Promise<void> {
  // Tokens travel in parameters, not in cookies: a page of any origin may call.
  ctx.set('Access-Control-Allow-Origin', '*');
  if (ctx.method === 'OPTIONS') {
    answerPreflight(ctx);
    return;
  }
  ctx.set('Cache-Control', 'no-store');
  try {
    ctx.body = await call(ctx, route, deps.clock);
    deps.calls.of(`${dialect.name} ok`).value += 1;
  } catch (error) {
    const { status, body } = (route?.renderFault ?? dialect.renderFault)(error);
    ctx.status = status;
    ctx.body = body;
    deps.calls.of(`${dialect.name} ${reasonOf(error)}`).value += 1;
    if (isOurs(error)) deps.logger.error({ err: error, path: route?.path }, 'a call failed');
  }
}

async function call(ctx: Context, route: DialectRoute | undefined, clock: Clock): Promise<unknown> {
  if (route?.method !== ctx.method) {
    discard(ctx.req);
    throw new RouteFault(route ? 'wrong-method' : 'unknown-path');
  }
  const params = await readParams(ctx.req, ctx.querystring, clock);
  return await route.answer(params, { remoteAddress: ctx.ip, host: hostOf(ctx) });
}

function answerPreflight(ctx: Context): void {
  ctx.set('Access-Control-Allow-Methods', 'GET, POST, OPTIONS');
  ctx.set('Access-Control-Allow-Headers', 'content-type, accesstoken, deviceserial, localindex');
  ctx.set('Access-Control-Max-Age', '86400');
  ctx.status = 204;
}

function reasonOf(error: unknown): string {
  if (error instanceof CoreError) return error.code;
  if (error instanceof DialectRefusal) return error.name;
  if (error instanceof RouteFault) return error.what;
  return error instanceof ParamFault || error instanceof BodyFault ? 'INVALID_ARGUMENT' : 'INTERNAL';
}

/** Whether a fault is the server's and not the caller's. */
function isOurs(error: unknown): boolean {
  const reason = reasonOf(error);
  return reason === 'INTERNAL' || reason === 'STORAGE_FAILED';
}
