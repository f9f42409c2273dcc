import Router from '@koa/router';
import type { Context } from 'koa';
import type { Access, Device, Devices, Profiles, Tickets, Trace } from '../../core/index.ts';
import { CoreError } from '../../kernel/index.ts';
import { isFromHere } from '../server/client-facts.ts';
import { deviceBatchBody, deviceBody, sessionBody, ticketBody } from './bodies.ts';
import { OperatorDoor, type OperatorDoorOptions } from './operator-door.ts';
import { readJsonBody } from './read-json-body.ts';
import { STATUS_OF } from './refusals.ts';
import { refusedBody } from './refused-body.ts';
import { type CascadeRouteDeps, cascadeRoutes } from './routes/cascade-routes.ts';
import { controlRoutes, type ControlRoutesDeps } from './routes/control-routes.ts';
import { inquiryRoutes, type InquiryRoutesOptions } from './routes/inquiry-routes.ts';
import { profileRoutes } from './routes/profile-routes.ts';
import { recordingRoutes, type RecordingRoutesDeps } from './routes/recording-routes.ts';
import { reportsRoutes, type ReportsRoutesOptions } from './routes/reports-routes.ts';
import { traceRoutes } from './routes/trace-routes.ts';
import { voiceRoutes, type VoiceRoutesOptions } from './routes/voice-routes.ts';

const MAX_LISTED = 100_000;

/** Options of {@link consoleApiRouter}. */
export interface ConsoleApiOptions
  extends OperatorDoorOptions, ReportsRoutesOptions, ControlRoutesDeps, Pick<VoiceRoutesOptions, 'voice'> {
  readonly devices: Pick<
    Devices,
    'get' | 'add' | 'addMany' | 'remove' | 'list' | 'channels' | 'camera' | 'byId'
  >;
  readonly access: Pick<Access, 'issueTokenFor'>;
  readonly inquiry: InquiryRoutesOptions['inquiry'];
  readonly tickets: Pick<Tickets, 'issue'>;
  readonly trace: Pick<Trace, keyof Trace>;
  readonly profiles: Pick<Profiles, 'get' | 'change'>;
  readonly cascade: CascadeRouteDeps['cascade'];
  readonly history: RecordingRoutesDeps['history'];
}

/** The operator API under `/console-api/v1`, for the console and the command line. JSON both ways. */
export function consoleApiRouter(options: ConsoleApiOptions): Router {
  const { devices, access, tickets, clock } = options;
  const door = new OperatorDoor(options);
  const visitor = (ctx: Context): Parameters<OperatorDoor['admit']>[1] => ({
    address: ctx.ip,
    isFromHere: isFromHere(ctx),
  });
  const router = new Router({ prefix: '/console-api/v1' });
  router.use(async (ctx, next) => {
    ctx.set('Cache-Control', 'no-store');
    await answered(ctx, next);
  });
  router.post('/session', async (ctx) => {
    const order = sessionBody.safeParse(await readJsonBody(ctx.req, clock));
    if (!order.success) throw refusedBody(order.error);
    ctx.status = 201;
    ctx.body = door.signIn(order.data.key, visitor(ctx));
  });
  router.use(async (ctx, next) => {
    door.admit(ctx.get('authorization'), visitor(ctx));
    await next();
  });
  router.get('/devices', (ctx) => {
    const { items } = devices.list({ offset: 0, limit: MAX_LISTED });
    ctx.body = { devices: items.map((device) => listed(device, devices)) };
  });
  router.post('/devices', async (ctx) => {
    const order = deviceBody.safeParse(await readJsonBody(ctx.req, clock));
    if (!order.success) throw refusedBody(order.error);
    ctx.status = 201;
    ctx.body = listed(await devices.add(order.data), devices);
  });
  router.post('/devices/batch', async (ctx) => {
    const order = deviceBatchBody.safeParse(await readJsonBody(ctx.req, clock));
    if (!order.success) throw refusedBody(order.error);
    const added = await devices.addMany(order.data.devices);
    ctx.status = 201;
    ctx.body = { devices: added.map((device) => listed(device, devices)) };
  });
  router.delete('/devices/:ref', async (ctx) => {
    await devices.remove(ctx.params['ref'] ?? '');
    ctx.status = 204;
  });
  router.post('/tokens', async (ctx) => {
    ctx.status = 201;
    ctx.body = await access.issueTokenFor();
  });
  router.post('/tickets', async (ctx) => {
    const order = ticketBody.safeParse(await readJsonBody(ctx.req, clock));
    if (!order.success) throw refusedBody(order.error);
    const { device, channelNo, lifeS } = order.data;
    ctx.status = 201;
    ctx.body = tickets.issue(devices.camera(device, { no: channelNo }), lifeS);
  });
  traceRoutes(router, options.trace);
  voiceRoutes(router, options);
  cascadeRoutes(router, options);
  controlRoutes(router, options);
  profileRoutes(router, options.profiles, clock);
  inquiryRoutes(router, options);
  reportsRoutes(router, options, clock);
  recordingRoutes(router, options);
  return router;
}

function listed(device: Device, devices: ConsoleApiOptions['devices']): object {
  return {
    gbId: device.gbId,
    deviceSerial: device.serial,
    name: device.name,
    online: device.online,
    passwordRefused: device.passwordRefused,
    address: device.address ?? null,
    channels: devices.channels(device).map(({ no, gbId, name, online }) => ({
      channelNo: no,
      gbId,
      name,
      online,
    })),
  };
}

async function answered(ctx: Context, next: () => Promise<unknown>): Promise<void> {
  try {
    await next();
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    ctx.status = STATUS_OF[error.code];
    ctx.body = { code: error.code, message: error.message };
  }
}
