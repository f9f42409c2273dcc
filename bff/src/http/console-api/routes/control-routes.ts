import type Router from '@koa/router';
import type { Context } from 'koa';
import type { z } from 'zod';
import type { Camera, CatalogueTree, Control, Device, Devices, Ptz } from '../../../core/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import { readJsonBody } from '../read-json-body.ts';
import { refusedBody } from '../refused-body.ts';
import {
  cameraBody,
  deviceCommandBody,
  patrolBody,
  presetNameBody,
  presetSetBody,
  steeringBody,
  upgradeBody,
} from './control-bodies.ts';

/** What {@link controlRoutes} stands on. */
export interface ControlRoutesDeps {
  readonly devices: Pick<Devices, 'get' | 'camera'>;
  readonly control: Control;
  readonly catalogueTree: Pick<CatalogueTree, 'nodesOf'>;
  readonly ptz: Pick<Ptz, 'steer' | 'stop'>;
  readonly clock: Clock;
}

interface Params {
  readonly params: Readonly<Record<string, string | undefined>>;
}

/**
 * Orders to devices and cameras. `{ "outcome": "sent" }` says that the device took an order to which the standard has
 * no answer; `done` that it said so.
 */
export function controlRoutes(router: Router, deps: ControlRoutesDeps): void {
  const { devices, control, ptz, clock } = deps;
  const { presets, upgrades } = control;
  const device = ({ params }: Params): Device => devices.get(params['ref'] ?? '');
  const camera = ({ params }: Params): Camera =>
    devices.camera(params['ref'] ?? '', { no: Number(params['no']) });
  const preset = ({ params }: Params): number => Number(params['preset']);
  const body = async <T>(ctx: Pick<Context, 'req'>, schema: z.ZodType<T>): Promise<T> => {
    const order = schema.safeParse(await readJsonBody(ctx.req, clock));
    if (!order.success) throw refusedBody(order.error);
    return order.data;
  };

  router.get('/devices/:ref/tree', (ctx) => {
    const root = device(ctx);
    ctx.body = { root: root.gbId, nodes: deps.catalogueTree.nodesOf(root) };
  });
  router.post('/devices/:ref/control', async (ctx) => {
    ctx.body = await control.device(device(ctx), await body(ctx, deviceCommandBody));
  });
  router.post('/devices/:ref/upgrade', async (ctx) => {
    ctx.body = await upgrades.order(device(ctx), await body(ctx, upgradeBody));
    ctx.status = 202;
  });
  router.get('/devices/:ref/upgrade', (ctx) => {
    const of = device(ctx);
    ctx.body = { upgrade: upgrades.of(of) ?? null, earlier: upgrades.earlier(of) };
  });

  const channel = '/devices/:ref/channels/:no';
  router.post(`${channel}/steering`, async (ctx) => {
    const order = await body(ctx, steeringBody);
    await (order.do === 'stop' ? ptz.stop(camera(ctx)) : ptz.steer(camera(ctx), order));
    ctx.body = { outcome: 'sent' };
  });
  router.post(`${channel}/patrol`, async (ctx) => {
    ctx.body = await control.patrol(camera(ctx), await body(ctx, patrolBody));
  });
  router.post(`${channel}/control`, async (ctx) => {
    ctx.body = await control.camera(camera(ctx), await body(ctx, cameraBody));
  });
  router.get(`${channel}/presets`, async (ctx) => {
    ctx.body = { presets: await presets.list(camera(ctx)) };
  });
  router.put(`${channel}/presets/:preset`, async (ctx) => {
    const { name } = await body(ctx, presetSetBody);
    ctx.body = await presets.set(camera(ctx), preset(ctx), name);
  });
  router.patch(`${channel}/presets/:preset`, async (ctx) => {
    const { name } = await body(ctx, presetNameBody);
    await presets.rename(camera(ctx), preset(ctx), name);
    ctx.status = 204;
  });
  router.post(`${channel}/presets/:preset/call`, async (ctx) => {
    ctx.body = await presets.call(camera(ctx), preset(ctx));
  });
  router.delete(`${channel}/presets/:preset`, async (ctx) => {
    ctx.body = await presets.remove(camera(ctx), preset(ctx));
  });
}
