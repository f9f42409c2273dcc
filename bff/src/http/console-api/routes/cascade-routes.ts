import type Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import type { Cascade, Devices, Share, Upper } from '../../../core/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import { readJsonBody } from '../read-json-body.ts';
import { refusedBody } from '../refused-body.ts';

const gbId = z.string().regex(/^\d{20}$/);
const MAX_SHARED = 1_000;
const MAX_LISTED = 1_000;

const settings = {
  name: z.string().min(1).max(128).optional(),
  domain: z.string().min(1).max(64).optional(),
  port: z.int().optional(),
  transport: z.enum(['udp', 'tcp']).optional(),
  localGbId: gbId.optional(),
  username: z.string().min(1).max(64).optional(),
  enabled: z.boolean().optional(),
  expiresS: z.int().optional(),
  keepaliveS: z.int().optional(),
  keepaliveMisses: z.int().optional(),
  gbVersion: z.enum(['2.0', '3.0']).optional(),
  control: z.enum(['none', 'steer', 'all']).optional(),
  civilCode: z.string().max(8).optional(),
  organisations: z.boolean().optional(),
};
const host = z.string().min(1).max(255);
const password = z.string().max(128);

const newUpper = z.strictObject({ ...settings, gbId, host, password });
const upperChange = z.strictObject({
  ...settings,
  gbId: gbId.optional(),
  host: host.optional(),
  password: password.optional(),
});

/** Cameras to show; without `channelNo` every camera of the device. */
const shareOrder = z.strictObject({
  channels: z
    .array(
      z.strictObject({
        device: z.string().min(1).max(32),
        channelNo: z.int().min(1).optional(),
        /** The ID that it is to have there. */
        gbId: gbId.optional(),
      }),
    )
    .min(1)
    .max(MAX_SHARED),
});
const unshareOrder = z.strictObject({ gbIds: z.array(gbId).min(1).max(MAX_SHARED) });
const digits = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);
const page = z.strictObject({
  offset: digits.optional(),
  limit: digits.pipe(z.number().min(1).max(MAX_LISTED)).optional(),
});

/** What the routes need. */
export interface CascadeRouteDeps {
  readonly cascade: Pick<
    Cascade,
    'list' | 'get' | 'add' | 'change' | 'remove' | 'share' | 'unshare' | 'shares'
  >;
  readonly devices: Pick<Devices, 'get' | 'camera' | 'channels'>;
  readonly clock: Clock;
}

/** Upper platforms (上级平台): `/upper-platforms`, and below each the channels that it is shown. */
export function cascadeRoutes(router: Router, { cascade, devices, clock }: CascadeRouteDeps): void {
  router.get('/upper-platforms', (ctx) => {
    ctx.body = { platforms: cascade.list().map(shown) };
  });
  router.post('/upper-platforms', async (ctx) => {
    const order = newUpper.safeParse(await readJsonBody(ctx.req, clock));
    if (!order.success) throw refusedBody(order.error);
    ctx.status = 201;
    ctx.body = shown(await cascade.add(given(order.data)));
  });
  router.get('/upper-platforms/:id', (ctx) => {
    ctx.body = shown(cascade.get(idOf(ctx)));
  });
  router.patch('/upper-platforms/:id', async (ctx) => {
    const order = upperChange.safeParse(await readJsonBody(ctx.req, clock));
    if (!order.success) throw refusedBody(order.error);
    ctx.body = shown(await cascade.change(idOf(ctx), given(order.data)));
  });
  router.delete('/upper-platforms/:id', async (ctx) => {
    await cascade.remove(idOf(ctx));
    ctx.status = 204;
  });
  router.get('/upper-platforms/:id/channels', (ctx) => {
    const order = page.safeParse(ctx.query);
    if (!order.success) throw refusedBody(order.error);
    const { offset = 0, limit = 100 } = order.data;
    const { items, total } = cascade.shares(idOf(ctx), { offset, limit });
    ctx.body = { total, channels: items.map(shownShare) };
  });
  router.post('/upper-platforms/:id/channels', async (ctx) => {
    const order = shareOrder.safeParse(await readJsonBody(ctx.req, clock));
    if (!order.success) throw refusedBody(order.error);
    const wanted = order.data.channels.flatMap(({ device: ref, channelNo, gbId: ownId }) => {
      if (channelNo !== undefined) return [{ camera: devices.camera(ref, { no: channelNo }), gbId: ownId }];
      const device = devices.get(ref);
      return devices.channels(device).map((channel) => ({ camera: { device, channel }, gbId: undefined }));
    });
    ctx.status = 201;
    ctx.body = { channels: (await cascade.share(idOf(ctx), wanted)).map(shownShare) };
  });
  router.delete('/upper-platforms/:id/channels', async (ctx) => {
    const order = unshareOrder.safeParse(await readJsonBody(ctx.req, clock));
    if (!order.success) throw refusedBody(order.error);
    await cascade.unshare(idOf(ctx), order.data.gbIds);
    ctx.status = 204;
  });
}

function idOf(ctx: Context & { readonly params: Readonly<Record<string, string | undefined>> }): number {
  const text = ctx.params['id'] ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : -1;
}

/** What was left out stays out: an absent field and an undefined one are different things to the core. */
function given<T extends object>(order: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(order).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>;
  };
}

function shown({ registration, civilCode, ...upper }: Upper): object {
  return {
    ...upper,
    civilCode: civilCode ?? null,
    registration: {
      phase: registration.phase,
      registeredAtMs: registration.registeredAtMs ?? null,
      lastError: registration.lastError ?? null,
      lastErrorAtMs: registration.lastErrorAtMs ?? null,
      clockOffsetMs: registration.clockOffsetMs ?? null,
    },
  };
}

function shownShare({ gbId: ownId, camera }: Share): object {
  return {
    gbId: ownId,
    device: camera?.device.serial ?? null,
    channelNo: camera?.channel.no ?? null,
    channelGbId: camera?.channel.gbId ?? null,
    name: camera?.channel.name ?? null,
    online: camera?.channel.online ?? false,
  };
}
