import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Devices, type History, SYSTEM_PRINCIPAL } from '../../../core/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import { readJsonBody } from '../read-json-body.ts';
import { refusedBody } from '../refused-body.ts';
import { downloadBody, playbackBody, playbackControlBody, recordingsQuery } from './recording-bodies.ts';

/** What {@link recordingRoutes} needs. */
export interface RecordingRoutesDeps {
  readonly devices: Pick<Devices, 'camera'>;
  readonly history: History;
  readonly clock: Clock;
}

/**
 * What devices have recorded: `GET /recordings`; `POST /playbacks`, `GET` and `DELETE /playbacks/{id}`,
 * `POST /playbacks/{id}/control`; `POST` and `GET /downloads`, `GET` and `DELETE /downloads/{id}`,
 * `GET /downloads/{id}/file`.
 */
export function recordingRoutes(router: Router, { devices, history, clock }: RecordingRoutesDeps): void {
  const { records, playbacks, downloads } = history;
  const idOf = (ctx: Context & { readonly params: Readonly<Record<string, string>> }): string =>
    ctx.params['id'] ?? '';
  router.get('/recordings', async (ctx) => {
    const order = recordingsQuery.safeParse({ ...ctx.query });
    if (!order.success) throw refusedBody(order.error);
    const { device, channelNo, beginMs, endMs, kind } = order.data;
    const camera = devices.camera(device, { no: channelNo });
    ctx.body = await records.query({ camera, beginMs, endMs, kind });
  });
  router.post('/playbacks', async (ctx) => {
    const order = playbackBody.safeParse(await readJsonBody(ctx.req, clock));
    if (!order.success) throw refusedBody(order.error);
    const { device, channelNo, beginMs, endMs, kind, streamNumber, ttlS } = order.data;
    ctx.status = 201;
    ctx.body = await playbacks.open({
      camera: devices.camera(device, { no: channelNo }),
      ...{ beginMs, endMs, kind, streamNumber, ttlS },
      principal: SYSTEM_PRINCIPAL,
      host: ctx.hostname,
    });
  });
  router.get('/playbacks/:id', (ctx) => {
    ctx.body = playbacks.view(idOf(ctx));
  });
  router.delete('/playbacks/:id', async (ctx) => {
    await playbacks.close(idOf(ctx));
    ctx.status = 204;
  });
  router.post('/playbacks/:id/control', async (ctx) => {
    const order = playbackControlBody.safeParse(await readJsonBody(ctx.req, clock));
    if (!order.success) throw refusedBody(order.error);
    const playback = playbacks.get(idOf(ctx));
    switch (order.data.do) {
      case 'pause':
        await playback.pause();
        break;
      case 'resume':
        await playback.resume();
        break;
      case 'seek':
        await playback.seek(order.data.toMs);
        break;
      case 'scale':
        await playback.setScale(order.data.scale);
        break;
    }
    ctx.body = playbacks.view(idOf(ctx));
  });
  downloadRoutes(router, { devices, downloads, clock, idOf });
}

function downloadRoutes(
  router: Router,
  {
    devices,
    downloads,
    clock,
    idOf,
  }: Pick<RecordingRoutesDeps, 'devices' | 'clock'> & {
    readonly downloads: History['downloads'];
    readonly idOf: (ctx: Context & { readonly params: Readonly<Record<string, string>> }) => string;
  },
): void {
  router.post('/downloads', async (ctx) => {
    const order = downloadBody.safeParse(await readJsonBody(ctx.req, clock));
    if (!order.success) throw refusedBody(order.error);
    const { device, channelNo, beginMs, endMs, kind, streamNumber, speed } = order.data;
    const camera = devices.camera(device, { no: channelNo });
    ctx.status = 201;
    ctx.body = await downloads.order({ camera, beginMs, endMs, kind, streamNumber, speed });
  });
  router.get('/downloads', (ctx) => {
    ctx.body = { downloads: downloads.list() };
  });
  router.get('/downloads/:id', (ctx) => {
    ctx.body = downloads.get(idOf(ctx));
  });
  router.delete('/downloads/:id', async (ctx) => {
    await downloads.remove(idOf(ctx));
    ctx.status = 204;
  });
  router.get('/downloads/:id/file', async (ctx) => {
    const { bytes, stream } = await downloads.open(idOf(ctx));
    ctx.type = 'video/x-flv';
    ctx.length = bytes;
    ctx.attachment(`${idOf(ctx)}.flv`);
    ctx.body = stream;
  });
}
