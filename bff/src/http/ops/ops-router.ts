import Router from '@koa/router';
import type { Instruments } from '../../kernel/index.ts';
import { Metrics } from './metrics.ts';

/** Options of {@link opsRouter}. */
export interface OpsOptions {
  readonly instruments: Instruments;
  /** What keeps the server from doing its job now; empty when it is ready. Never rejects. */
  readonly obstacles: () => Promise<readonly string[]>;
}

/** `/healthz` (the process answers), `/readyz` (it can do its job, else 503 with reasons) and `/metrics`. */
export function opsRouter({ instruments, obstacles }: OpsOptions): Router {
  const metrics = new Metrics(instruments);
  const router = new Router();
  router.get('/healthz', (ctx) => {
    ctx.body = { status: 'ok' };
  });
  router.get('/readyz', async (ctx) => {
    const reasons = await obstacles();
    ctx.status = reasons.length === 0 ? 200 : 503;
    ctx.body = { status: reasons.length === 0 ? 'ready' : 'not ready', reasons };
  });
  router.get('/metrics', async (ctx) => {
    ctx.body = await metrics.render();
    ctx.type = metrics.contentType;
  });
  return router;
}
