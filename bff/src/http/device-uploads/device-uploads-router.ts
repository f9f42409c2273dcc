import Router from '@koa/router';
import type { Context } from 'koa';
import type { Snapshots } from '../../core/index.ts';
import { type Clock, CoreError, type Instruments } from '../../kernel/index.ts';
import { BodyFault, discard, readBody } from '../dialect-kit/index.ts';
import { jpegOfUpload } from './jpeg-of-upload.ts';

/** A picture of 4K is 2 to 4 MB; the rest is for what multipart adds. */
const MAX_BYTES = 8 * 1_048_576;
const COMPLETE_WITHIN_MS = 20_000;
/** Uploads whose octets are held at one time. */
const MAX_UPLOADS = 16;
const TOKEN = /^[0-9a-f]{48}$/;

/** Options of {@link deviceUploadsRouter}. */
export interface DeviceUploadsOptions {
  readonly snapshots: Pick<Snapshots, 'awaits' | 'receive'>;
  readonly clock: Clock;
  readonly instruments: Instruments;
}

/**
 * Takes pictures that devices upload under `/device-uploads/{token}`, by PUT or POST, raw or multipart, with or
 * without a file name behind the token. Without an order that awaits one there is nothing at that address.
 */
export function deviceUploadsRouter({ snapshots, clock, instruments }: DeviceUploadsOptions): Router {
  const results = instruments.family('yimu_device_uploads', 'uploads of devices by result', 'result');
  let running = 0;
  const take = async (ctx: Context): Promise<number> => {
    const token = (ctx['params'] as { readonly token?: string }).token ?? '';
    if (!TOKEN.test(token) || !snapshots.awaits(token)) return 404;
    if (running >= MAX_UPLOADS) return 503;
    running += 1;
    try {
      const limits = { maxBytes: MAX_BYTES, withinMs: COMPLETE_WITHIN_MS };
      const jpeg = jpegOfUpload(await readBody(ctx.req, clock, limits), ctx.get('content-type'));
      if (jpeg === undefined) return 415;
      return (await snapshots.receive(token, jpeg)) ? 200 : 404;
    } catch (error) {
      if (error instanceof BodyFault) return 413;
      if (error instanceof CoreError) return 500;
      throw error;
    } finally {
      running -= 1;
    }
  };
  const router = new Router({ prefix: '/device-uploads' });
  const answer = async (ctx: Context): Promise<void> => {
    const status = await take(ctx);
    if (!ctx.req.readableEnded) discard(ctx.req);
    results.of(String(status)).value += 1;
    ctx.status = status;
    ctx.body = '';
  };
  for (const path of ['/:token', '/:token/:file']) {
    router.put(path, answer);
    router.post(path, answer);
  }
  return router;
}
