import type Router from '@koa/router';
import type { ConfigName } from '@yimu/shared';
import type { Context } from 'koa';
import { z } from 'zod';
import type { Asking, Camera, ConfigTarget, Device, Devices, Inquiry } from '../../../core/index.ts';
import { type Clock, CoreError } from '../../../kernel/index.ts';
import { readJsonBody } from '../read-json-body.ts';
import { refusedBody } from '../refused-body.ts';
import { SECTION_BODIES, snapshotBody, type WritableName } from './config-bodies.ts';

const CHANNEL = '/devices/:ref/channels/:no';
const NAMES: readonly ConfigName[] = [...(Object.keys(SECTION_BODIES) as WritableName[]), 'SnapShotConfig'];
const sections = z
  .string()
  .max(512)
  .default('BasicParam')
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(NAMES)).min(1).max(NAMES.length));

/** What {@link inquiryRoutes} needs of the core. */
export interface InquiryRoutesOptions {
  readonly devices: Pick<Devices, 'get' | 'camera'>;
  readonly inquiry: Pick<Inquiry, 'questions' | 'config' | 'snapshots' | 'capabilities'>;
  readonly clock: Clock;
}

/**
 * Questions to devices, their configuration, pictures on demand, and what was learnt. `?force=1` asks a device that
 * is known not to know a command.
 */
export function inquiryRoutes(router: Router, options: InquiryRoutesOptions): void {
  const { devices, inquiry } = options;
  const device = (ctx: Context): Device => devices.get(param(ctx, 'ref'));
  const camera = (ctx: Context): Camera => devices.camera(param(ctx, 'ref'), { no: wholeParam(ctx, 'no') });
  const asks = (path: string, ask: (ctx: Context, asking: Asking) => Promise<unknown>): void => {
    router.get(path, async (ctx) => {
      ctx.body = await ask(ctx, askingOf(ctx));
    });
  };
  const { questions, capabilities } = inquiry;
  asks('/devices/:ref/status', (ctx, asking) => questions.status(device(ctx), asking));
  asks('/devices/:ref/sd-cards', (ctx, asking) => questions.sdCards(device(ctx), asking));
  asks(`${CHANNEL}/sd-cards`, (ctx, asking) => questions.sdCards(camera(ctx), asking));
  asks(`${CHANNEL}/home-position`, (ctx, asking) => questions.homePosition(camera(ctx), asking));
  asks(`${CHANNEL}/cruise-tracks`, (ctx, asking) => questions.cruiseTracks(camera(ctx), asking));
  asks(`${CHANNEL}/cruise-tracks/:number`, (ctx, asking) =>
    questions.cruiseTrack(camera(ctx), wholeParam(ctx, 'number'), asking),
  );
  asks(`${CHANNEL}/ptz-position`, (ctx, asking) => questions.ptzPosition(camera(ctx), asking));
  router.get('/devices/:ref/capabilities', (ctx) => {
    ctx.body = capabilities.of(device(ctx));
  });
  router.delete('/devices/:ref/capabilities', async (ctx) => {
    await capabilities.retest(device(ctx));
    ctx.status = 204;
  });
  configRoutes(router, options, '/devices/:ref/config', (ctx) => ({ device: device(ctx) }));
  configRoutes(router, options, `${CHANNEL}/config`, camera);
  snapshotRoutes(router, options, camera);
}

function configRoutes(
  router: Router,
  { inquiry: { config }, clock }: InquiryRoutesOptions,
  path: string,
  targetOf: (ctx: Context) => ConfigTarget,
): void {
  router.get(path, async (ctx) => {
    const wanted = sections.safeParse(ctx.query['sections']);
    if (!wanted.success) throw invalid('sections');
    ctx.body = { sections: await config.readSome(targetOf(ctx), wanted.data, askingOf(ctx)) };
  });
  router.put(`${path}/:section`, async (ctx) => {
    const name = param(ctx, 'section');
    if (!isWritable(name)) throw invalid('section');
    const order = SECTION_BODIES[name].safeParse(await readJsonBody(ctx.req, clock));
    if (!order.success) throw refusedBody(order.error);
    ctx.body = await config.write(targetOf(ctx), name, order.data, askingOf(ctx));
  });
}

function snapshotRoutes(
  router: Router,
  { inquiry: { snapshots }, clock }: InquiryRoutesOptions,
  camera: (ctx: Context) => Camera,
): void {
  router.post(`${CHANNEL}/snapshots`, async (ctx) => {
    const order = snapshotBody.safeParse(await readJsonBody(ctx.req, clock));
    if (!order.success) throw refusedBody(order.error);
    ctx.body = await snapshots.take(camera(ctx), order.data, askingOf(ctx));
  });
  router.get('/snapshots/:name', async (ctx) => {
    const jpeg = await snapshots.picture(param(ctx, 'name'));
    if (jpeg === undefined) return;
    ctx.type = 'image/jpeg';
    ctx.body = Buffer.from(jpeg);
  });
}

function askingOf(ctx: Context): Asking {
  return { force: ctx.query['force'] === '1' };
}

function param(ctx: Context, name: string): string {
  return (ctx['params'] as Readonly<Record<string, string | undefined>>)[name] ?? '';
}

function wholeParam(ctx: Context, name: string): number {
  const text = param(ctx, name);
  if (!/^\d{1,6}$/.test(text)) throw invalid(name);
  return Number(text);
}

function isWritable(name: string): name is WritableName {
  return Object.hasOwn(SECTION_BODIES, name);
}

function invalid(field: string): CoreError {
  return new CoreError('INVALID_ARGUMENT', `参数错误：${field}`);
}
