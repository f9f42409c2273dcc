import type Router from '@koa/router';
import { z } from 'zod';
import type { Profiles } from '../../../core/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import { readJsonBody } from '../read-json-body.ts';
import { refusedBody } from '../refused-body.ts';

/** Body of `PUT /devices/:ref/profile`: the fields to set; `null` gives one back to what is learnt. */
const profileBody = z.record(z.string().max(64), z.unknown());

/** How a device is dealt with: `GET` and `PUT /devices/:ref/profile`. */
export function profileRoutes(
  router: Router,
  profiles: Pick<Profiles, 'get' | 'change'>,
  clock: Clock,
): void {
  router.get('/devices/:ref/profile', (ctx) => {
    ctx.body = profiles.get(ctx.params['ref'] ?? '');
  });
  router.put('/devices/:ref/profile', async (ctx) => {
    const order = profileBody.safeParse(await readJsonBody(ctx.req, clock));
    if (!order.success) throw refusedBody(order.error);
    ctx.body = await profiles.change(ctx.params['ref'] ?? '', order.data);
  });
}
