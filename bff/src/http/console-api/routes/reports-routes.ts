import type Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import type {
  AlarmQuery,
  Alarms,
  Devices,
  Positions,
  PresenceLog,
  Subscriptions,
} from '../../../core/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import { readJsonBody } from '../read-json-body.ts';
import { refusedBody } from '../refused-body.ts';

const PAGE = 100;
const MAX_PAGE = 1_000;
const MAX_IDS = 1_000;
const id20 = z.string().regex(/^\d{20}$/);
const digits = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);
const numbers = z
  .string()
  .regex(/^\d{1,3}(?:,\d{1,3}){0,31}$/)
  .transform((text) => text.split(',').map(Number));
const pageFields = {
  /** Those with a lower `id`: the last one of the page before. */
  before: digits.optional(),
  limit: digits.pipe(z.number().min(1).max(MAX_PAGE)).optional(),
};
const periodFields = { from: digits.optional(), to: digits.optional() };
const sourceField = { source: z.string().min(1).max(20).optional() };
const alarmFields = {
  device: z.string().min(1).max(32).optional(),
  ...sourceField,
  methods: numbers.optional(),
  types: numbers.optional(),
  ...periodFields,
  read: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
};

const alarmQuery = z.strictObject(alarmFields);
const alarmPageQuery = z.strictObject({ ...alarmFields, ...pageFields });
const positionQuery = z.strictObject({ ...sourceField, ...periodFields, ...pageFields });
const eventQuery = z.strictObject({ ...periodFields, ...pageFields });

/** Which alarms are meant: by ids, or by what they have in common; `{}` means all. */
const whichAlarms = z.strictObject({
  ids: z.array(z.int().min(1)).max(MAX_IDS).optional(),
  device: z.string().min(1).max(32).optional(),
  from: z.int().min(0).optional(),
  to: z.int().min(0).optional(),
});
const readBody = whichAlarms.extend({ read: z.boolean().optional() });
const guardBody = z.strictObject({ on: z.boolean(), channel: id20.optional() });
const subscriptionsBody = z.strictObject({
  subscriptions: z
    .array(
      z.strictObject({
        kind: z.enum(['catalog', 'alarm', 'position', 'ptz-position']),
        channelGbId: id20.optional(),
        intervalS: z.int().min(1).max(3_600).optional(),
      }),
    )
    .max(8),
  arm: z.boolean().optional(),
});

/** What {@link reportsRoutes} needs. */
export interface ReportsRoutesOptions {
  readonly devices: Pick<Devices, 'byId'>;
  readonly alarms: Pick<Alarms, 'list' | 'count' | 'setRead' | 'remove' | 'reset' | 'guard'>;
  readonly positions: Pick<Positions, 'list' | 'directions'>;
  readonly presenceLog: Pick<PresenceLog, 'list'>;
  readonly subscriptions: Pick<Subscriptions, 'get' | 'set'>;
}

/**
 * What devices tell unasked: alarms (`/alarms`), positions and directions, comings and goings (`/events`), and what a
 * device is to tell (`/devices/:ref/subscriptions`). Times are UTC ms; lists are newest first.
 */
export function reportsRoutes(
  router: Router,
  { devices, alarms, positions, presenceLog, subscriptions }: ReportsRoutesOptions,
  clock: Clock,
): void {
  /** Devices have IDs outside; numbers are ours. */
  const shown = ({ deviceId, ...record }: { readonly deviceId: number }): object => ({
    device: devices.byId(deviceId)?.gbId ?? null,
    ...record,
  });
  router.get('/alarms', async (ctx) => {
    const { before, limit, ...query } = parsed(alarmPageQuery, ctx.query);
    const found = await alarms.list(which(query), pageOf(before, limit));
    ctx.body = { alarms: found.map(shown) };
  });
  router.get('/alarms/count', async (ctx) => {
    const query = which(parsed(alarmQuery, ctx.query));
    ctx.body = {
      total: await alarms.count(query),
      unread: await alarms.count({ ...query, read: false }),
    };
  });
  router.post('/alarms/read', async (ctx) => {
    const { read = true, ...query } = parsed(readBody, await readJsonBody(ctx.req, clock));
    ctx.body = { changed: await alarms.setRead(which(query), read) };
  });
  router.post('/alarms/delete', async (ctx) => {
    const query = parsed(whichAlarms, await readJsonBody(ctx.req, clock));
    ctx.body = { removed: await alarms.remove(which(query)) };
  });
  router.post('/alarms/:id/reset', async (ctx) => {
    await alarms.reset(parsed(digits, ctx.params['id']));
    ctx.status = 204;
  });
  router.post('/devices/:ref/guard', async (ctx) => {
    const { on, channel } = parsed(guardBody, await readJsonBody(ctx.req, clock));
    await alarms.guard(refOf(ctx), on, channel);
    ctx.status = 204;
  });
  router.get('/devices/:ref/positions', async (ctx) => {
    const { source, from, to, before, limit } = parsed(positionQuery, ctx.query);
    const filter = { sourceGbId: source, fromMs: from, toMs: to };
    const found = await positions.list(refOf(ctx), filter, pageOf(before, limit));
    ctx.body = { positions: found.map(shown) };
  });
  router.get('/devices/:ref/directions', (ctx) => {
    ctx.body = { directions: positions.directions(refOf(ctx)) };
  });
  router.get('/events', async (ctx) => {
    const { from, to, before, limit } = parsed(eventQuery, ctx.query);
    const filter = { fromMs: from, toMs: to };
    const found = await presenceLog.list(undefined, filter, pageOf(before, limit));
    ctx.body = { events: found.map(shown) };
  });
  router.get('/devices/:ref/events', async (ctx) => {
    const { from, to, before, limit } = parsed(eventQuery, ctx.query);
    const filter = { fromMs: from, toMs: to };
    const found = await presenceLog.list(refOf(ctx), filter, pageOf(before, limit));
    ctx.body = { events: found.map(shown) };
  });
  router.get('/devices/:ref/subscriptions', (ctx) => {
    ctx.body = subscriptions.get(refOf(ctx));
  });
  router.put('/devices/:ref/subscriptions', async (ctx) => {
    const order = parsed(subscriptionsBody, await readJsonBody(ctx.req, clock));
    ctx.body = await subscriptions.set(refOf(ctx), {
      wanted: order.subscriptions,
      arm: order.arm ?? false,
    });
  });
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const read = schema.safeParse(value);
  if (!read.success) throw refusedBody(read.error);
  return read.data;
}

function which({
  source,
  from,
  to,
  ...rest
}: Omit<AlarmQuery, 'sourceGbId' | 'fromMs' | 'toMs'> & {
  readonly source?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}): AlarmQuery {
  return { ...rest, sourceGbId: source, fromMs: from, toMs: to };
}

function pageOf(
  beforeId: number | undefined,
  limit = PAGE,
): { readonly beforeId: number | undefined; readonly limit: number } {
  return { beforeId, limit };
}

function refOf(ctx: Context & { readonly params: Readonly<Record<string, string | undefined>> }): string {
  return ctx.params['ref'] ?? '';
}
